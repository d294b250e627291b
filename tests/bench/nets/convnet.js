// Contestant: ConvNetJS. It trains row by row and updates after each batch; it has no Adam.

let convnetjs;

export async function load() {
  const source = await fetch(new URL("../node_modules/convnetjs/build/convnet-min.js", import.meta.url));
  const module = { exports: {} }; // the package predates modules
  new Function("module", await source.text())(module);
  convnetjs = module.exports;
}

/** @param {import("./worker.js").Problem} problem @returns {import("./worker.js").Run} */
export function prepare({ sizes, batch, optimizer, rate, x, t, theta }) {
  if (optimizer !== "sgd") throw new Error(`ConvNetJS has no ${optimizer}`);
  const [nIn, ...widths] = sizes;
  const hidden = widths.slice(0, -1);
  const nOut = widths.at(-1);
  const net = new convnetjs.Net();
  net.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: nIn },
    ...hidden.map((n) => ({ type: "fc", num_neurons: n, activation: "tanh" })),
    { type: "regression", num_neurons: nOut },
  ]);
  net.layers[net.layers.length - 1] = new CrossEntropy(nOut);
  setWeights(net, theta);

  const options = { method: "sgd", learning_rate: rate, momentum: 0, batch_size: batch };
  const trainer = new convnetjs.Trainer(net, options);
  const rows = Array.from({ length: batch }, (_, n) => {
    const row = new convnetjs.Vol(1, 1, nIn);
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

/** ConvNetJS keeps a neuron's weights together; theta keeps an input's. */
function setWeights(net, theta) {
  let start = 0;
  for (const { filters, biases, num_inputs: nIn, out_depth: nOut } of net.layers.filter((l) => l.filters)) {
    for (let i = 0; i < nIn; i++) for (let j = 0; j < nOut; j++) filters[j].w[i] = theta[start++];
    for (let j = 0; j < nOut; j++) biases.w[j] = theta[start++];
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
