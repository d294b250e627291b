// @ts-check
// Live formula cards: a symbol that is pointed at lights up wherever it stands, and the line of
// NumPy behind a formula can be changed and run. It knows no game; code runs in scratch.js's worker.

import { Runtime } from './runtime.js';
import { Scratch } from './scratch.js';
import { say } from './words.js';

/**
 * Listen on the document, for the cards of every page that comes.
 * @param {import('./runtime.js').Settings} settings
 */
export function listenForCards(settings) {
  for (const type of ['pointerover', 'focusin']) {
    document.addEventListener(type, ({ target }) => light(symbolAt(target)));
  }
  document.addEventListener('focusout', () => light(null));

  const scratch = new Scratch(new URL(settings.config.interpreter, location.href).href);
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-run], [data-restore]') : null;
    const line = button?.closest('[data-line]');
    if (!button || !line) return;
    if (button.hasAttribute('data-run')) run(line, scratch);
    else restore(line);
  });
  document.addEventListener('keydown', (event) => {
    const line = event.target instanceof HTMLTextAreaElement && event.target.closest('[data-line]');
    if (!line || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run(line, scratch);
  });
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

/** Run what stands in the line's field; one run of a line at a time. @param {Element} line @param {Scratch} scratch */
async function run(line, scratch) {
  if (line.hasAttribute('data-running')) return;
  const missing = Runtime.missing();
  if (missing) return tell(line, say('Running this needs {missing}, which this browser does not have.', { missing }));
  line.setAttribute('data-running', '');
  const { code, result } = parts(line);
  try {
    const answer = await scratch.run(code.value, line.getAttribute('data-given') ?? '', (sentence) => tell(line, sentence));
    result.textContent = answer.text;
    tell(line, answer.error ?? verdict(answer), answer.error ? 'error' : '');
  } catch (error) {
    result.textContent = '';
    tell(line, String(error instanceof Error ? error.message : error), 'error');
  }
  line.removeAttribute('data-running');
}

/** @param {import('./scratch.js').Answer} answer */
function verdict({ text, agrees }) {
  if (agrees === true) return say('Both agree.');
  if (agrees === false) return say('The two do not agree.');
  return text ? '' : say('It ran and gave no value: end with an expression or an assignment.');
}

/** The line as the page was made with. @param {Element} line */
function restore(line) {
  const { code } = parts(line);
  code.value = code.defaultValue;
  code.focus();
  tell(line, '');
}

/** @param {Element} line */
function parts(line) {
  const code = /** @type {HTMLTextAreaElement} */ (line.querySelector('textarea'));
  return { code, result: /** @type {Element} */ (line.querySelector('[data-result]')) };
}

/** @param {Element} line @param {string} sentence @param {string} [kind] */
function tell(line, sentence, kind = '') {
  const place = /** @type {HTMLElement} */ (line.querySelector('[data-said]'));
  place.textContent = sentence;
  place.dataset.kind = kind;
}
