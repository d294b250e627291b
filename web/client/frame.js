// @ts-check
// The entry of a game's frame on somebody else's page: the game, and what it says to the page around
// it and hears from it (docs/embedding.md, "Protocol"). It trusts nothing that comes from there.

import { LONGEST_TEXT } from './files.js';
import { Games } from './games.js';
import { listenForMore } from './more.js';
import { Runtime } from './runtime.js';
import { encodeRun, linkTo } from './share.js';
import { siblings } from './siblings.js';
import { say } from './words.js';

const VERSION = 1;
const MOST = 100; // messages of one kind that are taken in a second
const PARTS = 12; // of a message to the game
const ANSWER = 500; // milliseconds in which a page gives the height it was asked for

const settings = JSON.parse(document.getElementById('runtime')?.textContent ?? 'null');
const element = /** @type {HTMLElement} */ (document.querySelector('[data-game]'));
const runtime = new Runtime(settings, siblings);
const games = new Games(runtime);
listenForMore();

/** The origin of the page that listens, once it has spoken: nothing of the run is told before. */
let listener = '';
let ignored = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let answered;
const page = document.documentElement;
const told = { status: '', seed: '', score: '', won: false, height: 0 };
/** @type {Map<string, {since: number, count: number}>} */ const heard = new Map();

// --- what the page may say --------------------------------------------------------------------------

/** @type {Record<string, {right: (said: any) => boolean, act: (said: any) => void}>} */
const KINDS = {
  listen: { right: ({ theme }) => isTheme(theme), act: ({ theme }) => listen(theme) },
  theme: { right: ({ theme }) => isTheme(theme), act: ({ theme }) => show(theme) },
  reset: {
    right: ({ seed }) => seed === undefined || (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32),
    act: ({ seed }) => games.restart(element, seed),
  },
  send: { right: ({ message }) => isMessage(message), act: ({ message }) => games.give(element, message) },
  state: { right: ({ id }) => Number.isSafeInteger(id), act: ({ id }) => answer(id) },
};

/** @param {unknown} theme */
const isTheme = (theme) => theme === 'light' || theme === 'dark';

/** @param {unknown} message */
function isMessage(message) {
  if (!Array.isArray(message) || message.length > PARTS || typeof message[0] !== 'string') return false;
  const letters = message.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
  const scalar = (/** @type {unknown} */ part) => part === null || ['string', 'number', 'boolean'].includes(typeof part);
  return letters <= LONGEST_TEXT && message.every(scalar);
}

/** Whether a message of this kind may still be taken: nobody has to answer a flood. @param {string} kind */
function calm(kind) {
  const now = performance.now();
  let second = heard.get(kind);
  if (!second || now - second.since > 1000) heard.set(kind, (second = { since: now, count: 0 }));
  second.count += 1;
  return second.count <= MOST;
}

/** @param {MessageEvent} event */
function hear({ source, origin, data }) {
  if (source !== parent || data?.neuronauts !== VERSION || !Object.hasOwn(KINDS, data.kind)) ignored += 1;
  else if ((data.kind !== 'listen' && !listener) || !KINDS[data.kind].right(data) || !calm(data.kind)) ignored += 1;
  else {
    listener = origin === 'null' ? '*' : origin;
    KINDS[data.kind].act(data);
  }
}

// --- what it is told --------------------------------------------------------------------------------

/** @param {string} kind @param {object} [facts] */
const tell = (kind, facts) => parent.postMessage({ neuronauts: VERSION, kind, ...facts }, listener || '*');

/** @param {string} theme */
function listen(theme) {
  show(theme);
  page.toggleAttribute('data-follows', true);
  Object.assign(told, { status: '', seed: '', score: '', won: false, height: 0 });
  size();
  report();
}

/** @param {string} theme */
function show(theme) {
  page.dataset.theme = theme;
}

function size() {
  const height = Math.ceil(page.getBoundingClientRect().height);
  if (!listener || height === told.height) return;
  told.height = height;
  tell('size', { height });
  follow();
}

/**
 * Where the page gives the height that it is asked for, there is no scrollbar: it would make the game narrower
 * and lower, and so be needed forever. Where it does not, there has to be one.
 */
function follow() {
  clearTimeout(answered);
  answered = setTimeout(() => page.toggleAttribute('data-follows', innerHeight >= told.height), ANSWER);
}

/** Tell what has changed on the game's element: all that matters of it stands in its attributes. */
function report() {
  const { status = '', seed = '', score = '' } = element.dataset;
  if (!listener || (status === told.status && seed === told.seed && status !== 'ready')) return;
  const begins = status === 'ready' && (told.status !== status || told.seed !== seed);
  if (status === 'error' && told.status !== status) trouble(element.querySelector('[data-boot]')?.textContent);
  Object.assign(told, { status, seed });
  if (begins) {
    const { game, params } = games.placed(element);
    tell('ready', { game, seed: Number(seed), params, score: points() });
  } else if (status === 'ready' && score !== told.score) tell('score', { score: points() });
  if (status !== 'ready') return;
  told.score = score;
  const won = element.hasAttribute('data-won');
  if (won && !told.won) win();
  told.won = won;
}

/** @param {string | null | undefined} message */
const trouble = (message) => tell('error', { message: String(message) });

/** The score, 0 to 1; null where there is nothing to win. */
const points = () => (element.dataset.score ? Number(element.dataset.score) : null);

async function win() {
  const proof = await asText(await games.run(element));
  tell('won', { score: 1, proof });
}

/** The run as text, '' where it is too long for one. @param {any} run */
const asText = (run) => encodeRun(run).catch(() => '');

/** @param {number} id of the question */
async function answer(id) {
  const placed = await games.run(element);
  const run = await asText(placed);
  const root = new URL(page.dataset.root ?? './', location.href).href;
  const state = { version: VERSION, ...placed, score: points(), run, link: linkTo(root, placed, run), ignored };
  tell('answer', { id, state });
}

// --- the game ---------------------------------------------------------------------------------------

games.adopt();
const missing = Runtime.missing();
if (missing) games.giveUp(say('The games need {missing}, which this browser does not have; the first picture is all it can show.', { missing }));
else runtime.start();

if (parent !== window) {
  addEventListener('message', hear);
  addEventListener('pagehide', ({ persisted }) => persisted || runtime.post({ kind: 'leave' }));
  new MutationObserver(report).observe(element, { attributeFilter: ['data-status', 'data-seed', 'data-score', 'data-won'] });
  new ResizeObserver(size).observe(page);
  addEventListener('resize', () => listener && follow());
  element.addEventListener('refused', (event) => listener && trouble(/** @type {CustomEvent} */ (event).detail));
  tell('hello', { game: element.dataset.game, title: element.querySelector('.game-title')?.textContent });
}
