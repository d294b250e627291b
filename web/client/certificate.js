// @ts-check
// The certificate: what was won on this device, each win played again by the games' Python before it is
// put on the sheet. check.js does the checking; what cannot be confirmed is named beside the sheet.

import { recallWhole } from './keep.js';
import { make } from './make.js';
import { gameOf } from './progress.js';
import { Runtime } from './runtime.js';
import { decodeRun } from './share.js';
import { addressOf } from './share-panel.js';
import { belongs } from './sift.js';
import { direction, percent, say } from './words.js';

/** @typedef {import('./progress.js').Win} Win */
/** @typedef {{game: string, win: Win, moves: number}} Proved a win that is one */

/**
 * Bring the page to life, where it is this one.
 * @param {import('./check.js').Checker} checker
 * @param {() => void} begin starts Python
 */
export function showCertificate(checker, begin) {
  const place = /** @type {HTMLElement | null} */ (document.querySelector('[data-certificate]'));
  if (place) new Certificate(place, checker, begin);
}

class Certificate {
  #busy = false;

  /** @param {HTMLElement} place @param {import('./check.js').Checker} checker @param {() => void} begin */
  constructor(place, checker, begin) {
    this.place = place;
    this.checker = checker;
    this.begin = begin;
    /** @type {{title: string, slug: string}[]} the games that can be won, in the order of the course */
    this.games = JSON.parse(this.#part('about').textContent ?? '[]');
    this.#part('make').addEventListener('click', () => this.#make());
    this.#part('print').addEventListener('click', () => print());
    const name = /** @type {HTMLInputElement} */ (this.#part('name'));
    name.addEventListener('input', () => (this.#part('for').textContent = name.value.trim()));
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.place.querySelector(`[data-${name}]`));
  }

  /** @param {string} sentence */
  #tell(sentence) {
    this.#part('said').textContent = sentence;
  }

  /** Play every win again, and put what is confirmed on the sheet. */
  async #make() {
    if (this.#busy) return;
    const missing = Runtime.missing();
    if (missing) return this.#tell(say('Checking needs {missing}, which this browser does not have.', { missing }));
    this.#busy = true;
    this.#part('sheet').hidden = true;
    this.#part('doubts').replaceChildren();
    const { won } = await recallWhole();
    const mine = this.games.filter(({ slug }) => Object.keys(won).some((name) => gameOf(name) === slug));
    if (mine.length) this.begin();
    /** @type {Proved[]} */ const proved = [];
    for (const [i, { slug, title }] of mine.entries()) {
      const told = { game: title, n: i + 1, of: mine.length };
      this.#tell(say('Playing {game} again, {n} of {of}…', told));
      const wins = Object.keys(won).filter((name) => gameOf(name) === slug).map((name) => won[name]);
      const found = await this.#prove(slug, wins, (share) => this.#tell(say('Playing {game} again, {n} of {of}: {share}', { ...told, share: percent(share) })));
      if (typeof found === 'string') this.#part('doubts').append(make('li', { textContent: say('{game} is not on it: {reason}.', { game: title, reason: found.replace(/\.$/, '') }) }));
      else proved.push(found);
    }
    this.#busy = false;
    if (!proved.length) return this.#tell(mine.length ? say('No win could be confirmed.') : say('Nothing is won yet in this browser. Win a game, and come back.'));
    await this.#show(proved);
    this.#tell(say.count('{n} win played again and confirmed.', '{n} wins played again and confirmed.', proved.length));
  }

  /**
   * The first of a game's wins that is one; else why none is.
   * @param {string} game @param {Win[]} wins @param {(share: number) => void} progress
   * @returns {Promise<Proved | string>}
   */
  async #prove(game, wins, progress) {
    let reason = say('its moves are not kept');
    for (const win of wins.filter(({ run }) => run)) {
      try {
        const run = await decodeRun(win.run);
        if (!belongs(run, game, win)) throw new Error(say('its moves belong to another game or other numbers'));
        const verdict = await this.checker.check(run, new AbortController().signal, progress);
        if ('facts' in verdict && verdict.facts.won) return { game, win, moves: verdict.facts.moves };
        reason = 'facts' in verdict ? say('played again, its moves do not win') : verdict.refused;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    return reason;
  }

  /** @param {Proved[]} proved */
  async #show(proved) {
    const titles = new Map(this.games.map(({ slug, title }) => [slug, title]));
    const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'long' });
    const rows = proved.map(({ game, win, moves }) => {
      const row = make('tr');
      const proof = make('a', { href: addressOf({ game, ...win }, win.run), textContent: titles.get(game) ?? game });
      const name = make('th', { scope: 'row', dir: direction });
      name.append(proof);
      row.append(name, ...[String(win.seed), String(moves), day.format(new Date(win.at))].map((textContent) => make('td', { textContent })));
      return row;
    });
    this.#part('rows').replaceChildren(...rows);
    this.#part('count').textContent = say('{n} of {of} games', { n: proved.length, of: this.games.length });
    this.#part('date').textContent = day.format(new Date());
    this.#part('sheet').hidden = false;
  }
}
