// @ts-check
// Writes down how one placed game is played, for the learner's return: when tries begin, the best
// score, the newest run and the win. It asks nothing of the page.

import { remember } from './keep.js';
import { encodeRun } from './share.js';

const CALM = 2000; // milliseconds between two notes of a game that is played

/** @typedef {import('./share.js').Run & {places: string[]}} Run places: the placements it counts for */

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
      played(this.run.places, { tries: [now()] });
    }
    this.#timer ??= setTimeout(() => this.flush(), CALM);
  }

  /** Write down now what waits to be. */
  flush() {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { seed, params, places } = this.run;
    const [score, moves] = [this.#score, movesOf(this.run)];
    if (moves === 0) return;
    this.#text().then((run) => played(places, { best: score, last: { seed, params, run, score, moves, at: now() } }));
  }

  /** The game is won: that is remembered at once, and its moves as soon as they are packed. */
  win() {
    const { seed, params, places } = this.run;
    const at = now();
    const win = (/** @type {string} */ run) => remember({ won: everywhere(places, { seed, params, run, at }) });
    win('');
    this.#text().then((run) => run && win(run));
  }

  /** Figures were reached that may be smaller than those so far. @param {Record<string, number>} records */
  record(records) {
    played(this.run.places, { records });
  }

  /** The run as text, '' where it is too long to be kept. */
  async #text() {
    try {
      return await encodeRun(this.run);
    } catch {
      return '';
    }
  }
}

/** @param {string[]} places @param {Partial<import('./progress.js').Played>} what */
function played(places, what) {
  remember({ played: everywhere(places, { best: null, tries: [], last: null, records: {}, ...what }) });
}

/** @template T @param {string[]} places @param {T} what @returns {Record<string, T>} */
const everywhere = (places, what) => Object.fromEntries(places.map((place) => [place, what]));

/** How many messages a run has taken. @param {Run} run */
export const movesOf = ({ log }) => log.reduce((/** @type {number} */ sum, entry) => sum + (Array.isArray(entry) ? 1 : 0), 0);

const now = () => new Date().toISOString();
