/**
 * Networks written by hand on typed arrays: what a careful JavaScript author would ship. The
 * yardstick for the engine's training step; they share no code with the engine.
 *
 * Here is what all of them need. Each has one flat parameter vector, SGD or Adam, the mean binary
 * cross-entropy from the logits, and a `step` that allocates nothing.
 */

/** @typedef {{optimizer?: "sgd" | "adam", rate?: number}} Options */

/** All parameters in one array, their gradients in another, and how they are updated. */
export class Parameters {
  /** @param {number} count @param {Options} [options] */
  constructor(count, { optimizer = "adam", rate = 0.01 } = {}) {
    this.rate = rate;
    this.update = optimizer === "adam" ? this.adam : this.sgd;
    this.theta = new Float64Array(count);
    this.grad = new Float64Array(count);
    this.m = new Float64Array(count);
    this.v = new Float64Array(count);
    this.steps = 0;
    this.taken = 0;
  }

  /** The next `count` parameters and their gradients. @param {number} count */
  take(count) {
    const end = this.taken + count;
    const views = [this.theta.subarray(this.taken, end), this.grad.subarray(this.taken, end)];
    this.taken = end;
    return views;
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

/** y = x W + b, row by row; row i of W leads from input i to every output. */
export class Linear {
  /** @param {Parameters} parameters @param {number} nIn @param {number} nOut */
  constructor(parameters, nIn, nOut) {
    this.nIn = nIn;
    this.nOut = nOut;
    [this.W, this.dW] = parameters.take(nIn * nOut);
    [this.b, this.db] = parameters.take(nOut);
  }

  /** @param {Float64Array} x @param {Float64Array} y @param {number} rows */
  forward(x, y, rows) {
    const { nIn, nOut, W, b } = this;
    for (let n = 0; n < rows; n++) {
      const inRow = n * nIn;
      const outRow = n * nOut;
      for (let j = 0; j < nOut; j++) y[outRow + j] = b[j];
      for (let i = 0; i < nIn; i++) {
        const a = x[inRow + i];
        const wRow = i * nOut;
        for (let j = 0; j < nOut; j++) y[outRow + j] += a * W[wRow + j];
      }
    }
  }

  /**
   * Adds into dW and db; writes dx, or adds into it.
   * @param {Float64Array} x @param {Float64Array} dy @param {Float64Array | null} dx
   * @param {number} rows @param {boolean} [add]
   */
  backward(x, dy, dx, rows, add = false) {
    const { nIn, nOut, W, dW, db } = this;
    for (let n = 0; n < rows; n++) {
      const inRow = n * nIn;
      const outRow = n * nOut;
      for (let j = 0; j < nOut; j++) db[j] += dy[outRow + j];
      for (let i = 0; i < nIn; i++) {
        const a = x[inRow + i];
        const wRow = i * nOut;
        let da = 0;
        for (let j = 0; j < nOut; j++) {
          const d = dy[outRow + j];
          dW[wRow + j] += a * d;
          da += W[wRow + j] * d;
        }
        if (dx) dx[inRow + i] = add ? dx[inRow + i] + da : da;
      }
    }
  }
}

/**
 * Mean cross-entropy of the logits y, whose gradient it leaves in dy.
 * @param {Float64Array} y @param {Float64Array} t each 0 or 1 @param {Float64Array} dy
 */
export function crossEntropy(y, t, dy) {
  let loss = 0;
  for (let i = 0; i < y.length; i++) {
    const e = Math.exp(-Math.abs(y[i]));
    loss += Math.max(y[i], 0) - t[i] * y[i] + Math.log1p(e);
    dy[i] = ((y[i] >= 0 ? 1 : e) / (1 + e) - t[i]) / y.length;
  }
  return loss / y.length;
}
