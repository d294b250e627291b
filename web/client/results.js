// @ts-check
// What a class has handed in, as data: read from links and files, and put together into tables once it
// was checked. It knows neither pages nor Python.

import { fromFile, gameOf, sameParams, sameValue, triesOf } from './progress.js';
import { decodeRun, runIn } from './share.js';
import { fixed, say } from './words.js';

/** @typedef {import('./progress.js').Params} Params */
/**
 * @typedef {object} Entry one run that was handed in
 * @property {string} student
 * @property {string} game
 * @property {Params} params as they were handed in
 * @property {string} tries how often the game was begun, '' where that is not known
 * @property {import('./share.js').Run | null} run
 * @property {{won: boolean, score: number | null} | null} claim what the file says of it; a link says nothing
 * @property {string} trouble why there is no run to check, '' where there is one
 *
 * @typedef {object} Task what students did: a game and how it was set
 * @property {string} game
 * @property {string} set the parameters that are not as usual, '' where all are
 *
 * @typedef {object} Outcome what came of checking an entry
 * @property {string} student
 * @property {string} tries
 * @property {number | null} seed
 * @property {string} trouble why it is not confirmed, '' where it is
 * @property {import('./check.js').Facts | null} facts
 *
 * @typedef {Task & Outcome} Result
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
  for (const line of text.split(/\r\n?|\n/).filter((line) => line.trim())) {
    const links = line.match(/[a-z]+:\/\/\S+/gi) ?? line.match(/\S*(?:#|%23)run(?:=|%)\S+/gi) ?? [];
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
  const won = Object.entries(progress.won).map(([placement, win]) => ({ placement, kept: win, claim: { won: true, score: 1 } }));
  const left = Object.entries(progress.played).flatMap(([placement, { last }]) =>
    last ? [{ placement, kept: last, claim: { won: last.score === 1, score: last.score } }] : [],
  );
  // What was done on a game's own page stands under every placement that it counts for.
  const each = new Map([...won, ...left].map((one) => [JSON.stringify([gameOf(one.placement), one.claim, one.kept]), one]));
  return Promise.all([...each.values()].map(async ({ placement, kept, claim }) => {
    const { run, trouble } = await runOf(kept.run);
    const game = gameOf(placement);
    const fits = !run || (run.game === game && run.seed === kept.seed && sameParams(run.params, kept.params));
    const tries = triesOf(progress.played[placement]);
    const { params } = fits && run ? run : kept;
    return { student, game, params, tries, claim, run: fits ? run : null, trouble: fits ? trouble : OTHER_GAME };
  }));
}

/** @param {string} link @param {string} student @returns {Promise<Entry>} */
async function entryOf(link, student) {
  const { run, trouble } = await runOf(runIn(link));
  const game = run?.game ?? /\/play\/([a-z0-9-]+)\//.exec(link)?.[1] ?? '';
  return { student, game, params: run?.params ?? {}, tries: '', run, claim: null, trouble };
}

/** @param {string | null} text @returns {Promise<{run: Entry['run'], trouble: string}>} */
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
 * @param {Entry} entry
 * @param {import('./check.js').Verdict | null} verdict null where there was no run
 * @param {Params} [usual] the game's parameters where nothing is said of them
 * @returns {Result}
 */
export function judge({ student, game, params, tries, run, claim, trouble }, verdict, usual = {}) {
  const facts = verdict && 'facts' in verdict ? verdict.facts : null;
  const seed = run?.seed ?? null;
  let why = trouble;
  if (verdict && 'refused' in verdict) why = verdict.refused;
  else if (facts && claim && !agrees(facts, claim)) {
    why = say('the file says {claimed}; played again it is {found}', { claimed: shown(claim.score), found: shown(facts.score) });
  }
  return { student, game, set: settings(params, usual), tries, seed, trouble: why, facts: why ? null : facts };
}

/** The parameters that are not as usual, in words. @param {Params} params @param {Params} usual */
function settings(params, usual) {
  const other = Object.entries(params).filter(([name, value]) => !(Object.hasOwn(usual, name) && sameValue(value, usual[name])));
  const said = other.map(([name, value]) => `${name}=${typeof usual[name] === 'number' && Number(value) ? Number(value) : value}`);
  return said.sort().join(', ');
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
 * The best that each student has handed in of each game, set in each way.
 * @param {Result[]} results
 * @returns {{tasks: Task[], students: string[], best: (student: string, task: Task) => Result | undefined}}
 */
export function table(results) {
  /** @type {Map<string, Result>} */ const best = new Map();
  for (const result of results) {
    const place = placeOf(result.student, result);
    const other = best.get(place);
    if (!other || worth(result) > worth(other)) best.set(place, result);
  }
  const tasks = new Map(results.map(({ game, set }) => [JSON.stringify([game, set]), { game, set }]));
  return {
    tasks: [...tasks.values()].sort((a, b) => inOrder(a.game, b.game) || inOrder(a.set, b.set)),
    students: [...new Set(results.map(({ student }) => student))].sort(inOrder),
    best: (student, task) => best.get(placeOf(student, task)),
  };
}

/** @param {string} student @param {Task} task */
const placeOf = (student, { game, set }) => JSON.stringify([student, game, set]);

/** What is confirmed counts before what is not, and a higher score before a lower. @param {Result} result */
const worth = ({ facts }) => (facts ? 1 + (facts.score ?? 0) : 0);

/** @param {string} a @param {string} b */
const inOrder = (a, b) => a.localeCompare(b, 'en', { numeric: true });

/**
 * The games that somebody has played and not won, the hardest first.
 * @param {Result[]} results
 * @returns {(Task & {won: number, stuck: Result[]})[]}
 */
export function stuckAt(results) {
  const { tasks, students, best } = table(results);
  return tasks
    .map((task) => {
      const played = students.flatMap((student) => best(student, task) ?? []);
      const stuck = played.filter(({ facts }) => facts && facts.score !== null && !facts.won);
      return { ...task, won: played.filter(({ facts }) => facts?.won).length, stuck };
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

/** Everything as CSV, a line for each student and task. @param {Result[]} results */
export function toCsv(results) {
  const { tasks, students, best } = table(results);
  const rows = students.flatMap((student) => tasks.flatMap((task) => {
    const found = best(student, task);
    if (!found) return [];
    const { game, set, seed, tries, trouble, facts } = found;
    const result = trouble ? say('not confirmed') : facts?.won ? say('won') : say('not won');
    return [[student, game, set, seed ?? '', result, facts?.score ?? '', facts?.moves ?? '', facts?.ticks ?? '', tries, trouble]];
  }));
  const head = [say('student'), say('game'), say('parameters'), say('seed'), say('result'), say('score'), say('moves'), say('ticks'), say('tries'), say('why not confirmed')];
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** One cell; what a spreadsheet would take for a formula is marked as text. @param {string | number} value */
function cell(value) {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
