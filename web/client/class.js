// @ts-check
// The class page: a teacher drops links and files on it, and sees what was won, where people are
// stuck, and which answers were wrong. It shows what results.js makes; check.js does the checking.

import { save } from './files.js';
import { make } from './make.js';
import { entriesIn, judge, stuckAt, table, toCsv, wrongAnswers } from './results.js';
import { Runtime } from './runtime.js';
import { percent, say } from './words.js';

/** @typedef {import('./results.js').Entry} Entry */
/** @typedef {import('./results.js').Result} Result */

/**
 * Bring the class page to life, where the page is one.
 * @param {import('./check.js').Checker} checker
 * @param {() => void} begin starts Python
 */
export function showClass(checker, begin) {
  const place = /** @type {HTMLElement | null} */ (document.querySelector('[data-class]'));
  if (place) new ClassPage(place, checker, begin);
}

class ClassPage {
  /** @type {Entry[]} */ #waiting = [];
  /** @type {Result[]} */ #results = [];
  /** @type {AbortController | null} */ #busy = null;

  /** @param {HTMLElement} place @param {import('./check.js').Checker} checker @param {() => void} begin */
  constructor(place, checker, begin) {
    this.place = place;
    this.checker = checker;
    this.begin = begin;
    /** @type {Record<string, {title: string, params: import('./progress.js').Params}>} what the page says of every game */
    this.games = JSON.parse(this.#part('about').textContent ?? '{}');
    const links = /** @type {HTMLTextAreaElement} */ (this.#part('links'));
    const files = /** @type {HTMLInputElement} */ (this.#part('files'));
    this.#part('check').addEventListener('click', async () => {
      const text = links.value;
      if (!text.trim()) return this.#tell(say('There is no link yet: paste one a line, with the names if you like.'));
      links.value = '';
      await this.#take(text);
    });
    files.addEventListener('change', () => this.#takeFiles(files.files).then(() => (files.value = '')));
    this.#part('stop').addEventListener('click', () => this.#busy?.abort());
    this.#part('csv').addEventListener('click', () => save('neuronauts-class.csv', toCsv(this.#results), 'text/csv'));
    this.#part('clear').addEventListener('click', () => this.#clear());
    checker.runtime.addEventListener('progress', (event) => {
      if (this.#busy) this.#tell(say('{stage}…', { stage: say(/** @type {CustomEvent} */ (event).detail.stage) }));
    });
    for (const type of ['dragenter', 'dragover']) {
      place.addEventListener(type, (event) => {
        event.preventDefault();
        place.toggleAttribute('data-over', true);
      });
    }
    place.addEventListener('dragleave', (event) => {
      if (!place.contains(/** @type {Node | null} */ (event.relatedTarget))) place.removeAttribute('data-over');
    });
    place.addEventListener('drop', (event) => {
      event.preventDefault();
      place.removeAttribute('data-over');
      const { dataTransfer } = event;
      if (dataTransfer?.files.length) this.#takeFiles(dataTransfer.files);
      else this.#take(dataTransfer?.getData('text/plain') ?? '');
    });
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.place.querySelector(`[data-${name}]`));
  }

  /** @param {FileList | null} files */
  async #takeFiles(files) {
    for (const file of files ?? []) await this.#take(await file.text(), file.name);
  }

  /** @param {string} text @param {string} [source] */
  async #take(text, source = '') {
    try {
      const { entries, skipped } = await entriesIn(text, source);
      this.#waiting.push(...entries);
      if (skipped.length) this.#note(say('No link in: {lines}', { lines: skipped.join(' · ') }));
      else if (entries.length === 0) this.#note(source ? say('{source} holds no run.', { source }) : say('This text holds no run.'));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#note(source ? say('{source}: {reason}', { source, reason }) : say('This text: {reason}', { reason }));
    }
    await this.#work();
  }

  /** Check what waits, one after the other. */
  async #work() {
    if (this.#busy || this.#waiting.length === 0) return;
    const missing = Runtime.missing();
    if (missing) return this.#tell(say('Checking needs {missing}, which this browser does not have.', { missing }));
    this.begin();
    const { signal } = (this.#busy = new AbortController());
    this.#part('stop').hidden = false;
    for (let entry = this.#waiting.shift(); entry && !signal.aborted; entry = this.#waiting.shift()) {
      const { run, student, game } = entry;
      const left = this.#waiting.length;
      const names = { student, game: this.#title(game) };
      const said = left
        ? say('Checking {student}, {game}, {left} more to come', { ...names, left })
        : say('Checking {student}, {game}', names);
      this.#tell(`${said}…`);
      const verdict = run && await this.checker.check(run, signal, (share) => this.#tell(`${said}: ${percent(share)}`));
      if (signal.aborted) break;
      this.#results.push(judge(entry, verdict, this.games[game]?.params));
      this.#show();
    }
    this.#tell(signal.aborted ? say('Stopped. {sentence}', { sentence: this.#count() }) : this.#count());
    this.#waiting = [];
    this.#busy = null;
    this.#part('stop').hidden = true;
  }

  #count() {
    const good = this.#results.filter(({ trouble }) => !trouble).length;
    const bad = this.#results.length - good;
    return bad
      ? say.count('{n} run played again and confirmed, {bad} not confirmed.', '{n} runs played again and confirmed, {bad} not confirmed.', good, { bad })
      : say.count('{n} run played again and confirmed.', '{n} runs played again and confirmed.', good);
  }

  #clear() {
    this.#busy?.abort();
    this.#waiting = [];
    this.#results = [];
    this.#part('notes').replaceChildren();
    this.#part('results').hidden = true;
    this.#tell('');
    this.#part('links').focus();
  }

  // --- what is shown ------------------------------------------------------------------------------

  /** @param {string} game @param {string} [set] how it is set, where that is not as usual */
  #title(game, set) {
    const title = this.games[game]?.title ?? (game || say('a link without a game'));
    return set ? say('{game} ({parameters})', { game: title, parameters: set }) : title;
  }

  /** @param {string} sentence */
  #tell(sentence) {
    this.#part('said').textContent = sentence;
  }

  /** @param {string} sentence */
  #note(sentence) {
    this.#part('notes').append(make('li', { textContent: sentence }));
  }

  #show() {
    this.#part('results').hidden = false;
    this.#part('table').replaceChildren(...this.#wins());
    this.#list('doubts', this.#results.filter(({ trouble }) => trouble).map(({ student, game, set, trouble }) =>
      say('{student}, {game}: {reason}.', { student, game: this.#title(game, set), reason: trouble.replace(/\.$/, '') })));
    this.#list('stuck', stuckAt(this.#results).map(({ game, set, won, stuck }) => {
      const each = stuck.map(({ student, facts, tries }) => {
        const known = { student, score: percent(facts?.score ?? 0), moves: moves(facts) };
        return tries ? say('{student} {score}, {moves}, tries: {tries}', { ...known, tries }) : say('{student} {score}, {moves}', known);
      });
      return say('{game}: {stuck} not there yet, {won} won. {each}.', { game: this.#title(game, set), stuck: stuck.length, won, each: each.join('; ') });
    }));
    const wrong = wrongAnswers(this.#results);
    this.#section('wrong').hidden = wrong.length === 0;
    this.#part('wrong').replaceChildren(
      rowOf('th', [say('Question'), say('Wrong answer'), say('Students')]),
      ...wrong.map(({ question, answer, students }) => rowOf('td', [question, answer, String(students)])),
    );
  }

  /** Students down, games across. @returns {HTMLElement[]} */
  #wins() {
    const { tasks, students, best } = table(this.#results);
    const head = make('thead');
    head.append(rowOf('th', [say('Student'), ...tasks.map(({ game, set }) => this.#title(game, set))]));
    const body = make('tbody');
    for (const student of students) {
      const row = make('tr');
      row.append(make('th', { scope: 'row', textContent: student }));
      for (const task of tasks) row.append(this.#cell(best(student, task)));
      body.append(row);
    }
    return [head, body];
  }

  /** @param {Result | undefined} result */
  #cell(result) {
    const made = make('td');
    if (!result) return Object.assign(made, { textContent: '–', className: 'empty' });
    const { facts, trouble } = result;
    if (trouble || !facts) return Object.assign(made, { textContent: say('not confirmed'), className: 'doubtful', title: trouble });
    const said = facts.won ? say('✓ won') : facts.score === null ? say('played') : percent(facts.score);
    made.className = facts.won ? 'won' : '';
    made.append(make('strong', { textContent: said }), make('span', { textContent: moves(facts) }));
    return made;
  }

  /** @param {string} name @param {string[]} sentences */
  #list(name, sentences) {
    this.#section(name).hidden = sentences.length === 0;
    this.#part(name).replaceChildren(...sentences.map((textContent) => make('li', { textContent })));
  }

  /** @param {string} name */
  #section(name) {
    return /** @type {HTMLElement} */ (this.#part(name).closest('section'));
  }
}

/** @param {import('./check.js').Facts | null} facts */
const moves = (facts) => say.count('{n} move', '{n} moves', facts?.moves ?? 0);

/** @param {'td' | 'th'} kind @param {string[]} texts */
function rowOf(kind, texts) {
  const row = make('tr');
  row.append(...texts.map((textContent) => (kind === 'th' ? make('th', { scope: 'col', textContent }) : make('td', { textContent }))));
  return row;
}
