// @ts-check
// “Your progress” on the page of the course: saved as a file, added from one, forgotten.

import { save } from './files.js';
import { forget, recall, recallWhole, remember } from './keep.js';
import { FILE_NAME, fromFile, gameOf, toFile } from './progress.js';
import { Runtime } from './runtime.js';
import { replayed, sift } from './sift.js';
import { say } from './words.js';

const MOST_NAMED = 5;
const SURE = say('Press again to forget all of it');

/**
 * Bring the panel to life, where the page has one.
 * @param {import('./check.js').Checker} checker
 * @param {() => void} begin starts Python, if it was not started yet
 */
export function showProgress(checker, begin) {
  const place = document.querySelector('[data-progress]');
  if (!place) return;
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (place.querySelector(`[data-${name}]`));
  /** @param {string} sentence */
  const tell = (sentence) => (part('said').textContent = sentence);
  const name = /** @type {HTMLInputElement} */ (part('name'));
  const file = /** @type {HTMLInputElement} */ (part('file'));
  /** @type {import('./sift.js').About} */ const about = JSON.parse(part('about').textContent ?? '{}');
  const button = part('forget');
  const label = button.textContent;
  const calm = () => (button.textContent = label);

  /** @param {import('./progress.js').Progress['won']} won of a file */
  const playedAgain = async (won) => {
    const { signal } = new AbortController();
    /** @param {import('./share.js').Run} run */
    const check = async (run) => {
      const missing = Runtime.missing();
      if (missing) return { refused: missing, lost: /** @type {const} */ (true) };
      begin();
      return checker.check(run, signal, () => {});
    };
    return replayed(won, recall(), check, (done, of) => tell(say('Playing the moves again: {done} of {of}…', { done, of })));
  };

  part('export').addEventListener('click', async () => {
    const whole = await recallWhole();
    save(FILE_NAME, toFile(whole, name.value.trim()), 'application/json');
    tell(say.count('Saved as {file}: {n} game won.', 'Saved as {file}: {n} games won.', gamesOf(whole.won).size, { file: FILE_NAME }));
  });
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    try {
      const file = fromFile(await chosen.text());
      const before = gamesOf(recall().won);
      const { progress, strange, unproved } = await sift(file.progress, about, recall());
      const { won, unproved: lost, asked } = await playedAgain(progress.won);
      unproved.push(...lost);
      remember({ won, played: progress.played });
      const fresh = [...gamesOf(won)].filter((game) => !before.has(game));
      const sentences = [say.count('Added: {n} game won, {fresh} of them new here.', 'Added: {n} games won, {fresh} of them new here.', gamesOf(won).size, { fresh: fresh.length })];
      if (!asked) sentences.push(say('The moves were not played again, for there is no Python here.'));
      if (strange.length) sentences.push(say('Left out, because the course does not have it: {names}.', { names: named(strange) }));
      const titles = [...new Set(unproved.map((name) => about.titles[gameOf(name)]))];
      if (titles.length) sentences.push(say('Left out, because no moves of these games prove the win: {names}.', { names: named(titles) }));
      tell(sentences.join(' '));
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
    }
    file.value = '';
  });
  button.addEventListener('click', () => {
    if (button.textContent !== SURE) {
      button.textContent = SURE;
      return;
    }
    calm();
    forget();
    tell(say('Forgotten: this browser knows of nothing won or played.'));
  });
  button.addEventListener('blur', calm);
}

/** The games that are won somewhere. @param {Record<string, unknown>} won */
const gamesOf = (won) => new Set(Object.keys(won).map(gameOf));

/** The first of many names, and how many more there are. @param {string[]} names */
function named(names) {
  const first = names.slice(0, MOST_NAMED).join(', ');
  const more = names.length - MOST_NAMED;
  return more > 0 ? say('{names} and {more} more', { names: first, more }) : first;
}
