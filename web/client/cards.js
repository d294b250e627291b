// @ts-check
// Live formula cards: a symbol that is pointed at lights up wherever it stands, and the line of
// NumPy behind a formula can be changed and run. It knows no game; code runs behind scratch.js's wall,
// and what it came to is compared by the Python of the games.

import { Comparer } from './compare.js';
import { make } from './make.js';
import { Runtime } from './runtime.js';
import { Scratch } from './scratch.js';
import { say } from './words.js';

/** @typedef {{scratch: Scratch, comparer: Comparer, begin: () => void}} Workshop */

/**
 * Listen on the document, for the cards of every page that comes.
 * @param {Runtime} runtime the games'
 * @param {() => void} begin starts it, if it was not started yet
 */
export function listenForCards(runtime, begin) {
  for (const type of ['pointerover', 'focusin']) {
    document.addEventListener(type, ({ target }) => light(symbolAt(target)));
  }
  document.addEventListener('focusout', () => light(null));

  const workshop = { scratch: new Scratch(runtime.settings), comparer: new Comparer(runtime), begin };
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-run], [data-restore]') : null;
    const line = button?.closest('[data-line]');
    if (!button || !line) return;
    if (button.hasAttribute('data-run')) run(line, workshop);
    else restore(line);
  });
  document.addEventListener('keydown', (event) => {
    const line = event.target instanceof HTMLTextAreaElement && event.target.closest('[data-line]');
    if (!line || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run(line, workshop);
  });
  document.addEventListener('toggle', ({ target }) => {
    if (target instanceof HTMLDetailsElement && target.open) showLines(target);
  }, true);
}

/**
 * Make fields of the lines that can be seen in a place. Those in closed boxes wait until they are opened.
 * @param {Element} [place]
 */
export function showLines(place = document.body) {
  for (const line of place.querySelectorAll('[data-line]')) {
    if (!line.closest('details:not([open])')) field(line);
  }
}

// --- symbols --------------------------------------------------------------------------------------

/** @type {Element | null} */ let pointed = null;

/** The symbol of a card that is pointed at. @param {EventTarget | null} target */
function symbolAt(target) {
  const symbol = target instanceof Element ? target.closest('[data-card] [data-symbol]') : null;
  return symbol ?? (document.activeElement?.matches('[data-card] [data-symbol]') ? document.activeElement : null);
}

/** Light a symbol in its card and in the nearest picture that has it. @param {Element | null} symbol */
function light(symbol) {
  if (symbol === pointed) return;
  pointed = symbol;
  for (const lit of document.querySelectorAll('[data-lit]')) lit.removeAttribute('data-lit');
  const card = symbol?.closest('[data-card]');
  if (!symbol || !card) return;
  const names = namesOf(symbol);
  /** @param {Element} place */
  const called = (place) => [...place.querySelectorAll('[data-symbol]')].filter((e) => namesOf(e).some((n) => names.includes(n)));
  const pictures = [...document.querySelectorAll('[data-game], .figure')]
    .map((place) => ({ parts: called(place), distance: between(card, place) }))
    .filter(({ parts }) => parts.length > 0)
    .sort((a, b) => a.distance - b.distance);
  const lit = [...called(card), ...(pictures[0]?.parts ?? [])];
  for (const part of lit) part.setAttribute('data-lit', '');
}

/** @param {Element} element */
const namesOf = (element) => (element.getAttribute('data-symbol') ?? '').split(' ');

/** How far apart two blocks of the page are. @param {Element} a @param {Element} b */
function between(a, b) {
  const [one, other] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
  return Math.max(0, other.top - one.bottom, one.top - other.bottom);
}

// --- lines ----------------------------------------------------------------------------------------

/** Run what stands in the line's field; one run of a line at a time. @param {Element} line @param {Workshop} workshop */
async function run(line, workshop) {
  if (line.hasAttribute('data-running')) return;
  const missing = Runtime.missing();
  if (missing) return tell(line, say('Running this needs {missing}, which this browser does not have.', { missing }));
  line.setAttribute('data-running', '');
  const { code, result, right, slack } = parts(line);
  /** @param {string[]} texts */
  const show = (...texts) => [result, right, slack].forEach((place, i) => place && (place.textContent = texts[i] ?? ''));
  try {
    const { text, sentence, kind, sides } = await resultOf(line, code.value, workshop);
    show(text, ...(sides ?? []));
    tell(line, sentence, kind);
  } catch (error) {
    show();
    tell(line, String(error instanceof Error ? error.message : error), 'error');
  }
  line.removeAttribute('data-running');
}

/**
 * What is to be shown of a run. A line may claim anything about itself, so where its value is compared with
 * the one beside it, what is shown and what is said of it come from the games' Python.
 * @param {Element} line @param {string} code @param {Workshop} workshop
 * @returns {Promise<{text: string, sentence: string, kind?: string, sides?: string[]}>} sides: the right one and, of a claim, the room
 */
async function resultOf(line, code, { scratch, comparer, begin }) {
  const given = line.getAttribute('data-given') ?? '';
  const { printed, shown, value, error } = await scratch.run(code, withThoseAbove(line, given), (sentence) => tell(line, sentence));
  /** @param {string} result */
  const lines = (result) => [printed, result].filter(Boolean).join('\n');
  if (error) return { text: lines(shown), sentence: error.includes('OverflowError') ? say('{error}. The numbers have left what a float can hold.', { error }) : error, kind: 'error' };
  if (!printed && !shown) return { text: '', sentence: say('It ran and gave no value: end with an expression or an assignment.') };
  if (!shown || !line.querySelector('.line-beside')) return { text: lines(shown), sentence: '' };
  const claim = line.querySelector('[data-slack]') !== null;
  if (!value) return { text: lines(shown), sentence: claim ? say('That claims nothing: end with left <= right.') : say('The two do not agree.') };
  begin();
  const verdict = await comparer.compare(given, value);
  if (!verdict) return { text: lines(shown), sentence: say('There is no Python that could compare the two: do it yourself.') };
  if (claim && verdict.slack === undefined) return { text: lines(shown), sentence: say('That claims nothing: end with left <= right.') };
  if (claim) {
    const sentence = verdict.agrees ? say('It holds.') : say('It does not hold.');
    return { text: lines(verdict.shown), sides: [verdict.right ?? '', verdict.slack ?? ''], sentence: verdict.lost ? lost() : sentence };
  }
  const sides = [verdict.right ?? '']; // seen where it was computed anew, of the learner's numbers
  const sentence = verdict.agrees ? say('Both agree.') : say('The two do not agree.');
  return { text: lines(verdict.shown), sides, sentence: verdict.lost ? lost() : sentence };
}

/** What inf and NaN allow to be said: neither yes nor no. */
const lost = () => say('The numbers have left what a float can hold, so this says neither yes nor no.');

/**
 * What a line is given; where it goes on from those above it in its card, what stands in them now.
 * @param {Element} line @param {string} given
 */
function withThoseAbove(line, given) {
  if (!line.hasAttribute('data-goes-on')) return given;
  const lines = [...(line.closest('[data-card]')?.querySelectorAll('[data-line]') ?? [])];
  const above = lines.slice(0, lines.indexOf(line)).map((other) => parts(other).code.value);
  return JSON.stringify({ ...JSON.parse(given), above });
}

/** The line as the page was made with. @param {Element} line */
function restore(line) {
  const { code } = parts(line);
  code.value = code.defaultValue;
  code.focus();
  tell(line, '');
}

/** Where the line is written; the page comes with its text alone. @param {Element} line @returns {HTMLTextAreaElement} */
function field(line) {
  const place = /** @type {Element} */ (line.querySelector('.line-code'));
  if (place instanceof HTMLTextAreaElement) return place;
  const text = place.textContent ?? '';
  const made = make('textarea', {
    className: 'line-code', defaultValue: text, rows: text.split('\n').length, spellcheck: false, autocapitalize: 'off', autocomplete: 'off', wrap: 'off',
  });
  made.setAttribute('autocorrect', 'off');
  place.replaceWith(made);
  return made;
}

/** @param {Element} line */
function parts(line) {
  const code = field(line);
  const result = /** @type {Element} */ (line.querySelector('[data-result]'));
  return { code, result, right: line.querySelector('[data-right]'), slack: line.querySelector('[data-slack]') };
}

/** @param {Element} line @param {string} sentence @param {string} [kind] */
function tell(line, sentence, kind = '') {
  const place = /** @type {HTMLElement} */ (line.querySelector('[data-said]'));
  place.textContent = sentence;
  place.dataset.kind = kind;
}
