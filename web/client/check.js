// @ts-check
// Has runs of others played again by the host, without drawing, one after the other. It knows no page.

import { say } from './words.js';

/** @typedef {import('./share.js').Run} Run */
/**
 * @typedef {object} Facts what games/check.py computed
 * @property {number | null} score
 * @property {boolean} won
 * @property {number} moves
 * @property {number} ticks
 * @property {[string, string][]} mistakes questions and the wrong answers given to them
 *
 * @typedef {{facts: Facts} | {refused: string} | {refused: string, lost: true}} Verdict lost: there is no Python
 */

const STOPPED = { refused: say('the check was stopped') };

export class Checker {
  #number = 0;
  /** @type {Promise<unknown>} the end of the line of checks */ #last = Promise.resolve();
  /** @type {((packet: any) => void) | null} */ #hear = null;

  /** @param {import('./runtime.js').Runtime} runtime */
  constructor(runtime) {
    this.runtime = runtime;
    runtime.addEventListener('down', () => {
      this.#hear?.({ refused: say('Python stopped while these moves were played again') });
    });
    runtime.addEventListener('check', (event) => this.#hear?.(/** @type {CustomEvent} */ (event).detail));
  }

  /**
   * Play a run again, after those that were asked for before; never rejects.
   * @param {Run} run
   * @param {AbortSignal} signal
   * @param {(share: number) => void} progress hears how much is done, from 0 to 1
   * @returns {Promise<Verdict>}
   */
  check(run, signal, progress) {
    const turn = this.#last.then(() => this.#check(run, signal, progress));
    this.#last = turn;
    return turn;
  }

  /** @param {Run} run @param {AbortSignal} signal @param {(share: number) => void} progress @returns {Promise<Verdict>} */
  async #check(run, signal, progress) {
    if (!(await this.runtime.ready())) return { refused: say('Python cannot run in this browser'), lost: true };
    const id = `check ${++this.#number}`;
    return new Promise((resolve) => {
      /** @param {Verdict} verdict */
      const end = (verdict) => {
        this.#hear = null;
        resolve(verdict);
      };
      this.#hear = (packet) => {
        if (packet.id !== undefined && packet.id !== id) return;
        if (packet.facts || packet.refused) return end(packet);
        if (signal.aborted) {
          this.runtime.post({ kind: 'close', id });
          return end(STOPPED);
        }
        progress(packet.of ? packet.done / packet.of : 1);
        this.runtime.post({ kind: 'check', id });
      };
      if (signal.aborted) return end(STOPPED);
      const { game, edition, seed, params, log } = run;
      this.runtime.post({ kind: 'check', id, game, edition, seed, params, log });
    });
  }
}
