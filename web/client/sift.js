// @ts-check
// What of a file of progress is taken in: games that the course has, and wins that bring their moves.
// Whether those moves win is for the games' Python to say, which plays them again (check.js).

import { gameOf, sameParams } from './progress.js';
import { decodeRun } from './share.js';

/** @typedef {import('./progress.js').Progress} Progress */
/**
 * @typedef {object} About what a page says of the course
 * @property {Record<string, string>} titles of its games
 * @property {string[]} placements in its lessons
 * @property {string[]} alone where games stand that are in no lesson
 */

/**
 * @param {Progress} progress of a file
 * @param {About} about
 * @param {Progress} here what is known on this device
 * @returns {Promise<{progress: Progress, strange: string[], unproved: string[]}>} strange: placements
 *   that the course does not have; unproved: those whose wins are left out
 */
export async function sift({ forgets, won, played }, { titles, placements, alone }, here) {
  const places = new Set(placements);
  /** @param {string} name */
  const exists = (name) => {
    const [where, game] = name.split('/');
    if (!Object.hasOwn(titles, gameOf(name))) return false;
    return places.has(name) || game === undefined || (alone.includes(where) && name.split('/').length === 2);
  };
  const strange = [...new Set([...Object.keys(won), ...Object.keys(played)])].filter((name) => !exists(name));
  const known = Object.entries(won).filter(([name]) => exists(name));
  const good = await Promise.all(known.map(async ([name, win]) => Object.hasOwn(here.won, name) || fits(name, win)));
  const left = await Promise.all(Object.entries(played).filter(([name]) => exists(name)).map(async ([name, plays]) => {
    const last = plays.last && !(await fits(name, plays.last)) ? { ...plays.last, run: '' } : plays.last;
    return [name, { ...plays, last }];
  }));
  return {
    progress: { forgets, won: Object.fromEntries(known.filter((_, i) => good[i])), played: Object.fromEntries(left) },
    strange,
    unproved: known.filter((_, i) => !good[i]).map(([name]) => name),
  };
}

/**
 * The wins that are wins when they are played again; what this device knows already is not asked.
 * @param {Progress['won']} won what `sift` has left of a file
 * @param {Progress} here
 * @param {(run: import('./share.js').Run) => Promise<import('./check.js').Verdict>} check
 * @param {(done: number, of: number) => void} tell
 * @returns {Promise<{won: Progress['won'], unproved: string[], asked: boolean}>} asked: there was somebody to ask
 */
export async function replayed(won, here, check, tell) {
  /** @type {Map<string, boolean>} a run may stand under several placements */ const wins = new Map();
  const fresh = Object.entries(won).filter(([name]) => !Object.hasOwn(here.won, name));
  for (const [i, [, { run }]] of fresh.entries()) {
    tell(i, fresh.length);
    if (wins.has(run)) continue;
    const verdict = await check(await decodeRun(run));
    if ('lost' in verdict) return { won, unproved: [], asked: false };
    wins.set(run, 'facts' in verdict && verdict.facts.won);
  }
  const unproved = fresh.filter(([, { run }]) => !wins.get(run)).map(([name]) => name);
  return { won: Object.fromEntries(Object.entries(won).filter(([name]) => !unproved.includes(name))), unproved, asked: true };
}

/**
 * Whether a run is of the game, the numbers and the parameters under which it was kept.
 * @param {import('./share.js').Run} run @param {string} placement @param {import('./progress.js').Win} win
 */
export const belongs = (run, placement, { seed, params }) =>
  run.game === gameOf(placement) && run.seed === seed && sameParams(run.params, params);

/**
 * Whether the moves can be read and belong there.
 * @param {string} placement @param {import('./progress.js').Win} win or a run that was left
 */
async function fits(placement, win) {
  try {
    return belongs(await decodeRun(win.run), placement, win);
  } catch {
    return false;
  }
}
