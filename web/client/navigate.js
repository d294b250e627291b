// @ts-check
// Goes from page to page of the course without leaving the document, so that Python stays alive.
// Plain links stay the fallback: whatever goes wrong here becomes an ordinary page load.

import { hideRail } from './rail.js';

/**
 * Swap pages on clicks on links of this site; `arrived` runs after each swap.
 * @param {() => void} arrived
 */
export function navigate(arrived) {
  history.scrollRestoration = 'manual';
  let here = location.pathname + location.search;
  let trips = 0;

  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    hideRail();
    const leaves = link.target || link.hasAttribute('download') || !inSite(url);
    const stays = url.pathname + url.search === here;
    if (leaves || stays) return;
    event.preventDefault();
    history.replaceState({ scroll: scrollY }, '');
    go(url, () => history.pushState({ scroll: 0 }, '', url));
  });

  addEventListener('popstate', ({ state }) => {
    const url = new URL(location.href);
    if (url.pathname + url.search !== here) go(url, () => {}, state?.scroll);
  });

  /** @param {URL} url @param {() => void} move changes the address @param {number} [scroll] */
  async function go(url, move, scroll) {
    const trip = ++trips;
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      if (build(page) !== build(document)) throw new Error('the course has been updated');
      if (trip !== trips) return; // the learner has already gone elsewhere
      move();
      here = url.pathname + url.search;
      await swap(page);
      const goal = url.hash && document.getElementById(decodeURIComponent(url.hash.slice(1)));
      if (goal && scroll === undefined) goal.scrollIntoView();
      else scrollTo(0, scroll ?? 0);
      focusOn(goal || document.querySelector('h1'));
      arrived();
    } catch (error) {
      console.info('Loading the page the ordinary way:', error);
      location.assign(url);
    }
  }
}

/** @param {URL} url */
function inSite(url) {
  const root = new URL(document.documentElement.dataset.root ?? './', location.href);
  const isPage = url.pathname.endsWith('/') || url.pathname.endsWith('.html');
  return url.origin === location.origin && url.pathname.startsWith(root.pathname) && isPage;
}

/** @param {Document} page */
const build = (page) => page.querySelector('meta[name="build"]')?.getAttribute('content');

/** @param {Document} page */
async function swap(page) {
  await styles(page);
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
