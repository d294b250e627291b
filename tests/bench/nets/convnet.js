// Contestant: ConvNetJS. It trains row by row and updates after each batch; it has no Adam.

let convnetjs;

export async function load() {
  const source = await fetch(new URL("../node_modules/convnetjs/build/convnet-min.js", import.meta.url));
  const module = { exports: {} }; // the package predates modules
  new Function("module", await source.text())(module);
  convnetjs = module.exports;
}

/** @param {import("./worker.js").Problem} problem @returns {import("./worker.js").Run} */
export function prepare({ kind, sizes, batch, optimizer, rate, x, t, theta }) {
  if (optimizer !== "sgd") throw new Error(`ConvNetJS has no ${optimizer}`);
  const nOut = sizes.at(-1);
  const [side, depth, hidden] = kind === "cnn" ? pictures(sizes) : rows1d(sizes);
  const nIn = side * side * depth;
  const net = new convnetjs.Net();
  net.makeLayers([
    { type: "input", out_sx: side, out_sy: side, out_depth: depth },
    ...hidden,
    { type: "regression", num_neurons: nOut },
  ]);
  net.layers[net.layers.length - 1] = new CrossEntropy(nOut);
  setWeights(net, theta);

  const options = { method: "sgd", learning_rate: rate, momentum: 0, batch_size: batch };
  const trainer = new convnetjs.Trainer(net, options);
  const rows = Array.from({ length: batch }, (_, n) => {
    const row = new convnetjs.Vol(side, side, depth);
    row.w.set(x.subarray(n * nIn, (n + 1) * nIn));
    return row;
  });
  const targets = rows.map((_, n) => t.subarray(n * nOut, (n + 1) * nOut));
  return (steps) => {
    let loss = NaN;
    for (let i = 0; i < steps; i++) {
      loss = 0;
      for (let n = 0; n < batch; n++) loss += trainer.train(rows[n], targets[n]).cost_loss;
    }
    return loss / batch;
  };
}

const rows1d = ([nIn, ...widths]) => [
  1,
  nIn,
  widths.slice(0, -1).map((n) => ({ type: "fc", num_neurons: n, activation: "tanh" })),
];

const pictures = ([side, depth, ...widths]) => [
  side,
  depth,
  widths.slice(0, -1).flatMap((filters) => [
    { type: "conv", sx: 3, filters, stride: 1, pad: 1, activation: "relu" },
    { type: "pool", sx: 2, stride: 2 },
  ]),
];

/** ConvNetJS keeps the weights of a neuron or filter together; theta keeps those of an input. */
function setWeights(net, theta) {
  let start = 0;
  for (const { filters, biases } of net.layers.filter((l) => l.filters)) {
    for (let i = 0; i < filters[0].w.length; i++) for (const filter of filters) filter.w[i] = theta[start++];
    for (let j = 0; j < filters.length; j++) biases.w[j] = theta[start++];
  }
}

/** The last layer: mean cross-entropy of the outputs, from their logits. */
class CrossEntropy {
  constructor(nOut) {
    this.nOut = nOut;
  }

  forward(logits) {
    this.logits = this.out_act = logits;
    return logits;
  }

  backward(t) {
    const { w: y, dw } = this.logits;
    let loss = 0;
    for (let i = 0; i < this.nOut; i++) {
      const e = Math.exp(-Math.abs(y[i]));
      loss += Math.max(y[i], 0) - t[i] * y[i] + Math.log1p(e);
      dw[i] = ((y[i] >= 0 ? 1 : e) / (1 + e) - t[i]) / this.nOut;
    }
    return loss / this.nOut;
  }

  getParamsAndGrads() {
    return [];
  }
}
