// @ts-check
// What a learner has done, as data: understood from what was kept, merged with what another tab or a
// file holds, and written as a file. It knows neither pages nor storage.
//
// All of it is kept by placement: `<level>/<game>`, where a level has the game more than once
// `<level>/<game>/<name>`, and `play/<game>`, `frame/<game>`, `home/<game>` outside of the lessons.
// What versions 1 and 2 kept says only which game it was. It stays under the game's name alone, and
// counts wherever the game is placed without a name.
//
// Merging is a join: it does not matter in which order, or how often, two of them meet. A game won in
// either is won in both; of two wins the one whose moves are known is kept, and then the earlier.

import { say } from './words.js';

/**
 * @typedef {Record<string, string | number | boolean>} Params
 * @typedef {object} Win
 * @property {number} seed
 * @property {Params} params
 * @property {string} run the moves as share.js writes them, '' where they are not known
 * @property {string} at when, as toISOString() writes it
 *
 * @typedef {Win & {score: number | null, moves: number}} Last the newest run, as it was left
 *
 * @typedef {object} Played what was played of a game, won or not
 * @property {number | null} best the highest score
 * @property {string[]} tries when the newest tries began, the earliest first
 * @property {Last | null} last
 * @property {Record<string, number>} records the smallest figures reached, by the game's ids for them
 *
 * @typedef {object} Progress
 * @property {number} forgets how often the learner had everything forgotten: what is older is gone
 * @property {Record<string, Win>} won by placement
 * @property {Record<string, Played>} played by placement
 */

/** Of what is kept. Version 1 was {won: {[game]: {seed, at}}, theme}; 2 was as 3, but by game. */
export const VERSION = 3;
export const MOST_TRIES = 20;
const MOST_RECORDS = 40; // of one game
export const FILE_NAME = 'neuronauts-progress.json';

const PLACEMENT = /^[a-z0-9-]{1,80}(\/[a-z0-9-]{1,80}){0,2}$/;
const LONGEST_FILE = 20_000_000; // letters

/** @returns {Progress} */
export const nothing = () => ({ forgets: 0, won: {}, played: {} });

/** How many times a game was begun, in words. @param {Played | undefined} played */
export const triesOf = (played) =>
  played?.tries.length === MOST_TRIES ? say('{n} or more', { n: MOST_TRIES }) : String(played?.tries.length ?? 0);

// --- placements -------------------------------------------------------------------------------------

/** The game of a placement. @param {string} placement */
export const gameOf = (placement) => placement.split('/')[1] ?? placement;

/** The names under which the progress of a placement may be kept. @param {string} placement */
export function namesOf(placement) {
  const [lesson, game, name] = placement.split('/');
  return lesson && game && !name ? [placement, game] : [placement];
}

/** @param {Progress} progress @param {string} placement */
export const isWon = ({ won }, placement) => namesOf(placement).some((name) => Object.hasOwn(won, name));

/** What was played at these placements, as if they were one. @param {Pick<Progress, 'played'>} progress @param {string[]} placements */
export const playedAt = ({ played }, placements) =>
  [...new Set(placements.flatMap(namesOf))].flatMap((name) => own(played, name) ?? []).reduce(together, unplayed());

/** @returns {Played} */
const unplayed = () => ({ best: null, tries: [], last: null, records: {} });

/**
 * Whether a game is set in the same way, wherever both say how: addresses hold texts, pages numbers.
 * @param {Params} one @param {Params} other
 */
export const sameParams = (one, other) => Object.keys(one).every((name) => !(name in other) || sameValue(one[name], other[name]));

/** @param {Params[string]} one @param {Params[string]} other */
export const sameValue = (one, other) => String(one) === String(other) || (one !== '' && other !== '' && Number(one) === Number(other));

// --- merging ----------------------------------------------------------------------------------------

/**
 * Everything that is in either.
 * @param {Progress} a @param {Progress} b
 * @returns {Progress}
 */
export function merge(a, b) {
  if (a.forgets !== b.forgets) return a.forgets > b.forgets ? a : b;
  return {
    forgets: a.forgets,
    won: join(a.won, b.won, better),
    played: join(a.played, b.played, together),
  };
}

/**
 * @template T
 * @param {Record<string, T>} a @param {Record<string, T>} b @param {(one: T, other: T) => T} both
 * @returns {Record<string, T>}
 */
function join(a, b, both) {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(names.map((name) => {
    const [one, other] = [own(a, name), own(b, name)];
    return [name, one !== undefined && other !== undefined ? both(one, other) : /** @type {T} */ (one ?? other)];
  }));
}

/** The win that is kept of two. @param {Win} one @param {Win} other */
export const better = (one, other) => (before(rankOfWin(one), rankOfWin(other)) ? one : other);

/** The newer of two runs that were left. @param {Last} one @param {Last} other */
export const newer = (one, other) => (before(rankOfLast(other), rankOfLast(one)) ? one : other);

/** @param {Played} a @param {Played} b @returns {Played} */
function together(a, b) {
  const lasts = [a.last, b.last].filter((last) => last !== null);
  const scores = [a.best, b.best].filter((score) => score !== null);
  return {
    best: scores.length ? Math.max(...scores) : null,
    tries: newest([...a.tries, ...b.tries]),
    records: join(a.records, b.records, Math.min),
    last: lasts.length ? lasts.reduce(newer) : null,
  };
}

/** @param {string[]} tries */
const newest = (tries) => [...new Set(tries)].sort().slice(-MOST_TRIES);

/** @param {Win} win */
const rankOfWin = (win) => [win.run ? '0' : '1', win.at, JSON.stringify(win)];

/** @param {Last} last */
const rankOfLast = (last) => [last.at, last.run ? '1' : '0', JSON.stringify(last)];

/** Whether the first of two lists of texts comes first. @param {string[]} a @param {string[]} b */
function before(a, b) {
  const i = a.findIndex((part, i) => part !== b[i]);
  return i >= 0 && a[i] < b[i];
}

// --- runs -------------------------------------------------------------------------------------------

/**
 * What was won and played, without the moves.
 * @param {Progress} progress @returns {Progress}
 */
export const withoutRuns = (progress) => withRuns(progress, () => undefined);

/**
 * The same with the moves that are known.
 * @param {Progress} progress
 * @param {(kind: 'won' | 'last', placement: string) => any} known the win or run with its moves
 * @returns {Progress}
 */
export function withRuns({ forgets, won, played }, known) {
  /** @type {<T>(from: Record<string, T>, change: (value: T, name: string) => T) => Record<string, T>} */
  const each = (from, change) => Object.fromEntries(Object.entries(from).map(([name, value]) => [name, change(value, name)]));
  return {
    forgets,
    won: each(won, (win, name) => known('won', name) ?? { ...win, run: '' }),
    played: each(played, (plays, name) => {
      const { last } = plays;
      if (!last) return plays;
      const found = known('last', name);
      return { ...plays, last: found?.at === last.at ? found : { ...last, run: '' } };
    }),
  };
}

/**
 * All that has moves, or could have.
 * @param {Progress} progress @returns {{kind: 'won' | 'last', placement: string, found: Win | Last}[]}
 */
export function runsIn({ won, played }) {
  const wins = Object.entries(won).map(([placement, found]) => ({ kind: /** @type {const} */ ('won'), placement, found }));
  const lasts = Object.entries(played).flatMap(([placement, { last }]) => (last ? [{ kind: /** @type {const} */ ('last'), placement, found: last }] : []));
  return [...wins, ...lasts];
}

// --- understanding ----------------------------------------------------------------------------------

/**
 * What can be understood of kept or imported JSON.
 * @param {unknown} value
 * @returns {{progress: Progress, whole: boolean, newer: boolean}} whole: nothing had to be left out
 */
export function understand(value) {
  let whole = true;
  /**
   * @template T
   * @param {unknown} from @param {(value: any) => T | null} read @returns {Record<string, T>}
   */
  const each = (from, read) => {
    if (from === undefined) return {};
    if (!isObject(from)) return (whole = false), {};
    const found = Object.entries(/** @type {any} */ (from)).sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, part]) => {
      const good = PLACEMENT.test(name) ? read(part) : null;
      if (good === null) whole = false;
      return good === null ? [] : [[name, good]];
    });
    return Object.fromEntries(found);
  };
  if (!isObject(value)) return { progress: nothing(), whole: false, newer: false };
  const { version = 1, forgets = 0, won, played } = /** @type {any} */ (value);
  const known = isCount(version) && version >= 1 && isCount(forgets);
  const progress = {
    forgets: isCount(forgets) ? forgets : 0,
    won: each(won, readWin),
    played: each(played, readPlayed),
  };
  return { progress, whole: whole && known, newer: version > VERSION };
}

/** @param {any} value @returns {Win | null} */
function readWin(value) {
  const { seed, params = {}, run = '', at } = isObject(value) ? value : {};
  if (!isCount(seed) || seed >= 2 ** 32 || !isParams(params) || !isText(run) || !isTime(at)) return null;
  return { seed, params: sorted(params), run, at };
}

/** @param {any} value @returns {Last | null} */
function readLast(value) {
  const win = readWin(value);
  if (!win || !isScore(value.score) || !isCount(value.moves)) return null;
  return { ...win, score: value.score, moves: value.moves };
}

/** @param {any} value @returns {Played | null} */
function readPlayed(value) {
  const { best, tries, last, records = {} } = isObject(value) ? value : {};
  if (!isScore(best) || !Array.isArray(tries) || !tries.every(isTime) || !isRecords(records)) return null;
  const read = last === null ? null : readLast(last);
  return last !== null && read === null ? null : { best, tries: newest(tries), last: read, records: renamed(records) };
}

/** Ids of records that were texts once, with today's: what was kept stays. @type {Record<string, string>} */
const RENAMED = {
  'steps (XOR, all of it)': 'xor',
  'steps (Moons, 97\u00a0%)': 'moons',
  'steps (Spiral on a budget)': 'spiral',
  'parameters (XOR with the fewest weights)': 'fewest-weights',
  'training points (Moons from the fewest points)': 'fewest-points',
};

/** @param {Record<string, number>} records */
function renamed(records) {
  return Object.entries(records).reduce(
    (/** @type {Record<string, number>} */ found, [id, n]) => join(found, { [own(RENAMED, id) ?? id]: n }, Math.min),
    {},
  );
}

/** @param {any} thing */
const isObject = (thing) => typeof thing === 'object' && thing !== null && !Array.isArray(thing);

/** @param {any} n */
const isCount = (n) => Number.isSafeInteger(n) && n >= 0;

/** @param {any} score */
const isScore = (score) => score === null || (typeof score === 'number' && score >= 0 && score <= 1);

/** @param {any} text */
const isText = (text) => typeof text === 'string' && text.length <= 100_000;

/** @param {any} at */
const isTime = (at) => typeof at === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{8,16}Z$/.test(at);

/** @param {any} params */
const isParams = (params) =>
  isObject(params) && Object.values(params).every((value) => ['string', 'number', 'boolean'].includes(typeof value));

/** @param {any} records */
const isRecords = (records) =>
  isObject(records) && Object.keys(records).length <= MOST_RECORDS && Object.entries(records).every(([what, n]) => what.length <= 120 && isCount(n));

/** @template T @param {Record<string, T>} params @returns {Record<string, T>} */
const sorted = (params) => Object.fromEntries(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));

/** @template T @param {Record<string, T>} from @param {string} name @returns {T | undefined} */
const own = (from, name) => (Object.hasOwn(from, name) ? from[name] : undefined);

// --- as a file --------------------------------------------------------------------------------------

/** @param {Progress} progress @param {string} [name] of the learner, where one was given */
export function toFile({ won, played }, name = '') {
  return `${JSON.stringify({ neuronauts: 'progress', version: VERSION, name, won, played }, null, 1)}\n`;
}

/**
 * What a file holds; throws a sentence where it is none of ours, newer or damaged.
 * @param {string} text
 * @returns {{name: string, progress: Progress}}
 */
export function fromFile(text) {
  let value;
  try {
    value = text.length <= LONGEST_FILE ? JSON.parse(text) : null;
  } catch {
    // as if it held nothing
  }
  if (!isObject(value) || value.neuronauts !== 'progress') {
    throw new Error(say('This is not a file of progress from this course, or it is damaged. Nothing was changed.'));
  }
  const { progress, whole, newer } = understand({ ...value, forgets: 0 });
  if (newer) {
    throw new Error(say('This file comes from a newer version of the course. Reload this page and try again. Nothing was changed.'));
  }
  if (!whole || !value.version) throw new Error(say('This file of progress is damaged. Nothing was changed.'));
  return { name: typeof value.name === 'string' ? value.name.slice(0, 80) : '', progress };
}
