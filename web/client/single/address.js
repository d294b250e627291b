// @ts-check
// The same as ../address.js for the course as one file. All its pages share one address, so the page
// stands in the fragment: neuronauts.html#/play/solve-xor/?seed=7#address

const SITE = 'https://neuronauts.invalid/'; // as in loader.js: no host has this name, nothing is asked of it

export function here() {
  const { hash } = location;
  return new URL(hash.startsWith('#/') ? hash.slice(1) : hash, SITE);
}

/** The file opens with the landing page. */
export const opened = new URL(SITE);

export const root = () => new URL(SITE);

/** @param {URL} url */
export const written = ({ pathname, search, hash }) => `#${pathname}${search}${hash}`;

/** @param {HTMLAnchorElement} link */
export function leadsTo(link) {
  const href = link.getAttribute('href') ?? '';
  if (!href.startsWith('#')) return null;
  return href.startsWith('#/') ? new URL(href.slice(1), SITE) : new URL(href, here());
}
