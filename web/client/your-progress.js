// @ts-check
// “Your progress” on the page of the course: saved as a file, added from one, forgotten.

import { save } from './files.js';
import { forget, recall, remember } from './keep.js';
import { FILE_NAME, fromFile, toFile } from './progress.js';
import { say } from './words.js';

const SURE = say('Press again to forget all of it');

/** Bring the panel to life, where the page has one. */
export function showProgress() {
  const place = document.querySelector('[data-progress]');
  if (!place) return;
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (place.querySelector(`[data-${name}]`));
  /** @param {string} sentence */
  const tell = (sentence) => (part('said').textContent = sentence);
  const name = /** @type {HTMLInputElement} */ (part('name'));
  const file = /** @type {HTMLInputElement} */ (part('file'));
  const button = part('forget');
  const label = button.textContent;
  const calm = () => (button.textContent = label);

  part('export').addEventListener('click', () => {
    save(FILE_NAME, toFile(recall(), name.value.trim()), 'application/json');
    tell(say.count('Saved as {file}: {n} game won.', 'Saved as {file}: {n} games won.', Object.keys(recall().won).length, { file: FILE_NAME }));
  });
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    try {
      const { progress } = fromFile(await chosen.text());
      const before = recall().won;
      remember({ won: progress.won, played: progress.played });
      const fresh = Object.keys(progress.won).filter((game) => !(game in before));
      tell(say.count('Added: the file holds {n} game won, {fresh} of them new here.', 'Added: the file holds {n} games won, {fresh} of them new here.', Object.keys(progress.won).length, { fresh: fresh.length }));
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
