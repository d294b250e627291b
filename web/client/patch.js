// @ts-check
// Applies a patch from the host to the page. It knows the patch format (games/ui/node.py), no game.

import { paint } from './paint.js';
import { isNumber, show } from './typed.js';

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {string | any[]} Patch */

/**
 * A node that was made for a game, and those that were made inside it: what a patch means by its numbers.
 * The page itself may hold more: a translator puts its words in the place of a text, an extension adds
 * a button, and neither is any business of the game's.
 * @typedef {{node: Node, kids: Made[]}} Made
 */

/** A node and all that stands below it now, taken for made. @param {Node} node @returns {Made} */
export function read(node) {
  const filled = node instanceof Element && (node.matches('[data-columns], [data-section]'));
  return { node, kids: filled ? [] : Array.from(node.childNodes, read) }; // what fills those is the page's own
}

/** How many nodes were made, the first one included. @param {Made} made @returns {number} */
export const sizeOf = ({ kids }) => kids.reduce((sum, kid) => sum + sizeOf(kid), 1);

/**
 * Change `made` as `patch` says.
 * @param {Made} made an element, or a text when the patch is text
 * @param {Patch} patch
 * @param {Uint8Array[]} buffers pixels that travelled beside the patch
 */
export function applyPatch(made, patch, buffers) {
  if (typeof patch === 'string') {
    made.node.nodeValue = patch;
    const field = made.node.parentNode;
    if (field instanceof HTMLTextAreaElement && field !== document.activeElement) field.value = patch;
    return;
  }
  const element = /** @type {Element} */ (made.node);
  const [attributes, order, changes, picture] = patch;
  if (attributes) for (const name in attributes) setAttribute(element, name, attributes[name]);
  if (order) {
    made.kids = order.map((/** @type {number | string | [string]} */ item) => {
      if (typeof item === 'number') return made.kids[item];
      return read(typeof item === 'string' ? parse(item, element) : document.createTextNode(item[0]));
    });
    settle(made);
    if (element instanceof HTMLTextAreaElement && element !== document.activeElement) element.value = element.textContent ?? '';
  }
  if (changes) {
    for (let i = 0; i < changes.length; i += 2) {
      if (!inPlace(made, changes[i])) settle(made);
      applyPatch(made.kids[changes[i]], changes[i + 1], buffers);
    }
  }
  if (picture !== undefined) paint(/** @type {HTMLElement} */ (element), buffers[picture]);
}

/**
 * Whether a child is where it was put; a text also between the same two neighbours, for what stands
 * beside it may be its translation, or the rest of it.
 * @param {Made} made @param {number} index
 */
function inPlace({ node: element, kids }, index) {
  const { node } = kids[index];
  if (node.parentNode !== element) return false;
  if (node.nodeType !== Node.TEXT_NODE) return true;
  return node.previousSibling === (kids[index - 1]?.node ?? null) && node.nextSibling === (kids[index + 1]?.node ?? null);
}

/** Let an element hold what was made for it, in its order, and nothing else. @param {Made} made */
function settle({ node: element, kids }) {
  const own = new Set(kids.map(({ node }) => node));
  for (const node of [...element.childNodes]) if (!own.has(/** @type {Node} */ (node))) node.remove();
  let place = element.firstChild;
  for (const node of own) {
    if (node === place) place = place.nextSibling;
    else element.insertBefore(node, place);
  }
}

/**
 * Turn the HTML of one node into an element that fits inside `parent`.
 * @param {string} html
 * @param {Element} parent
 */
function parse(html, parent) {
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
