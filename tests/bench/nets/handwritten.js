// Contestant: the network written by hand on typed arrays.
import { Network } from "../handwritten.js";

/** @param {import("./worker.js").Problem} problem @returns {import("./worker.js").Run} */
export function prepare({ sizes, batch, optimizer, rate, x, t, theta }) {
  const network = new Network(sizes, batch, { optimizer, rate });
  network.theta.set(theta);
  return (steps) => {
    let loss = NaN;
    for (let i = 0; i < steps; i++) loss = network.step(x, t);
    return loss;
  };
}
