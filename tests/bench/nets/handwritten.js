// Contestant: the networks written by hand on typed arrays.
import { Attention } from "../handwritten/attention.js";
import { Cnn } from "../handwritten/cnn.js";
import { Dense } from "../handwritten/dense.js";
import { Lstm } from "../handwritten/lstm.js";

const KINDS = { mlp: Dense, cnn: Cnn, lstm: Lstm, attention: Attention };

/** @param {import("./worker.js").Problem} problem @returns {import("./worker.js").Run} */
export function prepare({ kind, sizes, batch, optimizer, rate, x, t, theta }) {
  const network = new KINDS[kind](sizes, batch, { optimizer, rate });
  network.parameters.theta.set(theta);
  return (steps) => {
    let loss = NaN;
    for (let i = 0; i < steps; i++) loss = network.step(x, t);
    return loss;
  };
}
