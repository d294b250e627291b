// @ts-check
// What the device remembers: the learner's progress and what was chosen for the device. The only module that touches the
// browser's storage. Where that is blocked, full or damaged the page says so once and play goes on;
// the tab then remembers by itself. Every write first takes in what other tabs have written.
//
// The facts (what was won, scores, times) stand in the small storage, which is read at once. The moves of
// a win and of the newest run are too long for it: they are in the database (runs.js), each with its win
// or run, and asked for where somebody needs them. Moves that the database does not take stay
// with the facts, and so do those that an earlier version kept there until the database has them.

import { VERSION, better, merge, namesOf, newer, nothing, playedAt, runsIn, understand, withRuns, withoutRuns } from './progress.js';
import * as runs from './runs.js';
import { understandSaid } from './spaced.js';
import { say } from './words.js';

/** The key is as old as version 1, which lies there still; what is in it tells its version. */
const KEY = 'neuronauts:1';
const ASIDE = 'neuronauts:set-aside:';
/** What was said in one's own words. It is in no file and goes to no teacher, so it is not among the progress. */
const SAID = 'neuronauts:said';
const LONGEST_HELD = 16_000; // letters of a run that stays with the facts, so that there is room for all games

const TROUBLES = {
  blocked: say('This browser does not let the page keep anything. Play goes on. Before you close the page you can save what you have won as a file: see “Your progress” on the course page.'),
  full: say('The room that this browser has for the page is full, so nothing new is kept. Play goes on. Before you close the page you can save what you have won as a file: see “Your progress” on the course page.'),
  damaged: say('What this browser had kept of your progress was damaged. It is put aside as it was, what could be read of it is here, and play goes on.'),
  stuck: say('What this browser had kept of your progress is damaged and could not be put aside, so it is left as it is. Play goes on. Before you close the page you can save what you have won as a file: see “Your progress” on the course page.'),
  newer: say('Your progress was kept by a newer version of the course. This page leaves it as it is; reload to get that version. Play goes on.'),
};

/** @typedef {import('./progress.js').Progress} Progress */
/** @typedef {import('./progress.js').Win} Win */
/** @typedef {import('./progress.js').Last} Last */
/** @typedef {'won' | 'last'} Kind */
/** @typedef {{forgets: number, found: any}} Kept a win or a run with its moves, and the forgetting it came after */
/** @typedef {{theme?: 'light' | 'dark', offline?: boolean, sound?: boolean}} Choices offline: keep the whole course */

let facts = nothing(); // without moves, so that tabs agree on them whoever knows which
/** @type {Map<string, Kept>} wins and runs with moves that this tab knows of */ const seen = new Map();
/** @type {Set<string>} those of them that the database does not have, or not yet */ const held = new Set();
/** @type {Choices} */ let choices = {};
/** @type {string | null} the text that was read or written last */ let written = null;
let writable = true;
/** @type {Record<string, import('./spaced.js').Said>} what the storage did not take of it */ let unkept = {};
/** @type {Set<string>} the sentences that were said */ const said = new Set();
/** @type {(sentence: string) => void} */ let complain = (sentence) => console.info(sentence);
/** @type {(() => void)[]} */ const listeners = [];

/** What is remembered now, without the moves. @returns {Progress & Choices} */
export function recall() {
  take();
  return { ...facts, ...choices };
}

/** The same with all moves. @returns {Promise<Progress>} */
export async function recallWhole() {
  take();
  const all = await runs.all().catch(() => new Map());
  return withRuns(facts, (kind, placement) => {
    const name = nameOf(kind, placement);
    return together(kind, seen.get(name), all.get(name));
  });
}

/** A win at one of the placements with its moves, or null. @param {string[]} placements @returns {Promise<Win | null>} */
export async function recallWin(placements) {
  const { won } = recall();
  const names = placements.flatMap(namesOf).filter((name) => Object.hasOwn(won, name));
  const found = (await Promise.all(names.map((name) => known('won', name)))).filter((win) => win);
  return found.length ? found.reduce(better) : null;
}

/** The newest run at one of the placements with its moves, or null. @param {string[]} placements @returns {Promise<Last | null>} */
export async function recallLast(placements) {
  const { last } = playedAt(recall(), placements);
  if (!last) return null;
  const found = await Promise.all(placements.flatMap(namesOf).map((name) => known('last', name)));
  return found.find((one) => one?.at === last.at) ?? null;
}

/**
 * Remember more; what is given is merged with what is there.
 * @param {Partial<Pick<Progress, 'won' | 'played'>>} more
 */
export function remember(more) {
  take();
  const { progress } = understand({ version: VERSION, forgets: facts.forgets, ...more });
  facts = merge(facts, withoutRuns(progress));
  put();
  tell();
  keepRuns(progress);
}

/** Forget everything that was won and played, in the other tabs too. */
export function forget() {
  take();
  facts = { ...nothing(), forgets: facts.forgets + 1 };
  letGo();
  unkept = {};
  attempt(() => localStorage.removeItem(SAID));
  put();
  tell();
  runs.clear().catch(() => {}); // what is older counts for nothing
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

/** What was said in one's own words, by level and question. @returns {Record<string, import('./spaced.js').Said>} */
export const recallSaid = () => ({ ...understandSaid(parsed(attempt(() => localStorage.getItem(SAID)) ?? '{}')), ...unkept });

/** @param {string} name level and question @param {import('./spaced.js').Said} said */
export function rememberSaid(name, said) {
  const all = { ...recallSaid(), [name]: said };
  const done = attempt(() => {
    localStorage.setItem(SAID, JSON.stringify(all));
    return localStorage.getItem(SAID) !== null;
  });
  unkept = done ? {} : all;
}

/** @param {boolean} offline whether the whole course is to be kept on this device */
export function rememberOffline(offline) {
  choose({ offline });
}

/** Whether the learner wants to hear anything: nothing, until it is asked for. */
export const recallSound = () => (take(), choices.sound ?? false);

/** @param {boolean} sound */
export function rememberSound(sound) {
  choose({ sound });
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
    if (written !== null && text() !== written) put(); // two tabs wrote at once: nothing of either is lost
    tell();
  });
}

function tell() {
  for (const listener of listeners) listener();
}

// --- storage ----------------------------------------------------------------------------------------

/** What is remembered, written in one way only, so that two tabs that know the same write the same. */
function text() {
  const { theme, offline, sound } = choices;
  const { forgets, won, played } = withRuns(facts, (kind, placement) => {
    const name = nameOf(kind, placement);
    const found = held.has(name) ? together(kind, seen.get(name)) : undefined;
    return found?.run.length <= LONGEST_HELD ? found : undefined;
  });
  return JSON.stringify({ version: VERSION, theme, offline, sound, forgets, won, played });
}

/** Take in what lies in the storage. */
function take() {
  const found = attempt(() => localStorage.getItem(KEY));
  if (found === undefined || found === written) return;
  written = found;
  if (found === null) {
    facts = nothing(); // the learner has emptied the storage
    letGo();
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
  if (read.progress.forgets > facts.forgets) letGo();
  facts = merge(facts, withoutRuns(read.progress));
  if (['light', 'dark'].includes(value?.theme)) choices = { ...choices, theme: value.theme };
  if (typeof value?.offline === 'boolean') choices = { ...choices, offline: value.offline };
  if (typeof value?.sound === 'boolean') choices = { ...choices, sound: value.sound };
  for (const { kind, placement, found } of runsIn(read.progress)) {
    const ours = seen.get(nameOf(kind, placement))?.found;
    if (!found.run && (kind === 'won' || found.at >= ours?.at)) held.delete(nameOf(kind, placement)); // another tab has put it into the database
  }
  if (!read.newer) keepRuns(read.progress, true);
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
  if (wanted === written) return;
  const done = attempt(() => {
    localStorage.setItem(KEY, wanted);
    return localStorage.getItem(KEY);
  });
  if (done === wanted) written = wanted;
  else if (done !== undefined) trouble('blocked'); // it takes everything and keeps nothing
  else if (held.size > 0) {
    held.clear(); // rather a win without its moves than none
    put();
  }
}

// --- moves ------------------------------------------------------------------------------------------

/** @param {Kind} kind @param {string} placement */
const nameOf = (kind, placement) => `${kind} ${placement}`;

/** The one that counts, if any does. @param {Kind} kind @param {(Kept | undefined)[]} kept */
function together(kind, ...kept) {
  const found = kept.flatMap((one) => (one?.forgets === facts.forgets ? [one.found] : []));
  return found.length ? found.reduce(kind === 'won' ? better : newer) : undefined;
}

function letGo() {
  seen.clear();
  held.clear();
}

/** @param {Kind} kind @param {string} placement @returns {Promise<any>} */
async function known(kind, placement) {
  const name = nameOf(kind, placement);
  const found = await runs.find(name).catch(() => undefined);
  return together(kind, seen.get(name), found);
}

/**
 * Keep all moves of some progress in the database.
 * @param {Progress} progress @param {boolean} [stored] whether they stand with the facts
 */
async function keepRuns(progress, stored = false) {
  const { forgets } = facts;
  if (progress.forgets !== forgets) return;
  const parts = runsIn(progress).filter(({ found }) => found.run).map(async ({ kind, placement, found }) => {
    const name = nameOf(kind, placement);
    const ours = { forgets, found: together(kind, seen.get(name), { forgets, found }) };
    seen.set(name, ours);
    if (stored) held.add(name);
    try {
      await runs.update(name, (old) => (facts.forgets === forgets ? { forgets, found: together(kind, old, ours) } : undefined));
      if (seen.get(name) === ours) held.delete(name);
    } catch (error) {
      console.info('The browser’s database does not take a run:', error);
      if (seen.get(name) === ours) held.add(name);
    }
  });
  await Promise.all(parts);
  if (parts.length > 0) put();
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
