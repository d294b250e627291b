/**
 * A dense network written by hand on typed arrays: what a careful JavaScript author would ship.
 * The yardstick for the engine's training step; it shares no code with the engine.
 *
 * tanh in the hidden layers, binary cross-entropy from the logit of the last, SGD or Adam on one
 * flat parameter vector. Nothing is allocated in a step.
 */

/** @typedef {{optimizer?: "sgd" | "adam", rate?: number, seed?: number}} Options */

export class Network {
  /**
   * @param {number[]} sizes neurons of each layer, the inputs first
   * @param {number} batch rows in a batch
   * @param {Options} [options]
   */
  constructor(sizes, batch, { optimizer = "adam", rate = 0.01, seed = 1 } = {}) {
    this.sizes = sizes;
    this.batch = batch;
    this.rate = rate;
    this.update = optimizer === "adam" ? this.adam : this.sgd;

    const random = mulberry32(seed);
    const pairs = sizes.slice(1).map((nOut, l) => [sizes[l], nOut]);
    const count = pairs.reduce((n, [nIn, nOut]) => n + (nIn + 1) * nOut, 0);
    this.theta = new Float64Array(count);
    this.grad = new Float64Array(count);
    this.m = new Float64Array(count);
    this.v = new Float64Array(count);
    this.steps = 0;

    let start = 0;
    this.layers = pairs.map(([nIn, nOut]) => {
      const weights = nIn * nOut;
      const end = start + weights + nOut;
      const layer = {
        nIn,
        nOut,
        W: this.theta.subarray(start, start + weights), // row i: from input i to every output
        b: this.theta.subarray(start + weights, end),
        dW: this.grad.subarray(start, start + weights),
        db: this.grad.subarray(start + weights, end),
        y: new Float64Array(batch * nOut),
        dy: new Float64Array(batch * nOut),
      };
      start = end;
      const limit = Math.sqrt(6 / (nIn + nOut));
      for (let i = 0; i < weights; i++) layer.W[i] = (2 * random() - 1) * limit;
      return layer;
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
    const loss = this.lossAndGradient(t);
    this.backward(x);
    this.update();
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

  /** Mean cross-entropy; leaves its gradient in the last layer's dy. @param {Float64Array} t */
  lossAndGradient(t) {
    const { y, dy } = this.layers[this.layers.length - 1];
    let loss = 0;
    for (let i = 0; i < y.length; i++) {
      const e = Math.exp(-Math.abs(y[i]));
      loss += Math.max(y[i], 0) - t[i] * y[i] + Math.log1p(e);
      const p = (y[i] >= 0 ? 1 : e) / (1 + e);
      dy[i] = (p - t[i]) / y.length;
    }
    return loss / y.length;
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

  sgd() {
    const { theta, grad, rate } = this;
    for (let i = 0; i < theta.length; i++) theta[i] -= rate * grad[i];
  }

  adam() {
    const { theta, grad, m, v } = this;
    this.steps += 1;
    const rate = this.rate / (1 - 0.9 ** this.steps);
    const scale = 1 / (1 - 0.999 ** this.steps);
    for (let i = 0; i < theta.length; i++) {
      const g = grad[i];
      m[i] += 0.1 * (g - m[i]);
      v[i] += 0.001 * (g * g - v[i]);
      theta[i] -= (rate * m[i]) / (Math.sqrt(v[i] * scale) + 1e-8);
    }
  }
}

/** A small seeded generator of numbers in [0, 1). @param {number} state */
function mulberry32(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
