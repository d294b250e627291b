// @ts-check
// Writes down how one placed game is played, for the learner's return: when tries begin, the best
// score, the newest run and the win. It asks nothing of the page.

import { recall, remember } from './keep.js';
import { encodeRun } from './share.js';

const LONGEST_KEPT = 16_000; // letters of a run, so that there is room for all games
const CALM = 2000; // milliseconds between two notes of a game that is played

/** @typedef {import('./share.js').Run} Run */

export class Diary {
  #begun = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {number | null} */ #score = null;

  /** @param {Run} run the run as it goes on */
  constructor(run) {
    this.run = run;
  }

  /** The game starts again: the next move begins a new try, unless one is gone on with. */
  restart(begun = false) {
    this.flush();
    this.#begun = begun;
  }

  /** Moves were taken, or the game went on by itself. @param {number | null} score */
  follow(score) {
    this.#score = score;
    if (!this.#begun && movesOf(this.run) > 0) {
      this.#begun = true;
      this.#played({ tries: [now()] });
    }
    this.#timer ??= setTimeout(() => this.flush(), CALM);
  }

  /** Write down now what waits to be. */
  flush() {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { seed, params } = this.run;
    const [score, moves] = [this.#score, movesOf(this.run)];
    if (moves === 0) return;
    this.#text().then((run) => this.#played({ best: score, last: { seed, params, run, score, moves, at: now() } }));
  }

  /** The game is won: that is remembered at once, and its moves as soon as they are packed. */
  win() {
    const { game, seed, params } = this.run;
    if (recall().won[game]?.run) return; // one win with its proof is enough
    const at = now();
    remember({ won: { [game]: { seed, params, run: '', at } } });
    this.#text().then((run) => run && remember({ won: { [game]: { seed, params, run, at } } }));
  }

  /** Figures were reached that may be smaller than those so far. @param {Record<string, number>} records */
  record(records) {
    this.#played({ records });
  }

  /** The run as text, '' where it is too long to be kept. */
  async #text() {
    try {
      const text = await encodeRun(this.run);
      return text.length <= LONGEST_KEPT ? text : '';
    } catch {
      return '';
    }
  }

  /** @param {Partial<import('./progress.js').Played>} what */
  #played(what) {
    remember({ played: { [this.run.game]: { best: null, tries: [], last: null, records: {}, ...what } } });
  }
}

/** How many messages a run has taken. @param {Run} run */
export const movesOf = ({ log }) => log.reduce((/** @type {number} */ sum, entry) => sum + (Array.isArray(entry) ? 1 : 0), 0);

const now = () => new Date().toISOString();
