// @ts-check
// “Your progress” on the page of the course: saved as a file, added from one, forgotten.

import { save } from './files.js';
import { forget, recall, recallWhole, remember } from './keep.js';
import { FILE_NAME, fromFile, toFile } from './progress.js';

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
      const { progress } = fromFile(await chosen.text());
      const before = recall().won;
      remember({ won: progress.won, played: progress.played });
      const fresh = Object.keys(progress.won).filter((game) => !(game in before));
      say(`Added: the file holds ${counted(progress.won)}, ${fresh.length} of them new here.`);
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

/** @param {Record<string, unknown>} won */
function counted(won) {
  const count = Object.keys(won).length;
  return count === 1 ? '1 game won' : `${count} games won`;
}
