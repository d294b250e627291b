// Contestant: TensorFlow.js, on the backend and by the interface that the settings name. It computes
// in float32. "core" builds the step from operations, the quickest way; "layers" is the way its
// documentation teaches.
import "../node_modules/@tensorflow/tfjs/dist/tf.es2017.min.js";
import "../node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js";

const tf = globalThis.tf;
let create;

/** @param {{backend: "cpu" | "wasm", interface: "core" | "layers"}} settings */
export async function load(settings) {
  create = { core, layers }[settings.interface];
  if (settings.backend === "wasm") {
    const dist = new URL("../node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url);
    tf.wasm.setWasmPaths(dist.href);
  }
  if (!(await tf.setBackend(settings.backend))) throw new Error(`no backend ${settings.backend}`);
  await tf.ready();
}

/** @param {import("./worker.js").Problem} problem @returns {import("./worker.js").Run} */
export function prepare(problem) {
  const { kind, sizes, batch, x, t, theta } = problem;
  tf.disposeVariables();
  let start = 0;
  const take = (shape) => {
    const end = start + shape.reduce((a, b) => a * b);
    const values = Float32Array.from(theta.subarray(start, end));
    start = end;
    return tf.tensor(values, shape);
  };
  const { inputs, outputs, parameters, forward } = KINDS[kind](sizes);
  const weights = parameters.map(take);
  const rows = tf.tensor(Float32Array.from(x), [batch, ...inputs]);
  const targets = tf.tensor(Float32Array.from(t), [batch, ...outputs]);
  return create(problem, forward, weights, rows, targets);
}

const dense = (nIn, nOut) => [[nIn, nOut], [nOut]];
const pairs = (sizes) => sizes.slice(1).map((n, i) => [sizes[i], n]);

/** For each kind of network: shapes of a row, of the parameters, and the logits. */
const KINDS = {
  mlp: (sizes) => ({
    inputs: [sizes[0]],
    outputs: [sizes.at(-1)],
    parameters: pairs(sizes).flatMap(([nIn, nOut]) => dense(nIn, nOut)),
    forward(x, weights) {
      for (let i = 0; i < weights.length; i += 2) {
        x = x.matMul(weights[i]).add(weights[i + 1]);
        if (i < weights.length - 2) x = x.tanh();
      }
      return x;
    },
  }),

  cnn([side, ...widths]) {
    const channels = widths.slice(0, -1);
    const nFlat = (side >> (channels.length - 1)) ** 2 * channels.at(-1);
    const windows = pairs(channels).flatMap(([nIn, nOut]) => [[3, 3, nIn, nOut], [nOut]]);
    return {
      inputs: [side, side, channels[0]],
      outputs: [widths.at(-1)],
      parameters: [...windows, ...dense(nFlat, widths.at(-1))],
      forward(x, weights) {
        for (let i = 0; i < weights.length - 2; i += 2) {
          x = x.conv2d(weights[i], 1, "same").add(weights[i + 1]).relu().maxPool(2, 2, "valid");
        }
        return x.reshape([-1, nFlat]).matMul(weights.at(-2)).add(weights.at(-1));
      },
    };
  },

  lstm: ([nIn, n, nOut, time]) => ({
    inputs: [time, nIn],
    outputs: [time, nOut],
    parameters: [[nIn, 4 * n], [n, 4 * n], [4 * n], ...dense(n, nOut)],
    forward(x, [Wx, Wh, b, W, bOut]) {
      const batch = x.shape[0];
      const a = x.reshape([-1, nIn]).matMul(Wx).add(b).reshape([batch, time, 4 * n]).unstack(1);
      let h = tf.zeros([batch, n]);
      let c = tf.zeros([batch, n]);
      const states = a.map((at) => {
        const [i, f, g, o] = at.add(h.matMul(Wh)).split(4, 1);
        c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
        h = o.sigmoid().mul(c.tanh());
        return h;
      });
      const rows = tf.stack(states, 1).reshape([-1, n]);
      return rows.matMul(W).add(bOut).reshape([batch, time, nOut]);
    },
  }),

  attention: ([n, heads, nHidden, time]) => ({
    inputs: [time, n],
    outputs: [time, n],
    parameters: [
      [n], [n], ...dense(n, n), ...dense(n, n), ...dense(n, n), ...dense(n, n),
      [n], [n], ...dense(n, nHidden), ...dense(nHidden, n),
    ],
    forward(x, w) {
      const batch = x.shape[0];
      const linear = (rows, at) => rows.matMul(w[at]).add(w[at + 1]);
      const norm = (rows, at) => {
        const shifted = rows.sub(rows.mean(-1, true));
        const variance = shifted.square().mean(-1, true);
        return shifted.mul(variance.add(1e-5).rsqrt()).mul(w[at]).add(w[at + 1]);
      };
      const split = (rows) => rows.reshape([batch, time, heads, n / heads]).transpose([0, 2, 1, 3]);
      let rows = x.reshape([-1, n]);
      const inner = norm(rows, 0);
      const [Q, K, V] = [2, 4, 6].map((at) => split(linear(inner, at)));
      const A = tf.softmax(tf.matMul(Q, K, false, true).div(Math.sqrt(n / heads)));
      const found = tf.matMul(A, V).transpose([0, 2, 1, 3]).reshape([-1, n]);
      rows = rows.add(linear(found, 8));
      rows = rows.add(linear(linear(norm(rows, 10), 12).relu(), 14));
      return rows.reshape([batch, time, n]);
    },
  }),
};

function core({ optimizer, rate }, forward, weights, rows, targets) {
  const variables = weights.map((values) => tf.variable(values));
  const loss = () => crossEntropy(forward(rows, variables), targets);
  const train = tf.train[optimizer](rate);
  return (steps) => {
    let value = NaN;
    for (let i = 0; i < steps; i++) {
      const cost = train.minimize(loss, true);
      [value] = cost.dataSync();
      cost.dispose();
    }
    return value;
  };
}

/** Mean cross-entropy from logits: its gradient by hand spares TensorFlow.js a dozen small kernels. */
const crossEntropy = (logits, targets) =>
  tf.customGrad((y, save) => {
    save([y]);
    const value = y.softplus().sub(targets.mul(y)).mean();
    const gradFunc = (dy, [y]) => y.sigmoid().sub(targets).mul(dy.div(y.size));
    return { value, gradFunc };
  })(logits);

function layers({ sizes, optimizer, rate }, forward, weights, rows, targets) {
  const [nIn, ...widths] = sizes;
  const model = tf.sequential();
  widths.forEach((units, l) => {
    const activation = l < widths.length - 1 ? "tanh" : "sigmoid";
    model.add(tf.layers.dense({ units, activation, inputShape: [l ? widths[l - 1] : nIn] }));
  });
  model.setWeights(weights);
  model.compile({ optimizer: tf.train[optimizer](rate), loss: "binaryCrossentropy" });
  return async (steps) => {
    let loss = NaN;
    for (let i = 0; i < steps; i++) loss = await model.trainOnBatch(rows, targets);
    return loss;
  };
}
