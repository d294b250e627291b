// @ts-check
// The placed games of the page: what each one is, what was done to it, and what it shows.
// It passes messages to the host and patches to the page; it knows no game's rules.

import { here } from './address.js';
import { showBest } from './best.js';
import { Diary, movesOf } from './diary.js';
import { dragByFinger, listen } from './events.js';
import { bytesOf, save } from './files.js';
import { recallLast } from './keep.js';
import { Numbers } from './numbers.js';
import { applyPatch, read, sizeOf } from './patch.js';
import { sameParams } from './progress.js';
import { Result, showMedal } from './result.js';
import { SharePanel } from './share-panel.js';
import { decodeRun, runIn, unescaped } from './share.js';
import { Show } from './show.js';
import { follow, ring, showSound, switchSound } from './sound.js';
import { fixed, percent, said, say } from './words.js';

/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {number | any[]} LogEntry */

const MOST_KEPT = 12; // games of pages left behind that stay alive in the worker
const FRAMES_AHEAD = 2; // so that the worker need not wait for the paint
const UNSEEN = 500; // milliseconds without an animation frame, as in a frame that is out of sight
const ANNOUNCE_AFTER = 800; // milliseconds of calm before a screen reader hears the state
const ANNOUNCE_EVERY = 5000; // milliseconds between two sentences about a game that runs

/** One placed game. It outlives the page it stands on, so that coming back finds it as it was. */
class Seat {
  /** @type {HTMLElement | null} */ element = null;
  /** @type {import('./patch.js').Made | null} what the stage was given */ drawn = null;
  /** @type {Numbers | null} */ numbers = null;
  /** @type {SharePanel | null} */ share = null;
  /** @type {Result | null} */ result = null;
  /** @type {Show | null} the game is playing its own solution */ show = null;
  /** @type {LogEntry[]} */ log = [];
  /** @type {any[][]} messages made before the game is ready */ waiting = [];
  visible = false;
  ready = false;
  /** It moves by itself. */ running = false;
  /** What a screen reader shall hear next. */ sentence = '';
  /** When it heard the last of it. */ told = -ANNOUNCE_EVERY;
  refused = false;
  /** Was ready before. */ greeted = false;
  /** Opened with a log: what comes back replaces it. */ replaying = false;
  /** Asked to start again: what still comes belongs to the run before. */ restarting = false;
  /** A show was left: what still comes belongs to it. */ leaving = false;
  /** @type {string | null} the run's text in the page's address, once it was read */ linked = null;
  /** The run of the address is still being read. */ reading = false;
  /** The run of the address cannot be taken, and why. */ unreadable = '';
  /** The run came with the address, and nothing was done to it here. */ borrowed = false;
  /** @type {Record<string, number>} what the run of the address had reached */ lent = {};
  /** A run was put in the place of what may be playing. */ replaced = false;
  /** @type {number | null} */ score = null;
  /** @type {number | null} what the run that was taken up had come to, by its own word */ claimed = null;
  /** Of the game that the log was made with; the host turns an older one into its own. */ edition = 1;

  /** @param {string} id @param {DOMStringMap} placed what the element says of itself */
  constructor(id, { game = '', seed, params, placement = `play/${game}`, countsFor }) {
    this.id = id;
    this.game = game;
    this.seed = Number(seed);
    /** @type {Record<string, string | number | boolean>} */ this.params = JSON.parse(params || '{}');
    this.placement = placement;
    /** @type {Record<string, Record<string, string | number | boolean>>} */ this.countsFor = JSON.parse(countsFor || '{}');
    this.diary = new Diary(this);
  }

  /** The placements that what is done here counts for: outside of the lessons, those in one with these parameters too. */
  get places() {
    const others = Object.keys(this.countsFor).filter((other) => sameParams(this.countsFor[other], this.params));
    return [this.placement, ...others];
  }

  /**
   * Another run, to be repeated when the seat opens.
   * @param {import('./share.js').Run} run @param {boolean} [begun] whether it is one of the learner's own tries
   */
  replace({ edition, seed, params, log, score }, begun) {
    this.diary.restart(begun);
    this.edition = edition;
    this.claimed = score;
    this.seed = seed;
    this.params = params;
    this.log = log;
    this.waiting = [];
    this.replaced = true;
    if (this.element) this.element.dataset.seed = String(seed);
  }

  /** The game no longer plays this run: it starts fresh, and the kept score is named. @param {string} why */
  outlive(why) {
    this.unreadable = this.claimed === null
      ? say('{reason} The game starts fresh.', { reason: why })
      : say('{reason} It is kept with the score {score}. The game starts fresh.', { reason: why, score: fixed(this.claimed, 2) });
    this.log = [];
    this.replaying = this.borrowed = false;
  }

  /** @param {LogEntry[]} entries */
  record(entries) {
    if (this.replaying) this.log = [];
    this.replaying = false;
    for (const entry of entries) {
      const last = this.log.at(-1);
      if (typeof entry === 'number' && typeof last === 'number') this.log[this.log.length - 1] = last + entry;
      else this.log.push(entry);
    }
  }
}

/**
 * A pressed control that has nothing more to do, or is gone, hands the focus on, where the game says to whom.
 * @param {Element} stage @param {Element | null} held what had the focus before
 */
function passFocus(stage, held) {
  const done = held?.getAttribute('aria-disabled') === 'true' || held?.isConnected === false;
  if (!done || (held.isConnected && held !== document.activeElement)) return;
  /** @type {HTMLElement | null} */ (stage.querySelector('[data-takes-focus]'))?.focus();
}

/**
 * A button that waits for a prediction leads to its question.
 * @param {EventTarget | null} target what was pressed
 */
function leadToQuestion(target) {
  const button = target instanceof Element ? target.closest('[data-go] [aria-disabled="true"]') : null;
  const question = button?.closest('.shell')?.querySelector('.prediction');
  if (!question) return;
  question.scrollIntoView({ block: 'center' });
  question.classList.add('asks');
  question.addEventListener('animationend', () => question.classList.remove('asks'), { once: true });
}

export class Games {
  /** @type {Map<string, Seat>} */ #seats = new Map();
  /** @type {WeakMap<Element, Seat>} */ #byElement = new WeakMap();
  /** @type {[string, any[]][]} */ #messages = [];
  /** @type {Seat[]} seats waiting their turn to open */ #queue = [];
  /** @type {Map<Seat, ReturnType<typeof setTimeout>>} */ #announcing = new Map();
  /** @type {((value?: any) => void)[]} waiting for the host's next answer */ #answered = [];
  #up = false;
  #sent = 0;
  #inFlight = 0;
  #running = false;
  #scheduled = false;
  #opening = false;

  /** @param {Runtime} runtime */
  constructor(runtime) {
    this.runtime = runtime;
    this.observer = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: '80px' });
    runtime.addEventListener('up', () => this.#begin());
    runtime.addEventListener('frame', (e) => this.#frame(/** @type {CustomEvent} */ (e).detail));
    runtime.addEventListener('progress', (e) => this.#progress(/** @type {CustomEvent} */ (e).detail));
    runtime.addEventListener('numbers', (e) => {
      const packet = /** @type {CustomEvent} */ (e).detail;
      this.#seats.get(packet.id)?.numbers?.take(packet);
    });
    runtime.addEventListener('file', (e) => this.#save(/** @type {CustomEvent} */ (e).detail));
    runtime.addEventListener('down', (e) => this.#down(/** @type {CustomEvent} */ (e).detail));
    document.addEventListener('visibilitychange', () => this.#schedule());
    document.addEventListener('click', ({ target }) => {
      this.#tool(target);
      leadToQuestion(target);
      this.#askFor(target);
    });
    listen(
      (element, message, replaces) => this.#send(element, message, replaces),
      (element, why) => this.#typed(element, why),
    );
    addEventListener('hashchange', () => {
      const { pathname, search } = here();
      for (const seat of this.#seats.values()) {
        const shown = seat.element?.hasAttribute('data-from-link') && seat.id.startsWith(`${pathname}${search}#`);
        if (shown) this.#readRun(seat);
      }
    });
  }

  /** Take up the games of the page as it now stands; returns how many there are. */
  adopt() {
    const { runtime } = this;
    this.#queue = []; // what a page left behind had not yet opened can wait until the learner is back
    for (const seat of [...this.#seats.values()]) if (seat.element?.isConnected === false) this.#leave(seat);
    const elements = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-game]'));
    for (const pack of new Set([...elements].map(({ dataset }) => dataset.pack ?? ''))) runtime.expect(pack);
    for (const element of elements) {
      const fromLink = element.hasAttribute('data-from-link');
      const { pathname, search } = here();
      const id = `${pathname}${fromLink ? search : ''}#${element.id}`;
      let seat = this.#seats.get(id);
      if (!seat) {
        seat = new Seat(id, element.dataset);
        if (fromLink) readLink(seat);
        this.#seats.set(id, seat);
      }
      seat.element = element;
      seat.numbers = new Numbers(element, (packet) => runtime.post({ ...packet, id }));
      seat.share = new SharePanel(element, seat);
      seat.result = new Result(element);
      showMedal(element, seat.places);
      const stage = /** @type {HTMLElement} */ (element.querySelector('[data-stage]'));
      dragByFinger(stage);
      seat.drawn = read(stage);
      if (sizeOf(seat.drawn) !== 1 + Number(element.dataset.nodes)) delete element.dataset.frame; // somebody was here before
      showBest(element, seat.places);
      element.dataset.seed = String(seat.seed);
      this.#byElement.set(element, seat);
      seat.ready = false;
      this.observer.observe(element);
      this.#status(seat, 'loading');
      this.#queue.push(seat);
      if (fromLink) this.#readRun(seat);
    }
    this.#openNext();
    showSound();
    return elements.length;
  }

  /** Say the same sentence in every game, for a browser that cannot play. @param {string} sentence */
  giveUp(sentence) {
    for (const seat of this.#seats.values()) this.#status(seat, 'error', sentence);
  }

  // --- opening and leaving ------------------------------------------------------------------------

  #begin() {
    this.#up = true;
    const here = [...this.#seats.values()].filter((seat) => seat.element);
    this.#queue = here.sort((a, b) => Number(b.visible) - Number(a.visible));
    this.#openNext();
  }

  /** One game at a time, so that the first is ready soonest and the page stays quick. */
  #openNext() {
    const next = this.#queue.findIndex((seat) => !seat.reading);
    if (!this.#up || this.#opening || next < 0) return;
    this.#open(this.#queue.splice(next, 1)[0]);
  }

  /** The run that the address holds takes the place of whatever is played. @param {Seat} seat */
  async #readRun(seat) {
    const text = runIn(here().href);
    if (text === seat.linked) return;
    seat.linked = text;
    if (text === null) return;
    seat.reading = true;
    seat.unreadable = '';
    try {
      const run = await decodeRun(text);
      if (run.game !== seat.game) throw new Error(say('These moves belong to another game.'));
      if (text === seat.linked) seat.replace(run);
      seat.borrowed = true;
    } catch (error) {
      seat.unreadable = say('{reason} The game starts fresh.', { reason: error instanceof Error ? error.message : String(error) });
      seat.replace({ ...seat, log: [] });
    }
    seat.reading = false;
    if (seat.element && !this.#queue.includes(seat)) this.#queue.push(seat);
    this.#openNext();
  }

  /** The run that this device has kept takes the place of a fresh one. @param {Seat} seat */
  async #goOn(seat) {
    const last = await lastOf(seat);
    if (!last) return;
    seat.replace(await decodeRun(last.run), true);
    this.#queue.push(seat);
    this.#openNext();
  }

  /** @param {Seat} seat @param {boolean} [fresh] @param {boolean} [show] */
  #open(seat, fresh = false, show = false) {
    this.#opening = true;
    seat.result?.hide();
    seat.leaving = seat.show !== null;
    seat.show?.end();
    seat.show = show && seat.element ? new Show(seat.element) : null;
    seat.ready = false;
    seat.refused = false;
    fresh ||= seat.replaced;
    seat.replaced = false;
    seat.restarting = fresh;
    seat.replaying = seat.log.length > 0;
    const { id, game, edition, seed, params, log } = seat;
    const frame = seat.element?.dataset.frame ?? '';
    this.runtime.post({ kind: 'open', id, game, edition, seed, params, log, frame, fresh, show });
  }

  /** @param {Seat} seat */
  #leave(seat) {
    if (seat.element) this.observer.unobserve(seat.element);
    seat.diary.flush();
    seat.element = seat.drawn = seat.numbers = seat.share = seat.result = seat.show = null;
    seat.visible = false;
    this.#seats.delete(seat.id);
    this.#seats.set(seat.id, seat); // the last to be left is the last to go
    const left = [...this.#seats.values()].filter((other) => !other.element);
    const moved = (/** @type {Seat} */ { log }) => log.some(Array.isArray);
    left.sort((one, other) => Number(moved(one)) - Number(moved(other))); // who only looked loses nothing
    for (const old of left.slice(0, Math.max(0, left.length - MOST_KEPT))) {
      this.#seats.delete(old.id);
      this.runtime.post({ kind: 'close', id: old.id });
    }
  }

  /** What the buttons below a game do. @param {EventTarget | null} target */
  #tool(target) {
    const button = target instanceof Element ? target.closest('[data-tool]') : null;
    const seat = button && this.#byElement.get(/** @type {Element} */ (button.closest('[data-game]')));
    const tool = button?.getAttribute('data-tool');
    if (tool === 'numbers') seat?.numbers?.toggle();
    if (tool === 'share') seat?.share?.toggle();
    if (tool === 'picture') seat?.share?.picture().catch((error) => console.info('No picture was made or taken:', error));
    if (tool === 'sound') switchSound();
    if (tool === 'close') seat?.result?.hide();
    if (!seat?.element || !this.#up) return;
    if (tool === 'go-on' && seat.ready) this.#goOn(seat);
    if (tool === 'show' && seat.ready) {
      seat.waiting = [];
      this.#messages = this.#messages.filter(([id]) => id !== seat.id);
      this.#open(seat, false, !seat.show);
    }
    if (tool === 'reset') this.#restart(seat, seat.seed);
    if (tool === 'reseed') this.#restart(seat, crypto.getRandomValues(new Uint32Array(1))[0]);
  }

  /** @param {Seat} seat @param {number} seed */
  #restart(seat, seed) {
    seat.diary.restart();
    seat.seed = seed;
    if (seat.element) seat.element.dataset.seed = String(seed);
    seat.log = [];
    seat.borrowed = false;
    seat.waiting = [];
    this.#messages = this.#messages.filter(([id]) => id !== seat.id);
    if (this.#up) this.#open(seat, true);
  }

  // --- what other scripts may do ------------------------------------------------------------------

  /** What was placed. @param {HTMLElement} element */
  placed(element) {
    const { game, seed, params } = this.#seat(element);
    return { game, seed, params };
  }

  /** What was placed and all that was done to it, once all of that is taken in. @param {HTMLElement} element */
  async run(element) {
    const seat = this.#seat(element);
    let due = this.#sent;
    while (element.dataset.status !== 'error') {
      if (seat.waiting.length > 0 || this.#messages.some(([id]) => id === seat.id)) due = this.#sent + 1;
      else if (this.#sent - this.#inFlight >= due) break;
      await new Promise((resolve) => this.#answered.push(resolve));
    }
    return { ...this.placed(element), edition: seat.edition, log: seat.log, score: seat.score };
  }

  /** Start a game anew; without a seed, with that of the last run. @param {HTMLElement} element @param {number} [seed] */
  restart(element, seed) {
    const seat = this.#seat(element);
    this.#restart(seat, seed ?? seat.seed);
  }

  /** Give a game a message as one of its controls would. @param {HTMLElement} element @param {any[]} message */
  give(element, message) {
    this.#send(element, message, false);
  }

  /** @param {HTMLElement} element */
  #seat(element) {
    const seat = this.#byElement.get(element);
    if (!seat) throw new Error('not a game of this page');
    return seat;
  }

  // --- files --------------------------------------------------------------------------------------

  /** A button of the game's own that saves a file. @param {EventTarget | null} target */
  #askFor(target) {
    const button = target instanceof Element ? target.closest('[data-save]') : null;
    const seat = button && this.#byElement.get(/** @type {Element} */ (button.closest('[data-game]')));
    if (!button || !seat) return;
    if (seat.ready) this.runtime.post({ kind: 'file', id: seat.id, name: button.getAttribute('data-save') });
    else this.#status(seat, 'loading', say('Saving works as soon as Python is here.'));
  }

  /** @param {{id: string, name: string, base64?: string}} packet */
  #save({ id, name, base64 }) {
    const line = this.#seats.get(id)?.element?.querySelector('[data-boot]');
    if (base64 !== undefined) save(name, bytesOf(base64), 'application/octet-stream');
    if (line) line.textContent = base64 === undefined ? say('There is no {file} to save now.', { file: name }) : say('Saved as {file}.', { file: name });
  }

  // --- messages out -------------------------------------------------------------------------------

  /** @param {HTMLElement} element @param {any[]} message @param {boolean} replaces */
  #send(element, message, replaces) {
    const seat = this.#byElement.get(element);
    if (!seat) return;
    if (!seat.ready) {
      const last = seat.waiting.at(-1);
      if (replaces && last && sameControl(last, message)) seat.waiting.pop();
      seat.waiting.push(message);
      if (element.dataset.status === 'loading') this.#status(seat, 'loading', say('Your move is kept; Python is on its way.'));
      return;
    }
    this.#own(seat);
    const last = this.#messages.at(-1);
    if (replaces && last?.[0] === seat.id && sameControl(last[1], message)) this.#messages.pop();
    this.#messages.push([seat.id, message]);
    this.#schedule();
  }

  /** What is played from here on is the learner's own. @param {Seat} seat */
  #own(seat) {
    seat.borrowed = false;
    if (!seat.refused) this.#status(seat, 'ready');
  }

  #schedule() {
    if (this.#scheduled || !this.#up || document.hidden) return;
    this.#scheduled = true;
    const turn = () => {
      cancelAnimationFrame(seen);
      clearTimeout(unseen);
      this.#scheduled = false;
      if (this.#inFlight >= FRAMES_AHEAD) return;
      this.#sent += 1;
      this.#inFlight += 1;
      const visible = [...this.#seats.values()].filter((seat) => seat.visible && seat.ready);
      const messages = this.#messages.splice(0);
      this.runtime.post({ kind: 'frame', messages, visible: visible.map((seat) => seat.id) });
      if (this.#running) this.#schedule();
    };
    const seen = requestAnimationFrame(turn);
    const unseen = setTimeout(turn, UNSEEN);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    for (const entry of entries) {
      const seat = this.#byElement.get(entry.target);
      if (seat) seat.visible = entry.isIntersecting;
    }
    this.#schedule();
  }

  // --- reports in ---------------------------------------------------------------------------------

  /** @param {{packet: any, buffers: Uint8Array[]}} detail */
  #frame({ packet, buffers }) {
    const opened = packet.answers === 'open';
    if (opened) this.#opening = false;
    else this.#inFlight -= 1;
    try {
      for (const id in packet.games) {
        const seat = this.#seats.get(id);
        if (!seat || (seat.restarting && !opened)) continue;
        if (seat.leaving && !opened) {
          seat.record(packet.games[id].log ?? []);
          continue;
        }
        seat.restarting = seat.leaving = false;
        this.#show(seat, packet.games[id], buffers);
      }
    } finally { // what goes wrong with one game's picture or tone must not stop them all
      this.#running = packet.running || this.#messages.length > 0;
      if (this.#running) this.#schedule();
      this.#openNext();
      for (const go of this.#answered.splice(0)) go();
    }
  }

  /** @param {Seat} seat @param {any} report @param {Uint8Array[]} buffers */
  #show(seat, report, buffers) {
    if (report.log) seat.record(report.log);
    if (report.edition) seat.edition = report.edition;
    if (report.params) seat.params = report.params;
    if (report.outdated) seat.outlive(report.outdated);
    const { element, drawn } = seat;
    if (!element || !drawn) return;
    const stage = /** @type {Element} */ (drawn.node);
    const held = stage.contains(document.activeElement) ? document.activeElement : null;
    if (report.html || report.patch) delete element.dataset.frame; // no longer the page's first frame
    if (report.html) applyPatch(drawn, [0, [report.html]], buffers);
    else if (report.patch) applyPatch(drawn, [0, 0, [0, report.patch]], buffers);
    if (report.patch) passFocus(stage, held);
    if (report.patch) seat.result?.changed();
    if (report.score !== undefined) this.#score(seat, report.score);
    if (report.log && !seat.borrowed) seat.diary.follow(seat.score);
    if (report.log) seat.share?.changed();
    if (report.records) this.#records(seat, report.records);
    const rests = seat.running && report.running === false;
    seat.running = report.running ?? seat.running;
    const tone = /** @type {HTMLElement | null} */ (stage.firstElementChild)?.dataset.tone;
    if (rests) follow(undefined);
    else if (seat.running && tone !== undefined) follow(seat.visible ? tone : undefined);
    if (report.describe && !seat.show) this.#announce(seat, report.describe);
    if (report.refused) this.#refuse(seat, report.refused);
    else if (report.patch && seat.refused) this.#accept(seat);
    if (report.status === 'ready') this.#ready(seat);
    else if (report.status === 'error') this.#status(seat, 'error', say('This game stopped: {reason}', { reason: report.error }));
    else if (report.repeated !== undefined) this.#status(seat, 'loading', say('Bringing your run back: {done}', { done: percent(report.repeated / 100) }));
    if (report.show && seat.show) this.#announce(seat, seat.show.say(report.show));
    if (rests) this.#announce(seat, seat.sentence);
    seat.numbers?.changed();
  }

  /** @param {Seat} seat */
  #ready(seat) {
    if (!seat.ready) performance.mark(`neuronauts:ready:${seat.game}`);
    seat.ready = true;
    if (!seat.refused) this.#greet(seat);
    else if (seat.element) seat.element.dataset.status = 'ready';
    if (seat.waiting.length > 0) this.#own(seat);
    for (const message of seat.waiting.splice(0)) this.#messages.push([seat.id, message]);
    this.#schedule();
  }

  /** @param {Seat} seat @param {number | null} score */
  #score(seat, score) {
    if (!seat.element) return;
    if (seat.show) return seat.show.score(score); // watched, not won
    seat.score = score;
    seat.element.dataset.score = score === null ? '' : String(score);
    if (score === 1 && !seat.element.hasAttribute('data-won') && !seat.borrowed) {
      seat.diary.win();
      showMedal(seat.element, seat.places);
      ring();
      seat.result?.show();
    }
    seat.element.toggleAttribute('data-won', score === 1);
  }

  /** What came with somebody's link is not the learner's own. @param {Seat} seat @param {Record<string, number>} records */
  #records(seat, records) {
    if (seat.borrowed) seat.lent = records;
    else seat.diary.record(Object.fromEntries(Object.entries(records).filter(([what, n]) => seat.lent[what] !== n)));
    if (seat.element) showBest(seat.element, seat.places);
  }

  /**
   * Have a screen reader say how things stand, in the one place of the game that it listens to: while the
   * game runs now and then, and what it came to as soon as it rests.
   * @param {Seat} seat @param {string} sentence
   */
  #announce(seat, sentence) {
    seat.sentence = sentence;
    if (seat.running && this.#announcing.has(seat)) return;
    clearTimeout(this.#announcing.get(seat));
    const wait = seat.running ? seat.told + ANNOUNCE_EVERY - performance.now() : 0;
    const tell = () => {
      this.#announcing.delete(seat);
      const live = seat.element?.querySelector('[data-describe]');
      if (!live || live.textContent === seat.sentence) return;
      live.textContent = seat.sentence;
      seat.told = performance.now();
    };
    this.#announcing.set(seat, setTimeout(tell, Math.max(wait, ANNOUNCE_AFTER)));
  }

  /** What there is to say when a game is ready. @param {Seat} seat */
  #greet(seat) {
    this.#status(seat, 'ready');
    const line = seat.element?.querySelector('[data-boot]');
    if (!line || seat.show) return;
    if (seat.unreadable) {
      seat.refused = true; // said until something works
      line.textContent = seat.unreadable;
      seat.element?.dispatchEvent(new CustomEvent('refused', { detail: seat.unreadable }));
      seat.unreadable = '';
    } else if (seat.borrowed) line.textContent = outcome(seat);
    else if (!seat.greeted && untouched(seat)) this.#offer(seat, line);
    seat.greeted = true;
  }

  /** Offer to go on with the run that was left. @param {Seat} seat @param {Element} line */
  async #offer(seat, line) {
    const last = await lastOf(seat);
    if (!last || !seat.ready || !untouched(seat) || seat.show || line.hasChildNodes()) return;
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'tool', textContent: say('Go on where you were') });
    button.dataset.tool = 'go-on';
    line.append(button);
  }

  /** What was not taken, and what is allowed, until the next thing works. @param {Seat} seat @param {string} why @param {string} [shown] */
  #refuse(seat, why, shown = seat.borrowed ? say('The link’s moves could be followed up to here: {reason}', { reason: why }) : why) {
    seat.refused = true;
    console.warn(`${seat.game}: ${why}`);
    seat.element?.dispatchEvent(new CustomEvent('refused', { detail: why }));
    const line = seat.element?.querySelector('[data-boot]');
    if (line) line.textContent = shown;
    this.#announce(seat, why);
  }

  /** What was typed into a field means nothing to its game; '' when it was mended. @param {HTMLElement} element @param {string} why */
  #typed(element, why) {
    const seat = this.#byElement.get(element);
    if (seat && why) this.#refuse(seat, why, why);
    else if (seat?.ready) this.#accept(seat);
    else if (seat) seat.refused = false;
  }

  /** @param {Seat} seat */
  #accept(seat) {
    seat.refused = false;
    this.#status(seat, 'ready');
  }

  /** @param {Seat} seat @param {string} status @param {string} [sentence] */
  #status(seat, status, sentence) {
    if (!seat.element) return;
    seat.element.dataset.status = status;
    const line = seat.element.querySelector('[data-boot]');
    if (line && (sentence !== undefined || status === 'ready')) line.textContent = sentence ?? '';
  }

  /** @param {import('./runtime.js').Progress} progress */
  #progress({ stage, loaded, total }) {
    const sentence = total ? said(stage, loaded ?? 0, total) : say(stage);
    for (const seat of this.#seats.values()) {
      if (!seat.ready && !seat.refused && seat.waiting.length === 0) this.#status(seat, 'loading', sentence);
    }
  }

  /** @param {{reason: string, again: boolean}} detail */
  #down({ reason, again }) {
    this.#up = this.#opening = this.#running = false;
    this.#inFlight = 0;
    console.warn(`Python stopped (${reason})${again ? '; starting it once more' : ''}`);
    for (const seat of this.#seats.values()) {
      seat.ready = false;
      seat.show?.end();
      seat.show = null;
      const sentence = again
        ? say('Python stopped; it is being started again, and your run will come back.')
        : say('Python cannot run here ({reason}). Everything on this page can still be read.', { reason });
      this.#status(seat, again ? 'loading' : 'error', sentence);
    }
    for (const go of this.#answered.splice(0)) go();
  }
}

/** Whether two messages come from one control: all but the value is the same. @param {any[]} a @param {any[]} b */
function sameControl(a, b) {
  return a.length === b.length && JSON.stringify(a.slice(0, -1)) === JSON.stringify(b.slice(0, -1));
}

/** What came of the moves in the address, computed here. @param {Seat} seat */
function outcome(seat) {
  const n = movesOf(seat);
  if (seat.score === 1) {
    return say.count(
      'Won in {n} move: the link’s moves were played again and the win computed here.',
      'Won in {n} moves: the link’s moves were played again and the win computed here.',
      n,
    );
  }
  if (seat.score === null) {
    return say.count(
      'The link’s {n} move was played again and all of it computed here.',
      'The link’s {n} moves were played again and all of it computed here.',
      n,
    );
  }
  return say.count(
    'The link’s {n} move was played again and all of it computed here. Not won, score {score}.',
    'The link’s {n} moves were played again and all of it computed here. Not won, score {score}.',
    n,
    { score: fixed(seat.score, 2) },
  );
}

/** The run that this device has kept of a placed game, where it is worth going on with. @param {Seat} seat */
async function lastOf(seat) {
  const last = await recallLast(seat.places);
  const same = last && sameParams(seat.params, last.params);
  const asked = seat.element?.hasAttribute('data-from-link') && here().searchParams.has('seed');
  return same && last.score !== 1 && (!asked || last.seed === seat.seed) ? last : null;
}

/** @param {string} value */
const isSeed = (value) => /^\d{1,10}$/.test(value) && Number(value) < 2 ** 32;

/** Whether nothing was done in a game yet. @param {Seat} seat */
const untouched = (seat) => movesOf(seat) === 0 && seat.waiting.length === 0 && !seat.borrowed;

/** On a game's own page the address sets the seed and the parameters. @param {Seat} seat */
function readLink(seat) {
  for (const [name, value] of new URL(unescaped(here().href)).searchParams) {
    if (name === 'seed' && isSeed(value)) seat.seed = Number(value);
    else if (name === 'seed') {
      const given = { value: value.slice(0, 40), largest: 2 ** 32 - 1, seed: seat.seed };
      seat.unreadable = say('The seed “{value}” in the address is not a whole number from 0 to {largest}; the game has seed {seed}.', given);
    } else seat.params = { ...seat.params, [name]: value };
  }
}
