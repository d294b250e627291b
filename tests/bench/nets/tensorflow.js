// Contestant: TensorFlow.js, on the backend that the settings name. It computes in float32.
import "../node_modules/@tensorflow/tfjs/dist/tf.es2017.min.js";
import "../node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js";

const tf = globalThis.tf;

/** @param {{backend: "cpu" | "wasm"}} settings */
export async function load({ backend }) {
  if (backend === "wasm") {
    const dist = new URL("../node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url);
    tf.wasm.setWasmPaths(dist.href);
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start ${backend}`);
  await tf.ready();
}

/** @param {import("./worker.js").Problem} problem @returns {import("./worker.js").Run} */
export function prepare({ sizes, batch, optimizer, rate, x, t, theta }) {
  tf.disposeVariables();
  const rows = tf.tensor2d(Float32Array.from(x), [batch, sizes[0]]);
  const targets = tf.tensor2d(Float32Array.from(t), [batch, sizes.at(-1)]);
  let start = 0;
  const take = (...shape) => {
    const end = start + shape.reduce((a, b) => a * b);
    const values = Float32Array.from(theta.subarray(start, end));
    start = end;
    return tf.variable(tf.tensor(values, shape));
  };
  const layers = sizes.slice(1).map((nOut, l) => ({ W: take(sizes[l], nOut), b: take(nOut) }));
  const last = layers.length - 1;
  const loss = () => {
    let y = rows;
    layers.forEach(({ W, b }, l) => {
      y = y.matMul(W).add(b);
      if (l < last) y = y.tanh();
    });
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
