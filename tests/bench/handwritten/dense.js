/** A dense network written by hand on typed arrays: tanh between the layers. */
import { crossEntropy, Parameters } from "./parts.js";

export class Dense {
  /**
   * @param {number[]} sizes neurons of each layer, the inputs first
   * @param {number} batch rows in a batch
   * @param {import("./parts.js").Options} [options]
   */
  constructor(sizes, batch, options) {
    this.batch = batch;
    const pairs = sizes.slice(1).map((nOut, l) => [sizes[l], nOut]);
    const count = pairs.reduce((n, [nIn, nOut]) => n + (nIn + 1) * nOut, 0);
    this.parameters = new Parameters(count, options);
    this.layers = pairs.map(([nIn, nOut]) => {
      const [W, dW] = this.parameters.take(nIn * nOut); // row i: from input i to every output
      const [b, db] = this.parameters.take(nOut);
      const y = new Float64Array(batch * nOut);
      return { nIn, nOut, W, dW, b, db, y, dy: new Float64Array(batch * nOut) };
    });
  }

  /**
   * One training step on the whole batch.
   * @param {Float64Array} x batch × inputs, row by row
   * @param {Float64Array} t batch × outputs, each 0 or 1
   * @returns {number} the loss before the update
   */
  step(x, t) {
    this.forward(x);
    const { y, dy } = this.layers[this.layers.length - 1];
    const loss = crossEntropy(y, t, dy);
    this.backward(x);
    this.parameters.update();
    return loss;
  }

  /** @param {Float64Array} x @returns {Float64Array} the logits, batch × outputs */
  forward(x) {
    const last = this.layers.length - 1;
    let input = x;
    for (let l = 0; l <= last; l++) {
      const { nIn, nOut, W, b, y } = this.layers[l];
      for (let n = 0; n < this.batch; n++) {
        const inRow = n * nIn;
        const outRow = n * nOut;
        for (let j = 0; j < nOut; j++) {
          let z = b[j];
          for (let i = 0; i < nIn; i++) z += input[inRow + i] * W[i * nOut + j];
          y[outRow + j] = l < last ? Math.tanh(z) : z;
        }
      }
      input = y;
    }
    return input;
  }

  /** @param {Float64Array} x */
  backward(x) {
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const { nIn, nOut, W, dW, db, dy } = this.layers[l];
      const input = l ? this.layers[l - 1].y : x;
      const dInput = l ? this.layers[l - 1].dy : null;
      dW.fill(0);
      db.fill(0);
      for (let n = 0; n < this.batch; n++) {
        const inRow = n * nIn;
        const outRow = n * nOut;
        for (let j = 0; j < nOut; j++) db[j] += dy[outRow + j];
        for (let i = 0; i < nIn; i++) {
          const a = input[inRow + i];
          let da = 0;
          for (let j = 0; j < nOut; j++) {
            const d = dy[outRow + j];
            dW[i * nOut + j] += a * d;
            da += W[i * nOut + j] * d;
          }
          if (dInput) dInput[inRow + i] = da * (1 - a * a);
        }
      }
    }
  }
}
