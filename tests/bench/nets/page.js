// The page's side of the training contest: a worker for each contestant, one problem for all.

/** @type {Map<string, (question: string, argument: any) => Promise<any>>} */
const contestants = new Map();

/** Ask one worker one thing at a time. @param {Worker} worker */
function asker(worker) {
  return (question, argument) =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => {
        if ("error" in data) reject(new Error(data.error));
        else if ("answer" in data) resolve(data.answer); // anything else is boot's progress
      };
      worker.postMessage([question, argument]);
    });
}

/** @param {string} name @param {string} module @param {object} settings */
async function load(name, module, settings) {
  const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  contestants.set(name, asker(worker));
  await contestants.get(name)("load", { module: new URL(module, import.meta.url).href, settings });
}

/** A Dense layer's W and b: [numbers, limit] of each; limit 0 are zeros. */
const dense = (nIn, nOut) => [[nIn * nOut, Math.sqrt(6 / (nIn + nOut))], [nOut, 0]];
const pairs = (sizes) => sizes.slice(1).map((n, i) => [sizes[i], n]);

/** For each kind of network: numbers in a row of x, in a row of t, and the parameters in theta's order. */
const KINDS = {
  mlp: (sizes) => [sizes[0], sizes.at(-1), pairs(sizes).flatMap(([i, o]) => dense(i, o))],
  cnn([side, ...widths]) {
    const channels = widths.slice(0, -1);
    const classes = widths.at(-1);
    const end = side >> (channels.length - 1);
    const windows = pairs(channels).flatMap(([i, o]) => [[9 * i * o, Math.sqrt(6 / (9 * i))], [o, 0]]);
    const head = dense(end * end * channels.at(-1), classes);
    return [side * side * channels[0], classes, [...windows, ...head]];
  },
  lstm([nIn, n, nOut, time]) {
    const cell = [[nIn * 4 * n, Math.sqrt(6 / (nIn + n))], [n * 4 * n, Math.sqrt(3 / n)], [4 * n, 0]];
    return [time * nIn, time * nOut, [...cell, ...dense(n, nOut)]];
  },
  attention([n, , nHidden, time]) {
    const norm = [[n, "ones"], [n, 0]];
    const square = dense(n, n);
    const heads = [...square, ...square, ...square, ...square];
    return [time * n, time * n, [...norm, ...heads, ...norm, ...dense(n, nHidden), ...dense(nHidden, n)]];
  },
};

/** Hand the same rows and the same first weights to each of `names`. */
async function prepare(names, { kind, sizes, batch, optimizer, rate }) {
  const random = mulberry32(1);
  const uniform = (n, limit) =>
    limit === "ones" ? new Float64Array(n).fill(1) : Float64Array.from({ length: n }, () => (2 * random() - 1) * limit);
  const [inputs, outputs, parameters] = KINDS[kind](sizes);
  const x = uniform(batch * inputs, 1);
  const t = uniform(batch * outputs, 1).map((value) => Number(value > 0));
  const theta = Float64Array.from(parameters.flatMap(([n, limit]) => [...uniform(n, limit)]));
  const problem = { kind, sizes, batch, optimizer, rate, x, t, theta };
  for (const name of names) await contestants.get(name)("prepare", problem);
}

/** @param {string} name @param {number} steps */
const run = (name, steps) => contestants.get(name)("run", steps);

/** A small seeded generator of numbers in [0, 1). @param {number} state */
function mulberry32(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

globalThis.contest = { load, prepare, run };
