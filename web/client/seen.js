// @ts-check
// What is said after a game (`[data-seen]`), by how far the learner has come with it. It reads the
// page and the device's memory, and knows no game.

import { recall } from './keep.js';
import { isWon, playedAt } from './progress.js';

const OUTCOMES = ['', 'played', 'won']; // data-when of the texts; '' is there before anything was done

/** After each game of the page, show the text that fits what was done best. */
export function showSeen() {
  const progress = recall();
  for (const box of document.querySelectorAll('[data-seen]')) {
    const placement = box.getAttribute('data-seen') ?? '';
    const played = playedAt(progress, [placement]).tries.length > 0;
    const reached = OUTCOMES.slice(0, isWon(progress, placement) ? 3 : played ? 2 : 1);
    const texts = [...box.children];
    const fits = texts.findLast((text) => reached.includes(text.getAttribute('data-when') ?? ''));
    for (const text of texts) text.toggleAttribute('data-said', text === fits);
  }
}
