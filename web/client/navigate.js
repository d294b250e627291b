// @ts-check
// Goes from page to page of the course without leaving the document, so that Python stays alive.
// Plain links stay the fallback: whatever goes wrong here becomes an ordinary page load.

import { here, leadsTo, opened, root, written } from './address.js';
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
    go(url, (to) => {
      // On the page itself it is the browser that moves, so that others hear of it too.
      if (to.hash && pageOf(to) === shown) location.assign(written(to));
      else history.pushState(null, '', written(to));
    });
  });

  addEventListener('popstate', ({ state }) => go(here(), correct, state?.scroll));

  /** What another page holds now is there by its own address. @param {URL} to @param {boolean} forwarded */
  function correct(to, forwarded) {
    if (forwarded) history.replaceState(history.state, '', written(to));
  }

  /**
   * @param {URL} url @param {(to: URL, forwarded: boolean) => void} move changes the address
   * @param {number} [scroll] @param {boolean} [forwarded] by another page
   */
  async function go(url, move, scroll, forwarded = false) {
    const trip = ++trips;
    const stays = pageOf(url) === shown;
    try {
      const page = stays ? null : await readPage(url);
      if (trip !== trips) return; // the learner has already gone elsewhere
      const holder = holderOf(url, page ?? document);
      if (holder) return await go(holder, move, scroll, true);
      move(url, forwarded);
      shown = pageOf(url);
      if (page) await swap(page);
      const goal = document.getElementById(placeIn(url));
      if (goal && scroll === undefined) goal.scrollIntoView();
      else scrollTo(0, scroll ?? 0);
      focusOn(goal ?? document.querySelector('h1'));
      if (page) arrived();
    } catch (error) {
      console.info('Loading the page the ordinary way:', error);
      location.assign(written(url));
    }
  }

  if (pageOf(here()) === shown && !holderOf(here(), document)) arrived();
  else go(here(), correct);
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

/** The id that an address names. @param {URL} url */
function placeIn({ hash }) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return ''; // no address of ours is written like that
  }
}

/**
 * The address of what a page does not hold, where the page knows another that does (`data-anchors`):
 * a level has been one page that has several now.
 * @param {URL} url @param {Document} page
 */
function holderOf(url, page) {
  const place = placeIn(url);
  if (!place || page.getElementById(place)) return null;
  /** @type {Record<string, string[]>} */
  const others = JSON.parse(page.querySelector('[data-anchors]')?.getAttribute('data-anchors') ?? '{}');
  const found = Object.keys(others).find((address) => others[address].includes(place));
  return found === undefined ? null : new URL(`${found}#${place}`, root());
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
