// Contestant: brain.js. It has no batches: a step here is one pass over the rows with an update after
// each, towards ±1 through a last tanh, with the squared error. So its losses cannot be compared.
// Its LSTM learns to foretell its next input, one sequence at a time.

let brain;

export async function load() {
  const source = await fetch(new URL("../node_modules/brain.js/browser.min.js", import.meta.url));
  const module = { exports: {} }; // the bundle is not a module
  new Function("module", "exports", await source.text())(module, module.exports);
  brain = module.exports;
}

/** @param {import("./worker.js").Problem} problem @returns {import("./worker.js").Run} */
export function prepare(problem) {
  return problem.kind === "lstm" ? lstm(problem) : mlp(problem);
}

function lstm({ sizes: [nIn, n, , time], batch, rate, x }) {
  const net = new brain.recurrent.LSTMTimeStep({
    inputSize: nIn,
    hiddenLayers: [n],
    outputSize: nIn,
    learningRate: rate,
  });
  const sequences = Array.from({ length: batch }, (_, row) =>
    // one item more than the others read, so that it makes as many predictions
    Array.from({ length: time + 1 }, (_, i) => {
      const start = (row * time + (i % time)) * nIn;
      return Array.from(x.subarray(start, start + nIn));
    }),
  );
  net.verifyIsInitialized(sequences);
  return (steps) => {
    let error = NaN;
    for (let i = 0; i < steps; i++) {
      error = 0;
      for (const sequence of sequences) error += net.trainPattern(sequence, true);
    }
    return error / batch;
  };
}

function mlp({ sizes, batch, optimizer, rate, x, t, theta }) {
  const praxis = optimizer === "adam" ? "adam" : null;
  const net = new brain.NeuralNetwork({ activation: "tanh", learningRate: rate, praxis });
  net.sizes = sizes;
  net.initialize();
  let start = 0;
  for (let l = 1; l < sizes.length; l++) {
    for (let i = 0; i < sizes[l - 1]; i++) {
      for (let j = 0; j < sizes[l]; j++) net.weights[l][j][i] = theta[start++];
    }
    for (let j = 0; j < sizes[l]; j++) net.biases[l][j] = theta[start++];
  }
  const nOut = sizes.at(-1);
  const rows = Array.from({ length: batch }, (_, n) => ({
    input: x.slice(n * sizes[0], (n + 1) * sizes[0]),
    output: t.slice(n * nOut, (n + 1) * nOut).map((value) => 2 * value - 1),
  }));
  return (steps) => {
    let error = NaN;
    for (let i = 0; i < steps; i++) {
      error = 0;
      for (const row of rows) error += net.trainPattern(row, true);
    }
    return error / batch;
  };
}
