// @ts-check
// The rail: where the learner is, and what is won. It reads the page and the device's memory.

import { recall } from './keep.js';
import { isWon } from './progress.js';
import { say } from './words.js';

const READING_LINE = '0px 0px -70% 0px'; // a section is read once its heading is in the top third

/** Follow the reader of the page as it now stands, and mark what is won. */
export function showRail() {
  showWins();
  const items = [...document.querySelectorAll('[data-rail-section]')];
  const places = items.flatMap((item) => {
    const place = document.getElementById(item.getAttribute('data-rail-section') ?? '');
    return place ? [{ item, place }] : [];
  });
  const observer = new IntersectionObserver(
    () => {
      const line = innerHeight * 0.3;
      const read = places.filter(({ place }) => place.getBoundingClientRect().top <= line);
      const here = read.at(-1)?.item;
      for (const { item } of places) {
        if (item === here) item.setAttribute('aria-current', 'true');
        else item.removeAttribute('aria-current');
      }
    },
    { rootMargin: READING_LINE },
  );
  for (const { place } of places) observer.observe(place);
}

/**
 * Mark what is won wherever the page lists games (`data-rail-game`) or counts them (`data-games`), and
 * on the map the first level where something is still to be won.
 */
export function showWins() {
  const progress = recall();
  for (const item of document.querySelectorAll('[data-rail-game]')) {
    item.toggleAttribute('data-won', isWon(progress, item.getAttribute('data-rail-game') ?? ''));
  }
  for (const level of document.querySelectorAll('[data-games]')) {
    const games = level.getAttribute('data-games')?.match(/\S+/g) ?? [];
    const count = games.filter((game) => isWon(progress, game)).length;
    level.toggleAttribute('data-won', games.length > 0 && count === games.length);
    for (const place of level.querySelectorAll('[data-count]')) place.textContent = String(count);
  }
  const stars = [...document.querySelectorAll('.star')];
  const next = stars.find((star) => star.getAttribute('data-games') && !star.hasAttribute('data-won'));
  for (const star of stars) star.toggleAttribute('data-next', star === next);
  showWayOn();
}

/** On the front page: who has won something goes on at the first game of the wall that is still to be won. */
function showWayOn() {
  const way = /** @type {HTMLAnchorElement | null} */ (document.querySelector('[data-go-on]'));
  const wall = [...document.querySelectorAll('.wall [data-rail-game]')];
  const next = wall.find((game) => !game.hasAttribute('data-won'))?.querySelector('a');
  if (!way || !next || !wall.some((game) => game.hasAttribute('data-won'))) return;
  way.href = next.href;
  way.textContent = say('Go on: {game}', { game: next.querySelector('[data-title]')?.textContent ?? '' });
}

/** On a phone the rail is a popover; a link in it has done its work. */
export function hideRail() {
  const rail = document.getElementById('rail');
  if (rail?.matches(':popover-open')) rail.hidePopover();
}
