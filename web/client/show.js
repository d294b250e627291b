// @ts-check
// What a page shows while a game plays its own solution: the words, a ring around the control that is
// about to be pressed, and the way out. The moves come from the host (games/show.py).

import { say } from './words.js';

/** @typedef {{says: string, control: string | null, over: boolean}} News */

const LABELS = { on: say('Stop'), over: say('Back to my game') };
const AGAIN = say('Now you: other numbers');

export class Show {
  /** @param {HTMLElement} game a placed game's element */
  constructor(game) {
    this.game = game;
    this.stage = /** @type {HTMLElement} */ (game.querySelector('[data-stage]'));
    this.line = /** @type {HTMLElement} */ (game.querySelector('[data-boot]'));
    this.button = /** @type {HTMLElement} */ (game.querySelector('[data-tool="show"]'));
    this.reseed = /** @type {HTMLElement} */ (game.querySelector('[data-tool="reseed"]'));
    this.labels = [this.button, this.reseed].map((button) => button.textContent);
    this.stage.inert = true; // one watches; what is pressed meanwhile would go nowhere
    keepRoom(this.button, LABELS.over);
    keepRoom(this.reseed, AGAIN);
    this.#state('on');
  }

  /** Show what is done now; returns the sentence. @param {News} news */
  say({ says, control, over }) {
    const sentence = over ? say('{sentence} Now you, with other numbers?', { sentence: says }) : says;
    this.line.textContent = sentence;
    this.#ring(control);
    if (over) {
      this.#state('over');
      this.reseed.textContent = AGAIN;
    }
    return sentence;
  }

  /** Watching is not winning: it is marked otherwise and not remembered. @param {number | null} score */
  score(score) {
    this.game.toggleAttribute('data-shown', score === 1);
  }

  /** Leave the game as it is for the learner. */
  end() {
    this.#ring(null);
    this.stage.inert = false;
    this.line.textContent = '';
    [this.button.textContent, this.reseed.textContent] = this.labels;
    for (const button of [this.button, this.reseed]) button.style.minWidth = '';
    for (const mark of ['data-show', 'data-shown']) this.game.removeAttribute(mark);
  }

  /** @param {'on' | 'over'} state */
  #state(state) {
    this.game.dataset.show = state;
    this.button.textContent = LABELS[state];
  }

  /** Mark the control, and bring it into sight. @param {string | null} control its data-on */
  #ring(control) {
    this.stage.querySelector('[data-pressing]')?.removeAttribute('data-pressing');
    if (control === null) return;
    const found = [...this.stage.querySelectorAll('[data-on]')].filter((e) => e.getAttribute('data-on') === control);
    const place = found.find((e) => e.matches('button, input, select, textarea, [tabindex]')) ?? found[0];
    place?.setAttribute('data-pressing', '');
    const { top = 0, bottom = 0 } = place?.getBoundingClientRect() ?? {};
    const foot = this.line.parentElement?.getBoundingClientRect().top ?? innerHeight;
    if (place && (top < 60 || bottom > Math.min(innerHeight, foot))) {
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      place.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
    }
  }
}

/** Make a button as wide as its longest label now, so that nothing moves later. @param {HTMLElement} button @param {string} label */
function keepRoom(button, label) {
  const now = button.textContent;
  button.textContent = label;
  button.style.minWidth = `${button.getBoundingClientRect().width}px`;
  button.textContent = now;
}
