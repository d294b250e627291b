// @ts-check
// What a class has handed in, as data: read from links and files, and put together into tables once it
// was checked. It knows neither pages nor Python.

import { fromFile, triesOf } from './progress.js';
import { decodeRun, runIn } from './share.js';
import { fixed, say } from './words.js';

/**
 * @typedef {object} Entry one run that was handed in
 * @property {string} student
 * @property {string} game
 * @property {string} tries how often the game was begun, '' where that is not known
 * @property {import('./share.js').Run | null} run
 * @property {{won: boolean, score: number | null} | null} claim what the file says of it; a link says nothing
 * @property {string} trouble why there is no run to check, '' where there is one
 *
 * @typedef {object} Result an entry and what came of checking it
 * @property {string} student
 * @property {string} game
 * @property {string} tries
 * @property {number | null} seed
 * @property {string} trouble why it is not confirmed, '' where it is
 * @property {import('./check.js').Facts | null} facts
 */

const SAME = 5e-7; // scores are compared as closely as they are ever printed
const NO_MOVES = say('no moves were handed in with it');
const OTHER_GAME = say('its moves belong to another game or other numbers');

/**
 * The entries in a text: a file of progress, or lines with a name and a link.
 * @param {string} text
 * @param {string} source what the file is called, '' where there is none
 * @returns {Promise<{entries: Entry[], skipped: string[]}>} skipped: the lines without a link
 */
export async function entriesIn(text, source = '') {
  if (text.trimStart().startsWith('{')) return { entries: await entriesOf(text, source), skipped: [] };
  /** @type {Entry[]} */ const entries = [];
  /** @type {string[]} */ const skipped = [];
  for (const line of text.split(/\r?\n/).filter((line) => line.trim())) {
    const links = line.match(/[a-z]+:\/\/\S+/gi) ?? line.match(/\S*#run=\S+/g) ?? [];
    const name = links.reduce((rest, link) => rest.replace(link, ''), line).replace(/[\s:;,|"–—-]+$|^[\s:;,|"–—-]+/g, '');
    if (links.length === 0) skipped.push(line.trim().slice(0, 80));
    for (const link of links) entries.push(await entryOf(link, name || source || say('Link {n}', { n: entries.length + 1 })));
  }
  return { entries, skipped };
}

/** @param {string} text of a file @param {string} source @returns {Promise<Entry[]>} */
async function entriesOf(text, source) {
  const { name, progress } = fromFile(text);
  const student = name || source.replace(/\.json$/i, '') || say('No name');
  const won = Object.entries(progress.won).map(([game, win]) => ({ game, kept: win, claim: { won: true, score: 1 } }));
  const left = Object.entries(progress.played).flatMap(([game, { last }]) =>
    last ? [{ game, kept: last, claim: { won: last.score === 1, score: last.score } }] : [],
  );
  return Promise.all([...won, ...left].map(async ({ game, kept, claim }) => {
    const { run, trouble } = await runOf(kept.run);
    const fits = !run || (run.game === game && run.seed === kept.seed);
    const tries = triesOf(progress.played[game]);
    return { student, game, tries, claim, run: fits ? run : null, trouble: fits ? trouble : OTHER_GAME };
  }));
}

/** @param {string} link @param {string} student @returns {Promise<Entry>} */
async function entryOf(link, student) {
  const { run, trouble } = await runOf(runIn(link));
  const game = run?.game ?? /\/play\/([a-z0-9-]+)\//.exec(link)?.[1] ?? '';
  return { student, game, tries: '', run, claim: null, trouble };
}

/** @param {string} text @returns {Promise<{run: Entry['run'], trouble: string}>} */
async function runOf(text) {
  if (!text) return { run: null, trouble: NO_MOVES };
  try {
    return { run: await decodeRun(text), trouble: '' };
  } catch (error) {
    return { run: null, trouble: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * What is true of an entry, after its moves were played again.
 * @param {Entry} entry @param {import('./check.js').Verdict | null} verdict null where there was no run
 * @returns {Result}
 */
export function judge({ student, game, tries, run, claim, trouble }, verdict) {
  const facts = verdict && 'facts' in verdict ? verdict.facts : null;
  const seed = run?.seed ?? null;
  let why = trouble;
  if (verdict && 'refused' in verdict) why = verdict.refused;
  else if (facts && claim && !agrees(facts, claim)) {
    why = say('the file says {claimed}; played again it is {found}', { claimed: shown(claim.score), found: shown(facts.score) });
  }
  return { student, game, tries, seed, trouble: why, facts: why ? null : facts };
}

/** @param {{score: number | null}} facts @param {{score: number | null}} claim */
function agrees({ score }, claim) {
  if (score === null || claim.score === null) return score === claim.score;
  return Math.abs(score - claim.score) <= SAME;
}

/** @param {number | null} score */
const shown = (score) => (score === 1 ? say('won') : score === null ? say('no score') : say('a score of {score}', { score: fixed(score, 2) }));

// --- tables -----------------------------------------------------------------------------------------

/**
 * The best that each student has handed in of each game.
 * @param {Result[]} results
 * @returns {{games: string[], students: string[], best: (student: string, game: string) => Result | undefined}}
 */
export function table(results) {
  /** @type {Map<string, Result>} */ const best = new Map();
  for (const result of results) {
    const place = JSON.stringify([result.student, result.game]);
    const other = best.get(place);
    if (!other || worth(result) > worth(other)) best.set(place, result);
  }
  return {
    games: sortedNames(results.map(({ game }) => game)),
    students: sortedNames(results.map(({ student }) => student)),
    best: (student, game) => best.get(JSON.stringify([student, game])),
  };
}

/** What is confirmed counts before what is not, and a higher score before a lower. @param {Result} result */
const worth = ({ facts }) => (facts ? 1 + (facts.score ?? 0) : 0);

/** @param {string[]} names */
const sortedNames = (names) => [...new Set(names)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/**
 * The games that somebody has played and not won, the hardest first.
 * @param {Result[]} results
 * @returns {{game: string, won: number, stuck: Result[]}[]}
 */
export function stuckAt(results) {
  const { games, students, best } = table(results);
  return games
    .map((game) => {
      const played = students.flatMap((student) => best(student, game) ?? []);
      const stuck = played.filter(({ facts }) => facts && facts.score !== null && !facts.won);
      return { game, won: played.filter(({ facts }) => facts?.won).length, stuck };
    })
    .filter(({ stuck }) => stuck.length > 0)
    .sort((a, b) => b.stuck.length - a.stuck.length);
}

/**
 * Wrong answers and how many students gave them, the most frequent first.
 * @param {Result[]} results
 * @returns {{question: string, answer: string, students: number}[]}
 */
export function wrongAnswers(results) {
  /** @type {Map<string, Set<string>>} */ const given = new Map();
  for (const { student, facts } of results) {
    for (const pair of facts?.mistakes ?? []) {
      const place = JSON.stringify(pair);
      given.set(place, (given.get(place) ?? new Set()).add(student));
    }
  }
  return [...given]
    .map(([place, students]) => {
      const [question, answer] = JSON.parse(place);
      return { question, answer, students: students.size };
    })
    .sort((a, b) => b.students - a.students || a.question.localeCompare(b.question, 'en'));
}

/** Everything as CSV, a line for each student and game. @param {Result[]} results */
export function toCsv(results) {
  const { games, students, best } = table(results);
  const rows = students.flatMap((student) => games.flatMap((game) => {
    const found = best(student, game);
    if (!found) return [];
    const { seed, tries, trouble, facts } = found;
    const result = trouble ? say('not confirmed') : facts?.won ? say('won') : say('not won');
    return [[student, game, seed ?? '', result, facts?.score ?? '', facts?.moves ?? '', facts?.ticks ?? '', tries, trouble]];
  }));
  const head = [say('student'), say('game'), say('seed'), say('result'), say('score'), say('moves'), say('ticks'), say('tries'), say('why not confirmed')];
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** One cell; what a spreadsheet would take for a formula is marked as text. @param {string | number} value */
function cell(value) {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
