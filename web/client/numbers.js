// @ts-check
// The numbers behind a game's picture: tables that follow the play while they are open, and the
// same arrays as CSV to copy or save. It asks the host and knows no game.

import { save } from './files.js';
import { make } from './make.js';
import { say } from './words.js';

const CALM = 400; // milliseconds between two looks at a game that plays
const ROUNDED = say('Rounded here; copied and saved to the last digit.');

/**
 * @typedef {{caption: string, shape: number[], rows: string[][]}} Table the head of an array
 * @typedef {{kind: string, caption?: string, tables?: Table[], text?: string}} Packet
 */

export class Numbers {
  #asked = -CALM;
  #structure = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {Map<string, (text: string | undefined) => void>} */ #wanted = new Map();

  /**
   * @param {HTMLElement} game a placed game's element
   * @param {(packet: object) => void} ask posts to the host
   */
  constructor(game, ask) {
    this.game = game;
    this.ask = ask;
    this.panel = /** @type {HTMLElement} */ (game.querySelector('[data-numbers]'));
    this.button = /** @type {HTMLElement} */ (game.querySelector('[data-tool="numbers"]'));
  }

  /** Open the tables, or close them. */
  toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute('aria-expanded', String(!this.panel.hidden));
    if (this.panel.hidden) return;
    if (!this.#structure) this.panel.textContent = say('The numbers come as soon as Python is here.');
    this.changed();
  }

  /** The game may show something new: look again, but not more often than an eye can follow. */
  changed() {
    if (this.panel.hidden || this.#timer) return;
    const wait = Math.max(0, this.#asked + CALM - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#asked = performance.now();
      this.ask({ kind: 'numbers' });
    }, wait);
  }

  /** What the host answers. @param {Packet} packet */
  take({ kind, caption = '', tables, text }) {
    if (kind === 'numbers' && tables) this.#show(tables);
    else if (kind === 'csv') this.#wanted.get(caption)?.(text);
  }

  // --- tables -------------------------------------------------------------------------------------

  /** @param {Table[]} tables */
  #show(tables) {
    const structure = JSON.stringify(
      tables.map(({ caption, shape, rows }) => [caption, shape.length, rows.length, rows[0]?.length]),
    );
    if (structure === this.#structure) {
      this.#write('tbody td', tables.flatMap(({ rows }) => rows.flat()));
      this.#write('.numbers-shape', tables.map(sizeOf));
      this.#write('.numbers-more', tables.map(moreOf));
      return;
    }
    this.#structure = structure;
    const focused = document.activeElement?.getAttribute('data-csv');
    const said = make('p', { className: 'numbers-said', role: 'status', textContent: ROUNDED });
    this.panel.replaceChildren(said, ...tables.map((table) => this.#figure(table)));
    if (focused) /** @type {HTMLElement | null} */ (this.panel.querySelector(`[data-csv=${JSON.stringify(focused)}]`))?.focus();
  }

  /** Write what has changed, and nothing else. @param {string} selector @param {string[]} texts */
  #write(selector, texts) {
    const places = this.panel.querySelectorAll(selector);
    texts.forEach((text, i) => {
      if (places[i].textContent !== text) places[i].textContent = text;
    });
  }

  /** @param {Table} head */
  #figure(head) {
    const { caption, shape, rows } = head;
    const table = make('table');
    if (shape.length > 1) {
      const numbers = (rows[0] ?? []).map((_, j) => make('th', { scope: 'col', textContent: String(j) }));
      table.createTHead().insertRow().append(make('td', { className: 'corner', ariaHidden: 'true' }), ...numbers);
    }
    const body = table.createTBody();
    rows.forEach((row, i) => {
      const cells = row.map((text) => make('td', { textContent: text }));
      body.insertRow().append(make('th', { scope: 'row', textContent: String(i) }), ...cells);
    });
    const tools = make('div', { className: 'numbers-tools' });
    tools.append(
      this.#button(say('Copy as CSV'), say('Copy as CSV: {caption}', { caption }), () => this.#copy(caption)),
      this.#button(say('Save as CSV'), say('Save as CSV: {caption}', { caption }), () => this.#save(caption)),
    );
    const title = make('figcaption', { textContent: caption });
    title.append(make('span', { className: 'numbers-shape', textContent: sizeOf(head) }));
    const scroller = make('div', { className: 'scrolls', tabIndex: 0, role: 'group', ariaLabel: caption });
    scroller.append(table);
    const figure = make('figure', { className: 'numbers-array' });
    figure.append(title, scroller, make('p', { className: 'numbers-more', textContent: moreOf(head) }), tools);
    return figure;
  }

  /** @param {string} name @param {string} whole with what it is about @param {() => void} act */
  #button(name, whole, act) {
    const button = make('button', {
      type: 'button',
      className: 'tool',
      textContent: name,
      ariaLabel: whole,
    });
    button.setAttribute('data-csv', whole);
    button.addEventListener('click', act);
    return button;
  }

  // --- CSV ----------------------------------------------------------------------------------------

  /** The whole of one array, as it is now. @param {string} caption @returns {Promise<string>} */
  #csv(caption) {
    return new Promise((resolve, reject) => {
      this.#wanted.set(caption, (text) => {
        this.#wanted.delete(caption);
        if (text === undefined) reject(new Error('it is not there any more'));
        else resolve(text);
      });
      this.ask({ kind: 'csv', caption });
    });
  }

  /** @param {string} caption */
  async #copy(caption) {
    try {
      // The promise goes in as it is: some browsers allow a copy only within the click itself.
      const text = this.#csv(caption).then((csv) => new Blob([csv], { type: 'text/plain' }));
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
      this.#tell(say('Copied: {caption}.', { caption }));
    } catch (error) {
      console.info('Copying was not possible:', error);
      this.#tell(say('This browser does not let the page copy. Saving works.'));
    }
  }

  /** @param {string} caption */
  async #save(caption) {
    const name = `${this.game.dataset.game}-${caption.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '')}.csv`;
    save(name, await this.#csv(caption), 'text/csv');
    this.#tell(say('Saved as {file}.', { file: name }));
  }

  /** @param {string} sentence */
  #tell(sentence) {
    const line = this.panel.querySelector('[role="status"]');
    if (line) line.textContent = sentence;
  }
}

/** @param {Table} head */
const sizeOf = ({ shape }) => shape.join(' × ');

/** How much of an array its table leaves out. @param {Table} head */
function moreOf({ shape: [height, width = 1], rows }) {
  const down = height - rows.length;
  const across = rows.length ? width - rows[0].length : 0;
  const left = [
    down > 0 && say.count('{n} more row', '{n} more rows', down),
    across > 0 && say.count('{n} more column', '{n} more columns', across),
  ].filter(Boolean);
  return left.length ? `… ${left.join(', ')}` : '';
}
