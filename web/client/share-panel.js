// @ts-check
// The panel below a game that shares it: a link with its numbers, on wish with the learner's moves,
// and the line that places it in a page of one's own. It reads the run and knows no game.

import { root, written } from './address.js';
import { movesOf } from './diary.js';
import { recallWin } from './keep.js';
import { make } from './make.js';
import { give, postcard, toldOf } from './postcard.js';
import { encodeRun, linkTo } from './share.js';
import { say } from './words.js';

const CALM = 400; // milliseconds between two looks at a game that plays
const SAME_GAME = say('Opens this game with the same numbers.');
const SAME_PICTURE = say('Opens the game and plays your moves again, to the same picture.');
const SAME_GAME_WON = say('Opens this game with the same numbers. With your moves it proves that you have won.');
const PROOF = say('Won: whoever opens it has your moves played again and the win computed on their own device.');
const ONLY_HERE = say('This copy of the course lies on your own device, so its links work on this device only.');

export class SharePanel {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #built = false;

  /**
   * @param {HTMLElement} game a placed game's element
   * @param {import('./diary.js').Run} run the run as it goes on
   */
  constructor(game, run) {
    this.game = game;
    this.run = run;
    this.panel = /** @type {HTMLElement | null} */ (game.querySelector('[data-share]'));
    this.button = /** @type {HTMLElement | null} */ (game.querySelector('[data-tool="share"]'));
  }

  /** Open the panel, or close it. */
  toggle() {
    if (!this.panel || !this.button) return;
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute('aria-expanded', String(!this.panel.hidden));
    if (this.panel.hidden) return;
    if (!this.#built) this.#build(this.panel);
    this.#write();
    this.panel.scrollIntoView({ block: 'nearest' });
  }

  /** Make a picture of what stands on the stage, and give it away with the link that proves it. */
  async picture() {
    const { game, run } = this;
    const title = game.querySelector('.game-title')?.firstChild?.textContent ?? run.game;
    const won = game.dataset.score === '1' && !game.dataset.show;
    const address = addressOf(run, won ? await encodeRun(run).catch(() => undefined) : undefined);
    const told = toldOf(movesOf(run), run.seed, won);
    await give(await postcard(game, { title, told, won, address: root().host + root().pathname }), address, title);
  }

  /** The run has gone on. */
  changed() {
    if (!this.panel || this.panel.hidden || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, CALM);
  }

  /** @param {HTMLElement} panel */
  #build(panel) {
    this.#built = true;
    const id = panel.id;
    this.link = make('input', { id: `${id}-link`, readOnly: true, type: 'text' });
    this.moves = make('input', { id: `${id}-moves`, type: 'checkbox' });
    this.moves.addEventListener('change', () => this.#write());
    this.count = make('span');
    this.hint = make('p', { className: 'share-hint' });
    this.proof = make('input', { id: `${id}-proof`, readOnly: true, type: 'text' });
    this.line = make('textarea', { id: `${id}-line`, readOnly: true, rows: 4, spellcheck: false });
    this.said = make('p', { className: 'share-said', role: 'status' });
    const withMoves = make('label', { className: 'share-check' });
    withMoves.append(this.moves, this.count);
    panel.replaceChildren(
      this.#field(say('Link to this game'), this.link, say('Copy link')),
      withMoves,
      this.hint,
      this.#field(say('Link to the game as you won it'), this.proof, say('Copy proof')),
      this.#field(say('To place it in a page of your own'), this.line, say('Copy line')),
      this.said,
    );
    if (location.protocol !== 'file:') return;
    this.said.textContent = ONLY_HERE;
    this.line.parentElement?.parentElement?.remove(); // other people's pages cannot reach it
  }

  /** @param {string} name @param {HTMLInputElement | HTMLTextAreaElement} field @param {string} copy */
  #field(name, field, copy) {
    const label = make('label', { htmlFor: field.id, textContent: name });
    const button = make('button', { type: 'button', className: 'tool', textContent: copy });
    button.addEventListener('click', () => this.#copy(field));
    field.addEventListener('focus', () => field.select());
    const row = make('div', { className: 'share-row' });
    row.append(field, button);
    const whole = make('div', { className: 'share-field' });
    whole.append(label, row);
    return whole;
  }

  async #write() {
    const { link, moves, count, hint, proof, line, run } = this;
    if (!link || !moves || !count || !hint || !proof || !line) return;
    const made = movesOf(run);
    moves.disabled = made === 0;
    if (made === 0) moves.checked = false;
    count.textContent = made === 0 ? say('with my moves') : say.count('with my one move', 'with my {n} moves', made);
    const won = this.game.dataset.score === '1' && !this.game.dataset.show;
    /** @type {string | undefined} */ let text;
    let says = SAME_GAME;
    if (moves.checked) {
      says = won ? PROOF : SAME_PICTURE;
      try {
        text = await encodeRun(run);
      } catch (error) {
        says = error instanceof Error ? error.message : String(error);
      }
    } else if (won) says = SAME_GAME_WON;
    const course = root().href;
    put(link, addressOf(run, text));
    put(line, lineFor(course, run));
    if (hint.textContent !== says) hint.textContent = says;
    const win = await recallWin(run.places); // for when the game has gone on since
    const field = /** @type {HTMLElement} */ (proof.closest('.share-field'));
    field.hidden = !win;
    if (win) put(proof, addressOf({ game: run.game, ...win }, win.run));
  }

  /** @param {HTMLInputElement | HTMLTextAreaElement} field */
  async #copy(field) {
    const said = /** @type {HTMLElement} */ (this.said);
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = say('Copied.');
    } catch (error) {
      console.info('Copying was not possible:', error);
      field.focus();
      said.textContent = say('This browser does not let the page copy. It is marked: copy it by hand.');
    }
  }
}

/** A link as it is written where the page stands. @param {import('./share.js').Placed} placed @param {string} [text] */
export const addressOf = (placed, text) => new URL(written(new URL(linkTo(root().href, placed, text))), location.href).href;

/** The line of HTML that places a game. @param {string} root @param {import('./share.js').Placed} placed */
export function lineFor(root, { game, seed, params }) {
  const values = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)])).toString();
  const more = values ? ` params="${values.replaceAll('&', '&amp;')}"` : '';
  return (
    `<script async src="${new URL('embed.js', root).href}"></script>\n` +
    `<neuronauts-game game="${game}" seed="${seed}"${more}></neuronauts-game>`
  );
}

/** Write a field's value, unless it is there: that would take away what is marked. @param {HTMLInputElement | HTMLTextAreaElement} field @param {string} value */
function put(field, value) {
  if (field.value !== value) field.value = value;
}
