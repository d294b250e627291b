// @ts-check
// When something said in one's own words is to be said again, and which ideas its words touch. It knows
// neither pages nor storage; the day it is, and the ideas, are given.
//
// Nothing here judges. An idea counts as mentioned where one of its words occurs, and a word is written as
// the beginning of those that are meant: `weigh` is found in “weights” and “weighed”. Several words in a row
// are found in that order: `by heart`.

import { literal } from './literal.js';

/**
 * @typedef {object} Said what was said to one question
 * @property {string} text
 * @property {number} times how often it was said when it was due; the first time counts
 * @property {string} at when that was the last time, as toISOString() writes it
 */

/** Days until it comes back, after the first time, the second, … */
export const DAYS = [1, 3, 7, 21];
export const LONGEST = 4000; // letters

const DAY = 86_400_000; // milliseconds

/** When it comes back; null where it does no more. @param {Said} said @returns {Date | null} */
export function back({ times, at }) {
  const days = DAYS[times - 1];
  return days === undefined ? null : new Date(Date.parse(at) + days * DAY);
}

/** Whether it is to be said again. @param {Said | undefined} said @param {Date} now */
export function isDue(said, now) {
  const when = said && back(said);
  return Boolean(when && when <= now);
}

/** Whole days until then, the day that has begun among them. @param {Date} when @param {Date} now */
export const daysTo = (when, now) => Math.max(1, Math.ceil((when.getTime() - now.getTime()) / DAY));

/**
 * What is kept once it is said: only what was due counts as another time.
 * @param {Said | undefined} before @param {string} text @param {Date} now @returns {Said}
 */
export function saidNow(before, text, now) {
  if (before && !isDue(before, now)) return { ...before, text };
  return { text, times: (before?.times ?? 0) + 1, at: now.toISOString() };
}

/**
 * What of a text is meant by one of these words, as it stands there; '' where nothing is.
 * @param {string} text @param {string[]} words
 */
export function mentioned(text, words) {
  const found = words.flatMap((word) => {
    const parts = word.split(/\s+/).map((part) => `${literal(part)}\\p{L}*`);
    return new RegExp(`(?<![\\p{L}\\p{N}])${parts.join('[^\\p{L}\\p{N}]+')}`, 'iu').exec(text.normalize('NFC')) ?? [];
  });
  return found[0] ?? '';
}

/** What can be understood of what was kept. @param {any} value @returns {Record<string, Said>} */
export function understandSaid(value) {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter(([name, said]) =>
    /^[a-z0-9-]{1,80}\/[a-z0-9-]{1,80}$/.test(name) && typeof said?.text === 'string' && said.text.length <= LONGEST &&
    Number.isSafeInteger(said.times) && said.times >= 1 && Number.isFinite(Date.parse(said.at))));
}
