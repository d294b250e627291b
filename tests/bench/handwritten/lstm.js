/** An LSTM written by hand on typed arrays, a Linear on every state. */
import { crossEntropy, Linear, Parameters } from "./parts.js";

const sigmoid = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));

export class Lstm {
  /**
   * @param {number[]} sizes inputs, states, outputs, items in a sequence
   * @param {number} batch sequences in a batch
   * @param {import("./parts.js").Options} [options]
   */
  constructor([nIn, n, nOut, time], batch, options) {
    Object.assign(this, { nIn, n, nOut, time, batch });
    this.parameters = new Parameters((nIn + n + 1) * 4 * n + (n + 1) * nOut, options);
    [this.Wx, this.dWx] = this.parameters.take(nIn * 4 * n);
    [this.Wh, this.dWh] = this.parameters.take(n * 4 * n);
    [this.b, this.db] = this.parameters.take(4 * n); // of the gates i, f, g, o
    this.head = new Linear(this.parameters, n, nOut);
    const rows = batch * time;
    this.gates = new Float64Array(rows * 4 * n);
    this.dgates = new Float64Array(rows * 4 * n);
    this.c = new Float64Array(rows * n);
    this.tanhC = new Float64Array(rows * n);
    this.h = new Float64Array(rows * n);
    this.dh = new Float64Array(rows * n);
    this.dhNext = new Float64Array(n);
    this.dcNext = new Float64Array(n);
    this.y = new Float64Array(rows * nOut);
    this.dy = new Float64Array(rows * nOut);
  }

  /** @param {Float64Array} x @param {Float64Array} t @returns {number} the loss before the update */
  step(x, t) {
    const { batch, time, head, h, dh, y, dy } = this;
    for (let s = 0; s < batch; s++) this.read(x, s * time);
    head.forward(h, y, batch * time);
    const loss = crossEntropy(y, t, dy);
    this.parameters.grad.fill(0);
    head.backward(h, dy, dh, batch * time);
    for (let s = 0; s < batch; s++) this.readBack(x, s * time);
    this.parameters.update();
    return loss;
  }

  /** One sequence, from its row `first` on. @param {Float64Array} x @param {number} first */
  read(x, first) {
    const { nIn, n, time, Wx, Wh, b, gates, c, tanhC, h } = this;
    const width = 4 * n;
    for (let row = first; row < first + time; row++) {
      const at = row * width;
      for (let j = 0; j < width; j++) gates[at + j] = b[j];
      for (let i = 0; i < nIn; i++) {
        const a = x[row * nIn + i];
        for (let j = 0; j < width; j++) gates[at + j] += a * Wx[i * width + j];
      }
      if (row > first) {
        for (let i = 0; i < n; i++) {
          const a = h[(row - 1) * n + i];
          for (let j = 0; j < width; j++) gates[at + j] += a * Wh[i * width + j];
        }
      }
      for (let k = 0; k < n; k++) {
        const i = (gates[at + k] = sigmoid(gates[at + k]));
        const f = (gates[at + n + k] = sigmoid(gates[at + n + k]));
        const g = (gates[at + 2 * n + k] = Math.tanh(gates[at + 2 * n + k]));
        const o = (gates[at + 3 * n + k] = sigmoid(gates[at + 3 * n + k]));
        const to = row * n + k;
        c[to] = i * g + (row > first ? f * c[to - n] : 0);
        tanhC[to] = Math.tanh(c[to]);
        h[to] = o * tanhC[to];
      }
    }
  }

  /** The way back through one sequence. @param {Float64Array} x @param {number} first */
  readBack(x, first) {
    const { nIn, n, time, Wh, dWx, dWh, db, gates, dgates, c, tanhC, h, dh, dhNext, dcNext } = this;
    const width = 4 * n;
    dhNext.fill(0);
    dcNext.fill(0);
    for (let row = first + time - 1; row >= first; row--) {
      const at = row * width;
      for (let k = 0; k < n; k++) {
        const [i, f, g, o] = [gates[at + k], gates[at + n + k], gates[at + 2 * n + k], gates[at + 3 * n + k]];
        const to = row * n + k;
        const dhk = dh[to] + dhNext[k];
        const dc = dcNext[k] + dhk * o * (1 - tanhC[to] * tanhC[to]);
        const before = row > first ? c[to - n] : 0;
        dgates[at + k] = dc * g * i * (1 - i);
        dgates[at + n + k] = dc * before * f * (1 - f);
        dgates[at + 2 * n + k] = dc * i * (1 - g * g);
        dgates[at + 3 * n + k] = dhk * tanhC[to] * o * (1 - o);
        dcNext[k] = dc * f;
      }
      for (let j = 0; j < width; j++) db[j] += dgates[at + j];
      for (let i = 0; i < nIn; i++) {
        const a = x[row * nIn + i];
        for (let j = 0; j < width; j++) dWx[i * width + j] += a * dgates[at + j];
      }
      if (row === first) continue;
      for (let i = 0; i < n; i++) {
        const a = h[(row - 1) * n + i];
        let da = 0;
        for (let j = 0; j < width; j++) {
          const d = dgates[at + j];
          dWh[i * width + j] += a * d;
          da += Wh[i * width + j] * d;
        }
        dhNext[i] = da;
      }
    }
  }
}
