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

/** Hand the same rows and the same first weights to each of `names`. */
async function prepare(names, { sizes, batch, optimizer, rate }) {
  const random = mulberry32(1);
  const uniform = (n, limit) => Float64Array.from({ length: n }, () => (2 * random() - 1) * limit);
  const x = uniform(batch * sizes[0], 1);
  const t = uniform(batch * sizes.at(-1), 1).map((value) => Number(value > 0));
  const theta = Float64Array.from(
    sizes.slice(1).flatMap((nOut, l) => [
      ...uniform(sizes[l] * nOut, Math.sqrt(6 / (sizes[l] + nOut))),
      ...new Float64Array(nOut),
    ]),
  );
  const problem = { sizes, batch, optimizer, rate, x, t, theta };
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
