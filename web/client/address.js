// @ts-check
// Where the learner is in the course, and where links lead. The course as one file has a module of its
// own in place of this one (single/address.js); all else is the same there.

/** The page and the place on it, as an address of the site. */
export const here = () => new URL(location.href);

/** The address of the page that the browser has opened. */
export const opened = here();

/** The address of the course. */
export const root = () => new URL(document.documentElement.dataset.root ?? './', location.href);

/** What to write into the browser's address bar. @param {URL} url an address of the site */
export const written = (url) => url.href;

/**
 * The page that a link leads to, or null where it leaves the course.
 * @param {HTMLAnchorElement} link
 */
export function leadsTo(link) {
  const url = new URL(link.href);
  const isPage = url.pathname.endsWith('/') || url.pathname.endsWith('.html');
  return url.origin === location.origin && url.pathname.startsWith(root().pathname) && isPage ? url : null;
}
