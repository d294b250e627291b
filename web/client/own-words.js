// @ts-check
// Questions that are answered in one's own words (`[data-own-words]`): kept on this device alone, laid
// beside the ideas that stand on the page, and asked again after some days. It gives no marks.

import { recallSaid, rememberSaid } from './keep.js';
import { DAYS, back, daysTo, isDue, mentioned, saidNow } from './spaced.js';
import { say } from './words.js';

/** Bring the questions of the page to life, and say where some of them wait. */
export function showOwnWords() {
  for (const box of document.querySelectorAll('[data-own-words]')) new Question(/** @type {HTMLElement} */ (box));
  showWaiting();
}

/** On the page of the course: how many questions of each level wait, by a link to the first that does. */
export function showWaiting() {
  const said = recallSaid();
  const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-words-of]')]);
  const question = (/** @type {HTMLElement} */ link) => link.dataset.wordsOf ?? '';
  const level = (/** @type {HTMLElement} */ link) => question(link).split('/')[0];
  const waiting = links.filter((link) => isDue(said[question(link)], new Date()));
  for (const link of links) {
    const ofLevel = waiting.filter((other) => level(other) === level(link));
    link.hidden = link !== ofLevel[0];
    link.textContent = say.count('Say it back: {n} question waits', 'Say it back: {n} questions wait', ofLevel.length);
  }
}

class Question {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.name = box.dataset.ownWords ?? '';
    this.field = /** @type {HTMLTextAreaElement} */ (this.#part('text'));
    this.#part('compare').addEventListener('click', () => this.#compare());
    this.#begin();
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.box.querySelector(`[data-${name}]`));
  }

  /** As it stands when one comes: with what was said, or to be said again. */
  #begin() {
    const said = recallSaid()[this.name];
    const due = isDue(said, new Date());
    this.field.value = said && !due ? said.text : '';
    const earlier = this.#part('earlier');
    earlier.hidden = !due;
    this.#part('earlier-text').textContent = due ? said.text : '';
    if (said) this.#part('when').textContent = due ? this.#again(said) : this.#when(said);
    this.box.toggleAttribute('data-due', due);
  }

  /** @param {import('./spaced.js').Said} said */
  #again(said) {
    return say.count('You have said this {n} time. Once more, without looking:', 'You have said this {n} times. Once more, without looking:', said.times);
  }

  /** When it comes back, in words. @param {import('./spaced.js').Said} said */
  #when(said) {
    const when = back(said);
    if (when) return say.count('Kept on this device. It comes back in {n} day.', 'Kept on this device. It comes back in {n} days.', daysTo(when, new Date()));
    return say('Kept on this device. You said it {n} times over a month: it comes back no more.', { n: DAYS.length + 1 });
  }

  /** Lay the words beside the ideas, and keep them. */
  #compare() {
    const text = this.field.value.trim();
    if (!text) {
      this.#part('told').textContent = say('Write a sentence or two first.');
      this.field.focus();
      return;
    }
    const missing = [];
    for (const idea of this.box.querySelectorAll('[data-idea]')) {
      const found = mentioned(text, (idea.getAttribute('data-idea') ?? '').split(','));
      idea.toggleAttribute('data-mentioned', found !== '');
      const mark = /** @type {HTMLElement} */ (idea.querySelector('[data-found]'));
      mark.textContent = found ? say('✓ you wrote “{found}”', { found }) : say('not mentioned');
      if (!found) missing.push(idea.getAttribute('data-short') ?? '');
    }
    /** @type {HTMLDetailsElement} */ (this.#part('ideas')).open = true;
    this.#part('told').textContent = missing.length
      ? say('You have not mentioned: {ideas}.', { ideas: missing.join('; ') })
      : say('A word of every idea is in it. Whether it is right, only you can tell: read both.');
    const kept = saidNow(recallSaid()[this.name], text, new Date());
    rememberSaid(this.name, kept);
    this.#part('when').textContent = this.#when(kept);
    this.box.removeAttribute('data-due');
    showWaiting();
  }
}
