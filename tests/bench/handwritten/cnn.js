/** A convolutional network written by hand on typed arrays. */
import { crossEntropy, Linear, Parameters } from "./parts.js";

/** 3 × 3 convolutions that keep the size, each followed by halving by the maximum and ReLU; a Linear. */
export class Cnn {
  /**
   * @param {number[]} sizes side of the picture, its channels, those after each convolution, outputs
   * @param {number} batch pictures in a batch
   * @param {import("./parts.js").Options} [options]
   */
  constructor([side, ...widths], batch, options) {
    const channels = widths.slice(0, -1);
    const nOut = widths[widths.length - 1];
    const end = side >> (channels.length - 1);
    const nFlat = end * end * channels[channels.length - 1];
    const pairs = channels.slice(1).map((cOut, l) => [channels[l], cOut]);
    const count = pairs.reduce((n, [cIn, cOut]) => n + (9 * cIn + 1) * cOut, (nFlat + 1) * nOut);
    this.batch = batch;
    this.parameters = new Parameters(count, options);
    this.convolutions = pairs.map(
      ([cIn, cOut], l) => new Convolution(this.parameters, batch, side >> l, cIn, cOut),
    );
    this.head = new Linear(this.parameters, nFlat, nOut);
    this.y = new Float64Array(batch * nOut);
    this.dy = new Float64Array(batch * nOut);
  }

  /** @param {Float64Array} x @param {Float64Array} t @returns {number} the loss before the update */
  step(x, t) {
    const { convolutions, head, y, dy, batch } = this;
    let input = x;
    for (const layer of convolutions) input = layer.forward(input);
    head.forward(input, y, batch);
    const loss = crossEntropy(y, t, dy);
    this.parameters.grad.fill(0);
    head.backward(input, dy, convolutions[convolutions.length - 1].dy, batch);
    for (let l = convolutions.length - 1; l >= 0; l--) {
      const before = l ? convolutions[l - 1] : null;
      convolutions[l].backward(before ? before.y : x, before ? before.dy : null);
    }
    this.parameters.update();
    return loss;
  }
}

/** Pictures lie row by row, pixel by pixel, channel by channel; W as [row][column][in][out]. */
class Convolution {
  /**
   * @param {Parameters} parameters @param {number} batch @param {number} side
   * @param {number} cIn @param {number} cOut
   */
  constructor(parameters, batch, side, cIn, cOut) {
    Object.assign(this, { batch, side, cIn, cOut });
    [this.W, this.dW] = parameters.take(9 * cIn * cOut);
    [this.b, this.db] = parameters.take(cOut);
    this.z = new Float64Array(batch * side * side * cOut);
    this.y = new Float64Array(this.z.length / 4);
    this.dy = new Float64Array(this.y.length);
    this.winner = new Int32Array(this.y.length); // where in z each maximum was found
  }

  /** @param {Float64Array} x @returns {Float64Array} y */
  forward(x) {
    const { batch, side, cIn, cOut, W, b, z } = this;
    for (let n = 0; n < batch; n++) {
      for (let r = 0; r < side; r++) {
        for (let c = 0; c < side; c++) {
          const out = ((n * side + r) * side + c) * cOut;
          for (let k = 0; k < cOut; k++) z[out + k] = b[k];
          for (let i = 0; i < 3; i++) {
            const row = r + i - 1;
            if (row < 0 || row >= side) continue;
            for (let j = 0; j < 3; j++) {
              const column = c + j - 1;
              if (column < 0 || column >= side) continue;
              const from = ((n * side + row) * side + column) * cIn;
              for (let h = 0; h < cIn; h++) {
                const a = x[from + h];
                const w = ((i * 3 + j) * cIn + h) * cOut;
                for (let k = 0; k < cOut; k++) z[out + k] += a * W[w + k];
              }
            }
          }
        }
      }
    }
    this.halve();
    return this.y;
  }

  /** y = ReLU of the largest z of every 2 × 2: the same as the largest of their ReLU, and cheaper. */
  halve() {
    const { batch, side, cOut, z, y, winner } = this;
    let at = 0;
    for (let n = 0; n < batch; n++) {
      for (let r = 0; r < side; r += 2) {
        for (let c = 0; c < side; c += 2) {
          const first = ((n * side + r) * side + c) * cOut;
          for (let k = 0; k < cOut; k++, at++) {
            let best = first + k;
            const below = best + side * cOut;
            if (z[best + cOut] > z[best]) best += cOut;
            if (z[below] > z[best]) best = below;
            if (z[below + cOut] > z[best]) best = below + cOut;
            winner[at] = best;
            y[at] = z[best] > 0 ? z[best] : 0;
          }
        }
      }
    }
  }

  /**
   * Only the winners have a gradient, so only their windows are gone through.
   * @param {Float64Array} x @param {Float64Array | null} dx
   */
  backward(x, dx) {
    const { side, cIn, cOut, W, dW, db, y, dy, winner } = this;
    if (dx) dx.fill(0);
    for (let at = 0; at < dy.length; at++) {
      const d = dy[at];
      if (y[at] === 0 || d === 0) continue;
      const k = winner[at] % cOut;
      const pixel = (winner[at] - k) / cOut;
      const c = pixel % side;
      const r = ((pixel - c) / side) % side;
      db[k] += d;
      for (let i = 0; i < 3; i++) {
        const row = r + i - 1;
        if (row < 0 || row >= side) continue;
        for (let j = 0; j < 3; j++) {
          const column = c + j - 1;
          if (column < 0 || column >= side) continue;
          const from = (pixel + (i - 1) * side + j - 1) * cIn;
          let w = (i * 3 + j) * cIn * cOut + k;
          for (let h = 0; h < cIn; h++, w += cOut) {
            dW[w] += x[from + h] * d;
            if (dx) dx[from + h] += W[w] * d;
          }
        }
      }
    }
  }
}
