// @ts-check
// Goes from page to page of the course without leaving the document, so that Python stays alive.
// Plain links stay the fallback: whatever goes wrong here becomes an ordinary page load.

import { here, leadsTo, opened, written } from './address.js';
import { hideRail } from './rail.js';

/**
 * Swap pages on clicks on links of this site; `arrived` runs on the first page and after each swap.
 * @param {() => void} arrived
 */
export function navigate(arrived) {
  // Between pages of the course we scroll; a page that is loaded again is the browser's to scroll.
  addEventListener('pageshow', () => (history.scrollRestoration = 'manual'));
  addEventListener('pagehide', () => (history.scrollRestoration = 'auto'));
  let shown = pageOf(opened);
  let trips = 0;

  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    hideRail();
    const url = leadsTo(link);
    if (!url || link.target || link.hasAttribute('download')) return;
    event.preventDefault();
    history.replaceState({ scroll: scrollY }, '');
    // On the page itself it is the browser that moves, so that others hear of it too.
    const moves = url.hash && pageOf(url) === shown;
    go(url, () => (moves ? location.assign(written(url)) : history.pushState(null, '', written(url))));
  });

  addEventListener('popstate', ({ state }) => go(here(), () => {}, state?.scroll));

  /** @param {URL} url @param {() => void} move changes the address @param {number} [scroll] */
  async function go(url, move, scroll) {
    const trip = ++trips;
    const stays = pageOf(url) === shown;
    try {
      const page = stays ? null : await readPage(url);
      if (trip !== trips) return; // the learner has already gone elsewhere
      move();
      shown = pageOf(url);
      if (page) await swap(page);
      const goal = placeOf(url);
      if (goal && scroll === undefined) goal.scrollIntoView();
      else scrollTo(0, scroll ?? 0);
      focusOn(goal ?? document.querySelector('h1'));
      if (page) arrived();
    } catch (error) {
      console.info('Loading the page the ordinary way:', error);
      location.assign(written(url));
    }
  }

  if (pageOf(here()) === shown) arrived();
  else go(here(), () => {});
}

/**
 * Read a page of the course.
 * @param {URL} url
 * @throws {Error} it cannot be had, or belongs to another build than this page
 */
async function readPage(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (build(page) !== build(document)) throw new Error('the course has been updated');
  return page;
}

/** @param {Document} page */
const build = (page) => page.querySelector('meta[name="build"]')?.getAttribute('content');

/** What tells one page from another. @param {URL} url */
const pageOf = ({ pathname, search }) => pathname + search;

/** The element that an address points at. @param {URL} url */
function placeOf({ hash }) {
  try {
    return document.getElementById(decodeURIComponent(hash.slice(1)));
  } catch {
    return null; // no address of ours is written like that
  }
}

/** @param {Document} page */
async function swap(page) {
  await styles(page);
  document.documentElement.removeAttribute('data-elsewhere'); // set by the course as one file
  document.title = page.title;
  document.documentElement.dataset.root = page.documentElement.dataset.root;
  document.body.className = page.body.className;
  document.body.replaceChildren(...page.body.children);
}

/** Wait for stylesheets that this page needs and the last one did not. @param {Document} page */
async function styles(page) {
  const have = new Set([...document.styleSheets].map((sheet) => sheet.href));
  const links = [...page.querySelectorAll('link[rel="stylesheet"]')];
  const missing = links.map((link) => link.getAttribute('href') ?? '');
  await Promise.all(
    missing
      .map((href) => new URL(href, location.href).href)
      .filter((href) => !have.has(href))
      .map((href) => {
        const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href });
        const loaded = new Promise((resolve, reject) => {
          link.onload = resolve;
          link.onerror = reject;
        });
        document.head.append(link);
        return loaded;
      }),
  );
}

/** @param {Element | null} element */
function focusOn(element) {
  if (!(element instanceof HTMLElement)) return;
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
}
