// @ts-check
// Exercises (`[data-answer]`, `[data-slip]`): says whether a number or a step is the one that is asked for,
// and opens why. It knows them as web/builder/articles.py wrote them, keeps nothing, and gives no marks.

import { numberIn } from './typed.js';
import { say } from './words.js';

export function listenForExercises() {
  addEventListener('submit', (event) => {
    const box = event.target instanceof HTMLElement && event.target.closest('[data-answer]');
    if (!box) return;
    event.preventDefault();
    judge(/** @type {HTMLElement} */ (box));
  });
  addEventListener('click', ({ target }) => {
    const step = target instanceof Element && target.closest('[data-step]');
    const box = step && step.closest('[data-slip]');
    if (step && box) point(/** @type {HTMLElement} */ (box), /** @type {HTMLElement} */ (step));
  });
}

/** @param {HTMLElement} box */
function judge(box) {
  const field = /** @type {HTMLInputElement} */ (box.querySelector('[data-given]'));
  const text = field.value.trim();
  const right = Number(box.dataset.answer);
  const near = Number(box.dataset.within) * Math.abs(right || 1);
  const meant = [text, text.replace(/[.,](?=[0-9]{3}(?![0-9]))/g, '')].map(numberIn); // as it is, or 13,816 as thousands
  const found = meant.some((given) => Math.abs(given - right) <= near);
  field.toggleAttribute('aria-invalid', Number.isNaN(meant[0]));
  tell(box, found, found ? say('Right.') : why(text, meant[0], right));
}

/** What is wrong with a number, without the right one. @param {string} text @param {number} given @param {number} right */
function why(text, given, right) {
  if (!text) return say('Write a number first.');
  if (Number.isNaN(given)) return say('“{text}” is not a number; a number looks like 12, 0.5 or 3e-4.', { text });
  const ratio = Math.abs(given / right);
  if (given * right < 0 && Math.abs(ratio - 1) < 0.05) return say('Not yet: the size is right, the sign is not.');
  for (const factor of [2, 10, 100]) {
    if (Math.abs(ratio / factor - 1) < 0.02 || Math.abs(ratio * factor - 1) < 0.02) return say('Not yet: it is off by a factor of {factor}.', { factor });
  }
  return given > right ? say('Not yet: that is too much.') : say('Not yet: that is too little.');
}

/** @param {HTMLElement} box @param {HTMLElement} step */
function point(box, step) {
  const found = step.dataset.false !== undefined;
  step.toggleAttribute('data-tried', true);
  tell(box, found, found ? say('Found: this step is false.') : say('This step holds. Look at the others.'));
}

/** @param {HTMLElement} box @param {boolean} found @param {string} text */
function tell(box, found, text) {
  const told = /** @type {HTMLElement} */ (box.querySelector('[data-told]'));
  told.textContent = text;
  box.toggleAttribute('data-found', found);
  const answer = /** @type {HTMLDetailsElement} */ (box.querySelector('details'));
  if (found) answer.open = true;
}
