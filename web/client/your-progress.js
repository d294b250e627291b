// @ts-check
// “Your progress” on the page of the course: saved as a file, added from one, forgotten.

import { save } from './files.js';
import { forget, recall, recallWhole, remember } from './keep.js';
import { FILE_NAME, fromFile, gameOf, toFile } from './progress.js';
import { sift } from './sift.js';

const MOST_NAMED = 5;
const SURE = 'Press again to forget all of it';

/** Bring the panel to life, where the page has one. */
export function showProgress() {
  const place = document.querySelector('[data-progress]');
  if (!place) return;
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (place.querySelector(`[data-${name}]`));
  /** @param {string} sentence */
  const say = (sentence) => (part('said').textContent = sentence);
  const name = /** @type {HTMLInputElement} */ (part('name'));
  const file = /** @type {HTMLInputElement} */ (part('file'));
  /** @type {import('./sift.js').About} */ const about = JSON.parse(part('about').textContent ?? '{}');
  const button = part('forget');
  const label = button.textContent;
  const calm = () => (button.textContent = label);

  part('export').addEventListener('click', async () => {
    const whole = await recallWhole();
    save(FILE_NAME, toFile(whole, name.value.trim()), 'application/json');
    say(`Saved as ${FILE_NAME}: ${counted(whole.won)}.`);
  });
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    try {
      const file = fromFile(await chosen.text());
      const before = gamesOf(recall().won);
      const { progress, strange, unproved } = await sift(file.progress, about, recall());
      remember({ won: progress.won, played: progress.played });
      const fresh = [...gamesOf(progress.won)].filter((game) => !before.has(game));
      const sentences = [`Added: ${counted(progress.won)}, ${fresh.length} of them new here.`];
      if (strange.length) sentences.push(`Left out, for the course does not have it: ${named(strange)}.`);
      const titles = [...new Set(unproved.map((name) => about.titles[gameOf(name)]))];
      if (titles.length) sentences.push(`Left out, for no moves of these games prove the win: ${named(titles)}.`);
      say(sentences.join(' '));
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
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
    say('Forgotten: this browser knows of nothing won or played.');
  });
  button.addEventListener('blur', calm);
}

/** The games that are won somewhere. @param {Record<string, unknown>} won */
const gamesOf = (won) => new Set(Object.keys(won).map(gameOf));

/** The first of many names, and how many more there are. @param {string[]} names */
function named(names) {
  const more = names.length - MOST_NAMED;
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ');
}

/** @param {Record<string, unknown>} won */
function counted(won) {
  const count = gamesOf(won).size;
  return count === 1 ? '1 game won' : `${count} games won`;
}
