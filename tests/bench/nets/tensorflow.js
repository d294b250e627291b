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
  const { sizes, batch, x, t, theta } = problem;
  tf.disposeVariables();
  let start = 0;
  const take = (...shape) => {
    const end = start + shape.reduce((a, b) => a * b);
    const values = Float32Array.from(theta.subarray(start, end));
    start = end;
    return tf.tensor(values, shape);
  };
  const weights = sizes.slice(1).flatMap((nOut, l) => [take(sizes[l], nOut), take(nOut)]);
  const rows = tf.tensor2d(Float32Array.from(x), [batch, sizes[0]]);
  const targets = tf.tensor2d(Float32Array.from(t), [batch, sizes.at(-1)]);
  return create(problem, weights, rows, targets);
}

function core({ sizes, optimizer, rate }, weights, rows, targets) {
  const variables = weights.map((values) => tf.variable(values));
  const last = sizes.length - 2;
  const loss = () => {
    let y = rows;
    for (let l = 0; l <= last; l++) {
      y = y.matMul(variables[2 * l]).add(variables[2 * l + 1]);
      if (l < last) y = y.tanh();
    }
    return crossEntropy(y, targets);
  };
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

function layers({ sizes, optimizer, rate }, weights, rows, targets) {
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
