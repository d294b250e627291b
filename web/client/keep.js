// @ts-check
// What the device remembers: the learner's progress and what was chosen for the device. The only module that touches the
// browser's storage. Where that is blocked, full or damaged the page says so once and play goes on;
// the tab then remembers by itself. Every write first takes in what other tabs have written.

import { VERSION, merge, nothing, understand } from './progress.js';
import { say } from './words.js';

/** The key is as old as version 1, which lies there still; what is in it tells its version. */
const KEY = 'neuronauts:1';
const ASIDE = 'neuronauts:set-aside:';

const TROUBLES = {
  blocked: say('This browser does not let the page keep anything. Play goes on. Before you close the page you can save what you have won as a file: see “Your progress” on the page of the course.'),
  full: say('The room that this browser has for the page is full, so nothing new is kept. Play goes on. Before you close the page you can save what you have won as a file: see “Your progress” on the page of the course.'),
  damaged: say('What this browser had kept of your progress was damaged. It is put aside as it was, what could be read of it is here, and play goes on.'),
  stuck: say('What this browser had kept of your progress is damaged and could not be put aside, so it is left as it is. Play goes on. Before you close the page you can save what you have won as a file: see “Your progress” on the page of the course.'),
  newer: say('Your progress was kept by a newer version of the course. This page leaves it as it is; reload to get that version. Play goes on.'),
};

/** @typedef {import('./progress.js').Progress} Progress */
/** @typedef {{theme?: 'light' | 'dark', offline?: boolean}} Choices offline: keep the whole course */

let progress = nothing();
/** @type {Choices} */ let choices = {};
/** @type {string | null} the text that was read or written last */ let known = null;
let writable = true;
/** @type {Set<string>} the sentences that were said */ const said = new Set();
/** @type {(sentence: string) => void} */ let complain = (sentence) => console.info(sentence);
/** @type {(() => void)[]} */ const listeners = [];

/** What is remembered now. @returns {Progress & Choices} */
export function recall() {
  take();
  return { ...progress, ...choices };
}

/**
 * Remember more; what is given is merged with what is there.
 * @param {Partial<Pick<Progress, 'won' | 'played'>>} more
 */
export function remember(more) {
  take();
  const { forgets } = progress;
  progress = merge(progress, understand({ version: VERSION, forgets, ...more }).progress);
  put();
  tell();
}

/** Forget everything that was won and played, in the other tabs too. */
export function forget() {
  take();
  progress = { ...nothing(), forgets: progress.forgets + 1 };
  put();
  tell();
}

/** Have `listener` called when what is remembered has changed, here or in another tab. @param {() => void} listener */
export function whenChanged(listener) {
  listeners.push(listener);
}

/** Have `listener` told, once each, what keeps the device from remembering. @param {(sentence: string) => void} listener */
export function whenTroubled(listener) {
  complain = listener;
  for (const sentence of said) listener(sentence);
}

/** @param {boolean} offline whether the whole course is to be kept on this device */
export function rememberOffline(offline) {
  choose({ offline });
}

/** @param {Choices} choice */
function choose(choice) {
  take();
  choices = { ...choices, ...choice };
  put();
}

/** The button with data-action="theme" switches between light and dark. */
export function listenForTheme() {
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element) || !target.closest('[data-action="theme"]')) return;
    const root = document.documentElement;
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const shown = root.dataset.theme ?? (dark ? 'dark' : 'light');
    const theme = shown === 'dark' ? 'light' : 'dark';
    root.dataset.theme = theme;
    choose({ theme });
  });
}

if (typeof addEventListener === 'function') {
  addEventListener('storage', ({ key }) => {
    if (key !== KEY && key !== null) return;
    take();
    if (known !== null && text() !== known) put(); // two tabs wrote at once: nothing of either is lost
    tell();
  });
}

function tell() {
  for (const listener of listeners) listener();
}

// --- storage ----------------------------------------------------------------------------------------

/** What is remembered, written in one way only, so that two tabs that know the same write the same. */
function text() {
  const { theme, offline } = choices;
  const { forgets, won, played } = progress;
  return JSON.stringify({ version: VERSION, theme, offline, forgets, won, played });
}

/** Take in what lies in the storage. */
function take() {
  const found = attempt(() => localStorage.getItem(KEY));
  if (found === undefined || found === known) return;
  known = found;
  if (found === null) {
    progress = nothing(); // the learner has emptied the storage
    return;
  }
  const value = parsed(found);
  const read = understand(value);
  if (read.newer) {
    writable = false;
    trouble('newer');
  } else if (!read.whole) {
    writable = putAside(found);
    trouble(writable ? 'damaged' : 'stuck');
  }
  progress = merge(progress, read.progress);
  if (['light', 'dark'].includes(value?.theme)) choices = { ...choices, theme: value.theme };
  if (typeof value?.offline === 'boolean') choices = { ...choices, offline: value.offline };
  if (!read.whole) put();
}

/** Keep a damaged text under a key of its own, for whoever may read it. @param {string} damaged */
function putAside(damaged) {
  try {
    localStorage.setItem(ASIDE + new Date().toISOString(), damaged);
    return true;
  } catch {
    return false; // there is no room for it
  }
}

/** Write down what is remembered. */
function put() {
  if (!writable) return;
  const wanted = text();
  if (wanted === known) return;
  const done = attempt(() => {
    localStorage.setItem(KEY, wanted);
    return localStorage.getItem(KEY);
  });
  if (done === wanted) known = wanted;
  else if (done !== undefined) trouble('blocked'); // it takes everything and keeps nothing
}

/**
 * @template T
 * @param {() => T} act with the storage
 * @returns {T | undefined} undefined where it did not work
 */
function attempt(act) {
  try {
    return act();
  } catch (error) {
    trouble(error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'blocked');
    return undefined;
  }
}

/** @param {string} json @returns {any} */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** @param {keyof typeof TROUBLES} kind */
function trouble(kind) {
  const sentence = TROUBLES[kind];
  if (said.has(sentence)) return;
  said.add(sentence);
  complain(sentence);
}
