/** A Transformer block written by hand on typed arrays: pre-norm, every head sees all items, ReLU. */
import { crossEntropy, Linear, Parameters } from "./parts.js";

export class Attention {
  /**
   * @param {number[]} sizes width, heads, neurons of the small network, items
   * @param {number} batch sequences in a batch
   * @param {import("./parts.js").Options} [options]
   */
  constructor([n, heads, nHidden, time], batch, options) {
    Object.assign(this, { n, heads, nHidden, time, batch });
    const rows = (this.rows = batch * time);
    const p = (this.parameters = new Parameters(4 * n + 4 * (n + 1) * n + 2 * n * nHidden + nHidden + n, options));
    this.norm1 = new Norm(p, n, rows);
    this.query = new Linear(p, n, n);
    this.key = new Linear(p, n, n);
    this.value = new Linear(p, n, n);
    this.output = new Linear(p, n, n);
    this.norm2 = new Norm(p, n, rows);
    this.widen = new Linear(p, n, nHidden);
    this.narrow = new Linear(p, nHidden, n);
    const wide = () => new Float64Array(rows * n);
    [this.Q, this.K, this.V, this.O] = [wide(), wide(), wide(), wide()];
    [this.dQ, this.dK, this.dV, this.dO] = [wide(), wide(), wide(), wide()];
    this.A = new Float64Array(rows * heads * time);
    this.dA = new Float64Array(time);
    this.hidden = new Float64Array(rows * nHidden);
    this.dhidden = new Float64Array(rows * nHidden);
    [this.middle, this.y, this.dy, this.dnormed] = [wide(), wide(), wide(), wide()];
  }

  /** @param {Float64Array} x @param {Float64Array} t @returns {number} the loss before the update */
  step(x, t) {
    const { rows, norm1, norm2, hidden, dhidden, middle, y, dy, dnormed } = this;
    norm1.forward(x);
    this.query.forward(norm1.y, this.Q, rows);
    this.key.forward(norm1.y, this.K, rows);
    this.value.forward(norm1.y, this.V, rows);
    this.attend();
    this.output.forward(this.O, middle, rows);
    for (let i = 0; i < x.length; i++) middle[i] += x[i];
    norm2.forward(middle);
    this.widen.forward(norm2.y, hidden, rows);
    for (let i = 0; i < hidden.length; i++) if (hidden[i] < 0) hidden[i] = 0;
    this.narrow.forward(hidden, y, rows);
    for (let i = 0; i < y.length; i++) y[i] += middle[i];

    const loss = crossEntropy(y, t, dy);
    this.parameters.grad.fill(0);
    this.narrow.backward(hidden, dy, dhidden, rows);
    for (let i = 0; i < hidden.length; i++) if (hidden[i] === 0) dhidden[i] = 0;
    this.widen.backward(norm2.y, dhidden, dnormed, rows);
    norm2.backward(dnormed, dy); // dy is now that of `middle`
    this.output.backward(this.O, dy, this.dO, rows);
    this.attendBack();
    this.query.backward(norm1.y, this.dQ, dnormed, rows);
    this.key.backward(norm1.y, this.dK, dnormed, rows, true);
    this.value.backward(norm1.y, this.dV, dnormed, rows, true);
    norm1.backward(dnormed, null);
    this.parameters.update();
    return loss;
  }

  /** O = softmax(Q Kᵀ / √d) V, head by head. */
  attend() {
    const { n, heads, time, batch, Q, K, V, O, A } = this;
    const d = n / heads;
    const scale = 1 / Math.sqrt(d);
    O.fill(0);
    for (let s = 0; s < batch; s++) {
      for (let head = 0; head < heads; head++) {
        for (let i = 0; i < time; i++) {
          const q = (s * time + i) * n + head * d;
          const a = ((s * heads + head) * time + i) * time;
          let largest = -Infinity;
          for (let j = 0; j < time; j++) {
            const k = (s * time + j) * n + head * d;
            let score = 0;
            for (let e = 0; e < d; e++) score += Q[q + e] * K[k + e];
            A[a + j] = score * scale;
            if (A[a + j] > largest) largest = A[a + j];
          }
          let sum = 0;
          for (let j = 0; j < time; j++) sum += A[a + j] = Math.exp(A[a + j] - largest);
          for (let j = 0; j < time; j++) {
            const weight = (A[a + j] /= sum);
            const v = (s * time + j) * n + head * d;
            for (let e = 0; e < d; e++) O[q + e] += weight * V[v + e];
          }
        }
      }
    }
  }

  attendBack() {
    const { n, heads, time, batch, Q, K, V, A, dQ, dK, dV, dO, dA } = this;
    const d = n / heads;
    const scale = 1 / Math.sqrt(d);
    dQ.fill(0);
    dK.fill(0);
    dV.fill(0);
    for (let s = 0; s < batch; s++) {
      for (let head = 0; head < heads; head++) {
        for (let i = 0; i < time; i++) {
          const q = (s * time + i) * n + head * d;
          const a = ((s * heads + head) * time + i) * time;
          let along = 0;
          for (let j = 0; j < time; j++) {
            const v = (s * time + j) * n + head * d;
            const weight = A[a + j];
            let sum = 0;
            for (let e = 0; e < d; e++) {
              sum += dO[q + e] * V[v + e];
              dV[v + e] += weight * dO[q + e];
            }
            dA[j] = sum;
            along += weight * sum;
          }
          for (let j = 0; j < time; j++) {
            const k = (s * time + j) * n + head * d;
            const dscore = A[a + j] * (dA[j] - along) * scale;
            for (let e = 0; e < d; e++) {
              dQ[q + e] += dscore * K[k + e];
              dK[k + e] += dscore * Q[q + e];
            }
          }
        }
      }
    }
  }
}

/** Layer normalisation. */
class Norm {
  /** @param {Parameters} parameters @param {number} n @param {number} rows */
  constructor(parameters, n, rows) {
    this.n = n;
    [this.gamma, this.dgamma] = parameters.take(n);
    [this.beta, this.dbeta] = parameters.take(n);
    this.xHat = new Float64Array(rows * n);
    this.y = new Float64Array(rows * n);
    this.std = new Float64Array(rows);
  }

  /** @param {Float64Array} x */
  forward(x) {
    const { n, gamma, beta, xHat, y, std } = this;
    for (let row = 0, at = 0; row < std.length; row++, at += n) {
      let mean = 0;
      for (let k = 0; k < n; k++) mean += x[at + k];
      mean /= n;
      let variance = 0;
      for (let k = 0; k < n; k++) variance += (x[at + k] - mean) ** 2;
      std[row] = Math.sqrt(variance / n + 1e-5);
      for (let k = 0; k < n; k++) {
        xHat[at + k] = (x[at + k] - mean) / std[row];
        y[at + k] = gamma[k] * xHat[at + k] + beta[k];
      }
    }
  }

  /** Adds dx into `dx`, if there is one. @param {Float64Array} dy @param {Float64Array | null} dx */
  backward(dy, dx) {
    const { n, gamma, dgamma, dbeta, xHat, std } = this;
    for (let row = 0, at = 0; row < std.length; row++, at += n) {
      let mean = 0;
      let along = 0;
      for (let k = 0; k < n; k++) {
        dgamma[k] += dy[at + k] * xHat[at + k];
        dbeta[k] += dy[at + k];
        const g = gamma[k] * dy[at + k];
        mean += g;
        along += g * xHat[at + k];
      }
      if (!dx) continue;
      mean /= n;
      along /= n;
      for (let k = 0; k < n; k++) dx[at + k] += (gamma[k] * dy[at + k] - mean - xHat[at + k] * along) / std[row];
    }
  }
}
