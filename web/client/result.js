// @ts-check
// What follows a win: the medal, what was learnt, and where to go on. It reads the page and the
// device's memory, and knows no game.

import { dragging } from './events.js';
import { recall } from './keep.js';
import { isWon } from './progress.js';

const LOOK = 900; // milliseconds for the picture alone, before the sheet comes

export class Result {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #coming;
  /** A win was not told yet: the game has a next thing to do (`data-unfinished`). */ #waits = false;

  /** @param {HTMLElement} game a placed game's element */
  constructor(game) {
    this.game = game;
    this.stage = game.querySelector('.shell-stage');
    this.sheet = /** @type {HTMLElement | null} */ (game.querySelector('[data-result]'));
    this.sheet?.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.hide();
    });
  }

  /** The game has just been won, and that is remembered: it is told when the picture was seen and let go. */
  show() {
    clearTimeout(this.#coming);
    this.#waits = this.game.querySelector('[data-unfinished]') !== null;
    if (this.#waits) return;
    this.#coming = setTimeout(() => (dragging() ? this.show() : this.#tell()), LOOK);
  }

  #tell() {
    if (!this.sheet) return;
    this.sheet.hidden = false;
    const whole = /** @type {HTMLElement | null} */ (this.sheet.querySelector('[data-whole]'));
    const progress = recall();
    const all = whole?.dataset.whole?.split(' ') ?? [];
    if (whole) whole.hidden = !all.every((id) => isWon(progress, id));
    this.#keepInSight(this.sheet);
  }

  /** Where the sheet would lie over the verdict, the page scrolls until the stage is at its top. @param {HTMLElement} sheet */
  #keepInSight(sheet) {
    const bar = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const [stage, over] = [this.stage, sheet].map((part) => part?.getBoundingClientRect());
    if (!stage || !over || stage.bottom <= over.top || over.right <= stage.left || over.left >= stage.right) return;
    const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
    scrollBy({ top: stage.top - bar, behavior });
  }

  /** The game has gone on. */
  changed() {
    if (this.#waits) this.show();
  }

  hide() {
    this.#waits = false;
    clearTimeout(this.#coming);
    if (this.sheet) this.sheet.hidden = true;
  }
}

/** Mark a game whose medal is won, now or earlier. @param {HTMLElement} game @param {string[]} places the placements that count */
export function showMedal(game, places) {
  const progress = recall();
  game.toggleAttribute('data-medal', places.some((place) => isWon(progress, place)));
}
