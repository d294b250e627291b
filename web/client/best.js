// @ts-check
// The smallest figures that the learner has reached in a game, in a line below it: they belong to the
// device, not to the run, so that a run stays its seed and its moves. It knows no game.

import { recall } from './keep.js';
import { playedAt } from './progress.js';
import { say } from './words.js';

/**
 * Tell the records of a placed game, where it keeps any.
 * @param {HTMLElement} game its element @param {string[]} places the placements whose records count
 */
export function showBest(game, places) {
  const line = game.querySelector('[data-best]');
  if (!line) return;
  /** @type {Record<string, string>} how each is told, by its id, with a place {n} for the figure */
  const texts = JSON.parse(line.getAttribute('data-best') ?? '{}');
  const { records } = playedAt(recall(), places);
  const told = Object.entries(texts).flatMap(([id, text]) =>
    Object.hasOwn(records, id) ? [text.replace('{n}', String(records[id]))] : []);
  if (told.length > 0) line.textContent = say('Your best on this device: {results}.', { results: told.join(', ') });
}
