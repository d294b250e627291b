// @ts-check
// A derivation opens step by step by itself (`<details>`); this opens all of its steps with one
// button, and closes them again. It knows nothing of what stands in them.

import { say } from './words.js';

/** Listen on the document, for the derivations of every page that comes. */
export function listenForDerivations() {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-all-steps]') : null;
    if (!button) return;
    const steps = stepsOf(button);
    const open = !steps.every((step) => step.open);
    for (const step of steps) step.open = open;
  });
  document.addEventListener('toggle', ({ target }) => {
    const button = target instanceof Element ? target.closest('.derivation')?.querySelector('[data-all-steps]') : null;
    if (button) button.textContent = stepsOf(button).every((step) => step.open) ? say('Close all steps') : say('Open all steps');
  }, true);
}

/** @param {Element} button @returns {HTMLDetailsElement[]} */
const stepsOf = (button) => [...(button.closest('.derivation')?.querySelectorAll('details') ?? [])].filter((box) => box.matches('.step'));
