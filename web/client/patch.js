// @ts-check
// Applies a patch from the host to the page. It knows the patch format (games/ui/node.py), no game.

import { paint } from './paint.js';
import { isNumber, show } from './typed.js';

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {string | any[]} Patch */

/**
 * Change `node` as `patch` says.
 * @param {Node} node an element, or a text node when the patch is text
 * @param {Patch} patch
 * @param {Uint8Array[]} buffers pixels that travelled beside the patch
 */
export function applyPatch(node, patch, buffers) {
  if (typeof patch === 'string') {
    node.nodeValue = patch;
    const field = node.parentNode;
    if (field instanceof HTMLTextAreaElement && field !== document.activeElement) field.value = patch;
    return;
  }
  const element = /** @type {Element} */ (node);
  const [attributes, order, changes, picture] = patch;
  if (attributes) for (const name in attributes) setAttribute(element, name, attributes[name]);
  if (order) reorder(element, order);
  if (changes) {
    const children = element.childNodes;
    for (let i = 0; i < changes.length; i += 2) {
      applyPatch(children[changes[i]], changes[i + 1], buffers);
    }
  }
  if (picture !== undefined) paint(/** @type {HTMLElement} */ (element), buffers[picture]);
}

/**
 * Turn the HTML of one node into an element that fits inside `parent`.
 * @param {string} html
 * @param {Element} parent
 */
export function parse(html, parent) {
  const inSvg = parent.namespaceURI === SVG && parent.localName !== 'foreignObject';
  const template = document.createElement('template');
  template.innerHTML = inSvg ? `<svg>${html}</svg>` : html;
  const holder = inSvg ? template.content.firstElementChild : template.content;
  const element = /** @type {Element} */ (holder?.firstElementChild);
  for (const link of [element, ...element.querySelectorAll('[href^="site:"]')]) {
    const href = link.getAttribute('href');
    if (href) link.setAttribute('href', fromRoot(href));
  }
  for (const link of [element, ...element.querySelectorAll('[data-section]')]) nameSection(link, parent);
  return element;
}

/** A link to a section of the course gets the title and address that the page has for it.
 * @param {Element} link @param {Element} place inside the game */
function nameSection(link, place) {
  const id = link.getAttribute('data-section');
  if (id === null) return;
  const [title, address] = JSON.parse(place.closest('[data-sections]')?.getAttribute('data-sections') ?? '{}')[id];
  link.textContent = title;
  link.setAttribute('href', fromRoot(`site:${address}`));
}

/** A `site:` address as a URL relative to this page. @param {string} href */
function fromRoot(href) {
  return href.startsWith('site:') ? (document.documentElement.dataset.root ?? '') + href.slice(5) : href;
}

/** @param {Element} element @param {string} name @param {string | null} value */
function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, name === 'href' ? fromRoot(value) : value);
  if (name === 'data-section') nameSection(element, element);
  if (name === 'selected') /** @type {HTMLOptionElement} */ (element).selected = value !== null;
  if (name !== 'value' || element === document.activeElement) return;
  if (isNumber(element)) show(element);
  else if (element instanceof HTMLInputElement) element.value = value ?? '';
}

/** A control that had the focus kept the learner's value; now it may show the game's. */
document.addEventListener('focusout', ({ target }) => {
  if (!(target instanceof HTMLInputElement) || !target.closest('[data-game]')) return;
  if (!isNumber(target)) target.value = target.getAttribute('value') ?? '';
  else if (!target.hasAttribute('aria-invalid')) show(target);
});

/** @param {Element} element @param {(number | string | [string])[]} order */
function reorder(element, order) {
  const old = [...element.childNodes];
  const wanted = order.map((item) => {
    if (typeof item === 'number') return old[item];
    return typeof item === 'string' ? parse(item, element) : document.createTextNode(item[0]);
  });
  const kept = new Set(wanted);
  for (const node of old) if (!kept.has(node)) node.remove();
  let place = element.firstChild;
  for (const node of wanted) {
    if (node === place) place = place.nextSibling;
    else element.insertBefore(node, place);
  }
}
