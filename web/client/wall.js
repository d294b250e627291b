// @ts-check
// The wall of games: a picture shows how it came about when one points at it, or, where nothing can
// point, as it comes into sight. The pictures are the builder's (previews.py) and hold their motion.
// Where it has filters, one of each kind is pressed, and only what passes all of them is shown.

import { say } from './words.js';

const PLAY = '#play';

/** Have the pictures of the wall play, on whatever page it is. */
export function listenForWall() {
  for (const type of /** @type {const} */ (['pointerover', 'focusin'])) document.addEventListener(type, ({ target }) => play(pictureAt(target)));
  document.addEventListener('click', ({ target }) => {
    const filter = target instanceof Element ? target.closest('[data-filter]') : null;
    if (filter instanceof HTMLElement) choose(filter);
  });
  for (const type of /** @type {const} */ (['pointerout', 'focusout'])) document.addEventListener(type, ({ target }) => rest(pictureAt(target)));
}

/** The page has come: where nothing can point, pictures play once as they come into sight. */
export function showWall() {
  if (!matchMedia('(hover: none)').matches) return;
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        play(/** @type {HTMLImageElement} */ (target));
      }
    },
    { threshold: 0.9 },
  );
  for (const picture of document.querySelectorAll('.wall img')) observer.observe(picture);
}

/** @param {EventTarget | null} target */
const pictureAt = (target) =>
  target instanceof Element ? /** @type {HTMLImageElement | null} */ (target.closest('.wall a')?.querySelector('img') ?? null) : null;

/** @param {HTMLImageElement | null} picture */
function play(picture) {
  if (picture && !picture.src.endsWith(PLAY)) picture.src += PLAY;
}

/** @param {HTMLImageElement | null} picture */
function rest(picture) {
  if (picture) picture.src = picture.src.replace(PLAY, '');
}

/** Press a filter in place of another of its kind, and show what passes. @param {HTMLElement} filter */
function choose(filter) {
  const wall = filter.closest('[data-wall]');
  if (!wall) return;
  const filters = /** @type {NodeListOf<HTMLElement>} */ (wall.querySelectorAll('[data-filter]'));
  for (const other of filters) {
    if (other.dataset.filter === filter.dataset.filter) other.setAttribute('aria-pressed', String(other === filter));
  }
  const pressed = [...filters].filter((one) => one.getAttribute('aria-pressed') === 'true');
  const wanted = Object.fromEntries(pressed.map(({ dataset }) => [dataset.filter, dataset.value]));
  const games = /** @type {HTMLElement[]} */ ([...wall.querySelectorAll('li')]);
  for (const game of games) {
    const won = game.hasAttribute('data-won') ? 'yes' : 'no';
    game.hidden = !['', won].includes(wanted.won ?? '') || !['', game.dataset.track].includes(wanted.track ?? '');
  }
  const n = games.filter((game) => !game.hidden).length;
  const count = wall.querySelector('[data-wall-count]');
  if (count) count.textContent = say.count('{n} game', '{n} games', n);
}
