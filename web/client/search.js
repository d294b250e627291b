// @ts-check
// Search over the whole course, without a network: a window that opens by its button or by Ctrl+K (⌘K).
// No single letter or sign opens it: who speaks to a computer would press such keys by mistake (WCAG 2.1.4).
// The index is made here, from the passages that the build has written (web/builder/search.py), when
// somebody first searches. It knows neither games nor articles.

import { root, written } from './address.js';
import { literal } from './literal.js';
import { make } from './make.js';
import { ordered, say } from './words.js';

/** @typedef {{id: number, address: string, kind: string, title: string, within: string, text: string, names: string}} Passage */

const MOST = 12; // results shown
const AROUND = 70; // letters shown before and after what was found
const WEIGHTS = { title: 5, names: 3, within: 1, text: 1 };
const FIRST = { game: 1.3, word: 1.2, lesson: 1, engine: 0.1 }; // what a learner more likely looks for
const KINDS = /** @type {Record<string, string>} */ ({
  lesson: say('Lesson'),
  game: say('Game'),
  word: say('Glossary'),
  engine: say('Engine'),
});

/** @typedef {{passages: Passage[], find: (text: string) => {id: number, terms: string[]}[]}} Course */

/** @type {Promise<Course> | undefined} */
let ready;

/** Open the search where it is asked for. */
export function listenForSearch() {
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('[data-search]')) open();
  });
  document.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (key.toLowerCase() !== 'k' || ctrlKey === metaKey || altKey || shiftKey) return;
    if (document.querySelector('dialog[open]')) return;
    event.preventDefault();
    open();
  });
}

function open() {
  const { dialog } = new SearchWindow();
  document.body.append(dialog);
  dialog.showModal();
}

/** Where to look: once for all searches, and anew where it could not be had. */
function looked() {
  ready ??= read();
  ready.catch(() => (ready = undefined));
  return ready;
}

/** @returns {Promise<Course>} */
async function read() {
  const [{ default: MiniSearch }, response] = await Promise.all([
    import('./minisearch.js'),
    fetch(new URL('search.json', root())),
  ]);
  if (!response.ok) throw new Error(`search.json answered ${response.status}`);
  const rows = /** @type {string[][]} */ (await response.json());
  const passages = rows.map(([address, kind, title, within, text, names], id) => ({
    id, address, kind, title, within, text, names,
  }));
  const index = new MiniSearch({ fields: Object.keys(WEIGHTS), storeFields: ['kind'], processTerm: bare });
  index.addAll(passages);
  const options = {
    boost: WEIGHTS,
    boostDocument: (/** @type {any} */ _, /** @type {string} */ __, /** @type {any} */ { kind }) =>
      FIRST[/** @type {keyof typeof FIRST} */ (kind)],
    prefix: true,
    fuzzy: (/** @type {string} */ term) => (term.length > 4 ? 0.3 : false),
  };
  const find = (/** @type {string} */ text) => {
    const all = index.search(text, { ...options, combineWith: 'AND' });
    const found = all.length ? all : index.search(text, options);
    const named = found.find(({ id }) => passages[id].title.toLowerCase() === text.toLowerCase());
    return named ? [named, ...found.filter((one) => one !== named)] : found;
  };
  return { passages, find };
}

/**
 * A word however it is written: Poincare for Poincaré, optimizer for optimiser. The marks of other scripts
 * are vowels, and stay; what sets a number apart goes.
 * @param {string} term
 */
function bare(term) {
  return term.normalize('NFKD').replace(/[\u0300-\u036f\u2066-\u2069]/g, '').toLowerCase().replaceAll('iz', 'is');
}

class SearchWindow {
  #asked = 0;
  /** @type {HTMLAnchorElement[]} */ #links = [];

  constructor() {
    this.field = make('input', { type: 'text', enterKeyHint: 'search', id: 'search-field', autocomplete: 'off', spellcheck: false });
    this.field.placeholder = say('attention, ReLU, learning rate, …');
    this.list = make('ol', { id: 'search-found', className: 'search-found' });
    this.said = make('p', { className: 'search-said' });
    this.said.setAttribute('role', 'status');
    const label = make('label', { className: 'search-label', htmlFor: 'search-field', textContent: say('Search the course') });
    const close = make('button', { type: 'button', className: 'search-close', textContent: '×' });
    close.setAttribute('aria-label', say('Close the search'));
    close.onclick = () => this.dialog.close();
    this.dialog = make('dialog', { className: 'search' });
    this.dialog.setAttribute('aria-label', say('Search the course'));
    const head = make('div', { className: 'search-head' });
    head.append(label, this.field, close);
    this.dialog.append(head, this.said, this.list);
    this.dialog.addEventListener('close', () => this.dialog.remove());
    this.dialog.addEventListener('click', (event) => {
      const link = event.target instanceof Element && event.target.closest('a');
      if (link || event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener('keydown', (event) => this.#go(event));
    this.field.addEventListener('input', () => this.#look());
    looked().catch(() => {}); // while the first letters are typed
  }

  async #look() {
    const asked = ++this.#asked;
    const text = this.field.value.trim();
    /** @type {Course} */ let course;
    try {
      course = await looked();
    } catch (error) {
      console.info('No search:', error);
      this.said.textContent = say('The search could not be loaded. Try again when there is a network.');
      return;
    }
    if (asked !== this.#asked) return;
    const found = text ? course.find(text) : [];
    const shown = found.slice(0, MOST);
    this.#links = shown.map(({ id, terms }) => linkTo(course.passages[id], terms));
    this.list.replaceChildren(
      ...this.#links.map((link) => {
        const item = make('li');
        item.append(link);
        return item;
      }),
    );
    this.list.dataset.of = text;
    if (!text) this.said.textContent = '';
    else if (!found.length) this.said.textContent = say('Nothing found for “{text}”. Try a shorter word.', { text });
    else this.said.textContent = say.count('{n} place found.', '{n} places found.', found.length);
  }

  /** Arrows walk from the field through the list; Enter in the field opens the first. @param {KeyboardEvent} event */
  #go(event) {
    const stops = [this.field, ...this.#links];
    const at = stops.indexOf(/** @type {any} */ (document.activeElement));
    if (event.key === 'Enter' && at === 0) {
      event.preventDefault();
      this.#links[0]?.click();
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!step || at < 0) return;
    event.preventDefault();
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
  }
}

/** @param {Passage} passage @param {string[]} terms as the index has them */
function linkTo({ address, kind, title, within, text }, terms) {
  const link = make('a', { href: written(new URL(address, root())) });
  const head = make('span', { className: 'search-title', textContent: ordered(title) });
  const kindOf = make('span', { className: `search-kind ${kind}`, textContent: KINDS[kind] });
  link.append(kindOf, head);
  if (within) link.append(make('span', { className: 'search-within', textContent: ordered(within) }));
  const excerpt = make('span', { className: 'search-text' });
  excerpt.append(...marked(ordered(around(text, terms)), terms));
  if (text) link.append(excerpt);
  return link;
}

/** The part of a text where what was searched is. @param {string} text @param {string[]} terms */
function around(text, terms) {
  const low = text.toLowerCase();
  const places = terms.map((term) => low.indexOf(term)).filter((place) => place >= 0);
  const middle = places.length ? Math.min(...places) : 0;
  const start = middle <= AROUND ? 0 : text.indexOf(' ', middle - AROUND) + 1;
  const end = text.length <= middle + 2 * AROUND ? text.length : text.lastIndexOf(' ', middle + 2 * AROUND);
  return `${start ? '… ' : ''}${text.slice(start, Math.max(end, start))}${end < text.length ? ' …' : ''}`;
}

/** The text with what was found marked in it. @param {string} text @param {string[]} terms */
function marked(text, terms) {
  if (!terms.length) return [text];
  return text
    .split(new RegExp(`(${terms.map(literal).join('|')})`, 'giu'))
    .map((piece, i) => (i % 2 ? make('mark', { textContent: piece }) : piece));
}
