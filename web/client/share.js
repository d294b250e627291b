// @ts-check
// A run as text, for links and files: what was placed and everything done to it, in few letters. It
// knows no page and keeps nothing; games/link.py is its twin in Python.
//
// The text is a format's number, a full stop, and the base64url (without padding) of the raw deflate of
// the JSON of {game, edition, seed, params, log, score}, where log is what games/run.py keeps: messages
// and, between them, how many ticks there were. Format 1 had neither edition (it was the first) nor score.

import { say } from './words.js';

/**
 * @typedef {number | any[]} LogEntry ticks, or a message
 * @typedef {{game: string, seed: number, params: Record<string, string | number | boolean>}} Placed
 * @typedef {Placed & {edition: number, log: LogEntry[], score: number | null}} Run
 *   the score is what its maker's computer found
 */

export const FORMAT = 2;
/** Letters of the longest text: a link with more is cut or refused by too much of the world. */
export const LONGEST_RUN = 64_000;

const MOST_BYTES = 4_000_000; // of the JSON inside, so that a small text cannot unfold into a flood
const MOST_TICKS = 1e9;
const DAMAGED = say('These moves cannot be read: a part of the link is missing or was changed on the way.');

/**
 * The text of a run; rejects with a sentence where the run is too long for one.
 * @param {Run} run
 * @returns {Promise<string>}
 */
export async function encodeRun({ game, edition, seed, params, log, score }) {
  const json = new TextEncoder().encode(JSON.stringify({ game, edition, seed, params, log, score }));
  const text = `${FORMAT}.${toBase64(await through(json, new CompressionStream('deflate-raw'), Infinity))}`;
  if (json.length > MOST_BYTES || text.length > LONGEST_RUN) {
    throw new Error(say('This run is too long for a link.'));
  }
  return text;
}

/**
 * The run in a text; rejects with a sentence that says what is wrong with it.
 * @param {string} text
 * @returns {Promise<Run & {version: number}>}
 */
export async function decodeRun(text) {
  const [, number, packed] = /^(\d{1,6})\.([\w-]*)$/.exec(text) ?? [];
  const version = Number(number);
  if (version > FORMAT) {
    throw new Error(say('These moves come from a newer version of the course. Reload this page, and open the link again.'));
  }
  if (!(version >= 1) || text.length > LONGEST_RUN) throw new Error(DAMAGED);
  let run;
  try {
    const bytes = await through(fromBase64(packed), new DecompressionStream('deflate-raw'), MOST_BYTES);
    run = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error(DAMAGED);
  }
  if (version === 1) run = { ...run, edition: 1, score: null };
  if (!isRun(run)) throw new Error(DAMAGED);
  const { game, edition, seed, params, log, score } = run;
  return { version, game, edition, seed, params, log, score };
}

/**
 * The address of a game's own page with its parameters and seed, and with the run's text if there is one.
 * @param {string} root the course's address
 * @param {Placed} placed
 * @param {string} [text] from `encodeRun`
 */
export function linkTo(root, { game, seed, params }, text) {
  const url = new URL(`play/${game}/`, root);
  url.searchParams.set('seed', String(seed));
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
  if (text) url.hash = `run=${text}`;
  return url.href;
}

/** The run's text in a link, '' where it is missing, null where there is no word of one. @param {string} link */
export function runIn(link) {
  const found = /.*#(?:[^#]*&)?run(?:=(\d*\.?[\w-]*)|$)/is.exec(unescaped(link));
  return found && (found[1] ?? '');
}

/**
 * A link with its own signs and letters where mail programs and chats have written them as escapes: no
 * name and no value of ours has one in it.
 * @param {string} link
 */
export const unescaped = (link) =>
  link.replace(/%(?:25)*([2-7][0-9a-f])/gi, (escape, code) => {
    const sign = String.fromCharCode(parseInt(code, 16));
    return /[\w.#&=?-]/.test(sign) ? sign : escape;
  });

// --- what a run is ----------------------------------------------------------------------------------

/** @param {any} run @returns {run is Run} */
function isRun(run) {
  const { game, edition, seed, params, log, score } = run ?? {};
  return (
    isSlug(game) && Number.isInteger(edition) && edition >= 1 && isScore(score) && isSeed(seed) && isObject(params) && Object.values(params).every(isValue) &&
    Array.isArray(log) && log.every(isEntry)
  );
}

/** @param {any} name */
const isSlug = (name) => typeof name === 'string' && /^[a-z0-9-]{1,80}$/.test(name);

/** @param {any} seed */
const isSeed = (seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32;

/** @param {any} score */
const isScore = (score) => score === null || (typeof score === 'number' && score >= 0 && score <= 1);

/** @param {any} thing */
const isObject = (thing) => typeof thing === 'object' && thing !== null && !Array.isArray(thing);

/** @param {any} value */
const isValue = (value) => ['string', 'number', 'boolean'].includes(typeof value);

/** @param {any} entry */
function isEntry(entry) {
  if (!Array.isArray(entry)) return Number.isInteger(entry) && entry > 0 && entry <= MOST_TICKS;
  return typeof entry[0] === 'string' && entry.every((part) => part === null || isValue(part));
}

// --- bytes ------------------------------------------------------------------------------------------

/**
 * @param {Uint8Array} bytes @param {CompressionStream | DecompressionStream} stream
 * @param {number} most bytes that may come out
 */
async function through(bytes, stream, most) {
  const source = new Blob([/** @type {BlobPart} */ (bytes)]).stream();
  const reader = source.pipeThrough(/** @type {any} */ (stream)).getReader();
  const parts = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    length += part.value.length;
    if (length > most) {
      await reader.cancel();
      throw new Error('more than allowed');
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @param {string} text */
function fromBase64(text) {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
