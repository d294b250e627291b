// @ts-check
// What a course package's launch page tells the learning platform (SCORM 1.2 and 2004), and what it
// takes up again from there. It sees the game only as any page does: by the element's events and state().
//
// The score is the best one reached, in percent. A won game is passed; one without a win is completed
// once it can be played. The moves are kept as a run's text, or only seed and parameters where the
// platform has no room for more. Whatever the platform answers, play goes on; what it could not be given,
// as without a network, waits on the device for the same learner's next visit.

import { say } from './words.js';

/** @typedef {'1.2' | '2004'} Version */
/** @typedef {HTMLElement & {state(): Promise<any>}} GameElement */

const EVERY = 5000; // milliseconds between two looks at what is new
const CALM = 500; // milliseconds without a new score before it is kept
const FARTHEST = 50; // windows between this page and the platform's

/** What is the same in both versions, and what each calls it. */
const CALLS = {
  '1.2': {
    api: 'API', begin: 'LMSInitialize', end: 'LMSFinish', get: 'LMSGetValue', set: 'LMSSetValue',
    commit: 'LMSCommit', error: 'LMSGetLastError', reason: 'LMSGetErrorString',
  },
  2004: {
    api: 'API_1484_11', begin: 'Initialize', end: 'Terminate', get: 'GetValue', set: 'SetValue',
    commit: 'Commit', error: 'GetLastError', reason: 'GetErrorString',
  },
};
const NAMES = {
  '1.2': {
    raw: 'cmi.core.score.raw', min: 'cmi.core.score.min', max: 'cmi.core.score.max', status: 'cmi.core.lesson_status',
    location: 'cmi.core.lesson_location', memory: 'cmi.suspend_data', time: 'cmi.core.session_time', exit: 'cmi.core.exit',
    learner: 'cmi.core.student_id',
  },
  2004: {
    raw: 'cmi.score.raw', min: 'cmi.score.min', max: 'cmi.score.max', status: 'cmi.completion_status',
    location: 'cmi.location', memory: 'cmi.suspend_data', time: 'cmi.session_time', exit: 'cmi.exit',
    learner: 'cmi.learner_id',
  },
};
/** Letters that `cmi.suspend_data` surely holds. */
const ROOM = { '1.2': 4096, 2004: 64_000 };

/** A platform's API, whose answers are looked at: what it refuses is said once, and stops nothing. */
export class Lms {
  /** @type {Map<string, string>} what was not taken and not taken since, and why */ #refused = new Map();

  /** @param {Version} version @param {any} api */
  constructor(version, api) {
    this.version = version;
    this.api = api;
    this.calls = CALLS[version];
    this.names = NAMES[version];
    this.room = ROOM[version];
  }

  /**
   * Look for an API in the windows around `here` and in those that opened them, the wanted version first.
   * @param {Window} here @param {Version} wanted
   */
  static find(here, wanted) {
    const other = /** @type {Version} */ (wanted === '2004' ? '1.2' : '2004');
    for (const version of [wanted, other]) {
      const api = around(here, CALLS[version].api);
      if (api) return new Lms(version, api);
    }
    return null;
  }

  /** Why something was not taken; '' while all is well. */
  get trouble() {
    return [...this.#refused.values()][0] ?? '';
  }

  /** Whether it listens now; it may have been begun before, and then refuse to be so again. */
  begin() {
    if (this.#do('begin', '')) return true;
    let status;
    try {
      status = this.api[this.calls.get](this.names.status);
    } catch {
      return false;
    }
    const open = Boolean(status) || this.#error() === '0'; // some keep an error though it is over
    if (open) this.#refused.clear();
    return open;
  }

  end() {
    return this.#do('end', '');
  }

  commit() {
    return this.#do('commit', '');
  }

  /** @param {string} name */
  get(name) {
    try {
      return String(this.api[this.calls.get](name) ?? '');
    } catch {
      return '';
    }
  }

  /** @param {string} name @param {string | number} value @param {boolean} [matters] or nobody need hear that it is refused */
  set(name, value, matters = true) {
    const done = this.#do('set', name, String(value));
    if (!matters) this.#refused.delete(name);
    return done;
  }

  #error() {
    try {
      return String(this.api[this.calls.error]() ?? '0');
    } catch {
      return '0';
    }
  }

  /** What the platform says of its last error; not all say anything. */
  #reason() {
    try {
      return String(this.api[this.calls.reason](this.#error()) ?? '');
    } catch {
      return '';
    }
  }

  /** @param {'begin' | 'end' | 'set' | 'commit'} what @param {string[]} given */
  #do(what, ...given) {
    let done = false;
    let reason = '';
    try {
      // The standard's yes is "true". There are platforms whose yes is 1, and such as say nothing.
      const said = String(this.api[this.calls[what]](...given) ?? '').toLowerCase();
      done = ['true', '1'].includes(said) || (said === '' && this.#error() === '0');
      if (!done) reason = this.#reason();
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    const part = what === 'set' ? given[0] : what;
    if (done) this.#refused.delete(part);
    else this.#refused.set(part, reason || say('it gave no reason'));
    return done;
  }
}

/** What the platform could not be given, on the device, until it can. */
class Shelf {
  /** @param {Lms} lms */
  constructor(lms) {
    const learner = lms.get(lms.names.learner);
    this.key = learner && `neuronauts:lms:${globalThis.location?.pathname}:${learner}`; // nobody gets another's
  }

  /** @returns {{best?: number, passed?: boolean, memory?: string}} */
  look() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? '{}') ?? {};
    } catch {
      return {};
    }
  }

  /** @param {{best: number, passed: boolean, memory: string} | null} what null: it has been given */
  put(what) {
    try {
      if (!what) localStorage.removeItem(this.key);
      else if (this.key) localStorage.setItem(this.key, JSON.stringify(what));
    } catch {
      // a frame whose storage is blocked
    }
  }
}

/** The object called `name` of the nearest window that has one. @param {any} here @param {string} name */
function around(here, name) {
  /** @type {any[]} */ const starts = [here];
  for (let start = starts.shift(), seen = 0; start && seen < FARTHEST; start = starts.shift()) {
    for (let at = start, last = null; at !== last && seen < FARTHEST; last = at, at = parentOf(at), seen += 1) {
      const found = look(at, name);
      if (found) return found;
      const opener = look(at, 'opener');
      if (opener) starts.push(opener);
    }
  }
  return null;
}

/** @param {any} other a window, perhaps of another origin */
const parentOf = (other) => look(other, 'parent') ?? other;

/** @param {any} other @param {string} name */
function look(other, name) {
  try {
    return other[name] ?? null;
  } catch {
    return null; // a window of another origin shows nothing
  }
}

/**
 * Report a game to a platform, and bring back what it kept.
 * @param {GameElement} game
 * @param {Lms} lms
 * @param {(sentence: string) => void} inform tells the learner; '' when there is nothing to tell
 */
export function report(game, lms, inform) {
  const { names } = lms;
  const began = performance.now();
  if (!lms.begin()) {
    return inform(say('Your course does not answer ({reason}), so nothing is recorded. You can play all the same.', { reason: lms.trouble }));
  }
  const status = new Status(lms);
  let best = Number(lms.get(names.raw)) || 0;
  let memory = lms.get(names.memory);
  let playing = false;
  let ended = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let soon;
  const shelf = new Shelf(lms);

  const tell = () => {
    if (lms.trouble) inform(say('Your course did not take this ({reason}). You can play on.', { reason: lms.trouble }));
    else if (memory.startsWith('{')) {
      inform(say('These are more moves than your course can keep: next time the game opens at its start. Your score is kept.'));
    } else inform('');
  };

  const deliver = () => shelf.put(lms.commit() ? null : { best, passed: status.passed, memory });

  const save = () => {
    deliver();
    tell();
  };

  /** @param {number | null} score */
  const rate = (score) => {
    if (score === null) return;
    const percent = Math.round(100 * score);
    if (percent < best) return;
    best = percent;
    lms.set(names.min, 0, false);
    lms.set(names.max, 100, false);
    lms.set(names.raw, percent);
    if (lms.version === '2004') {
      lms.set('cmi.score.scaled', percent / 100);
      lms.set('cmi.progress_measure', percent / 100, false);
    }
  };

  /** Keep the moves, if there are new ones. */
  const keep = async () => {
    if (!playing || ended) return;
    const { game: slug, seed, params, run } = await game.state();
    const fits = run && run.length <= lms.room;
    const now = fits ? run : JSON.stringify({ seed, params }).slice(0, lms.room);
    if (now === memory || ended) return;
    memory = now;
    lms.set(names.memory, memory);
    lms.set(names.location, `${slug}?seed=${seed}`, false);
    save();
  };
  const keepCalmly = () => keep().catch(() => {}); // a game that was taken away has nothing to keep

  const waiting = shelf.look();
  if (waiting.best) rate(waiting.best / 100);
  if (waiting.passed) status.pass();
  if (waiting.memory) lms.set(names.memory, (memory = waiting.memory));
  if (waiting.memory !== undefined) save();
  bringBack(game, memory);

  game.addEventListener('ready', (event) => {
    playing = true;
    if (/** @type {CustomEvent} */ (event).detail.score === null) status.complete();
    else status.begin();
    save();
  });
  game.addEventListener('score', (event) => {
    rate(/** @type {CustomEvent} */ (event).detail.score);
    clearTimeout(soon);
    soon = setTimeout(keepCalmly, CALM);
  });
  game.addEventListener('won', () => {
    rate(1);
    status.pass();
    save();
    keepCalmly();
  });
  setInterval(() => document.hidden || keepCalmly(), EVERY);
  document.addEventListener('visibilitychange', keepCalmly);
  addEventListener('pagehide', () => {
    if (ended) return;
    ended = true;
    lms.set(names.time, duration((performance.now() - began) / 1000, lms.version), false);
    lms.set(names.exit, 'suspend', false); // or what was kept would be thrown away
    deliver();
    lms.end();
  });
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
}

/** How far the learner is, as the platform's version says it; it never goes back. */
class Status {
  /** @param {Lms} lms */
  constructor(lms) {
    this.lms = lms;
    this.passed = lms.get(lms.version === '2004' ? 'cmi.success_status' : lms.names.status) === 'passed';
    this.now = lms.get(lms.names.status);
  }

  begin() {
    if (!['incomplete', 'completed', 'passed'].includes(this.now)) this.#set('incomplete');
  }

  complete() {
    if (!['completed', 'passed'].includes(this.now)) this.#set('completed');
  }

  pass() {
    if (this.passed) return;
    this.passed = true;
    if (this.lms.version === '2004') {
      this.#set('completed');
      this.lms.set('cmi.success_status', 'passed');
    } else this.#set('passed');
  }

  /** @param {string} status */
  #set(status) {
    this.now = status;
    this.lms.set(this.lms.names.status, status);
  }
}

/** Give the element what the platform kept. @param {GameElement} game @param {string} memory */
function bringBack(game, memory) {
  if (/^\d+\./.test(memory)) return game.setAttribute('run', memory);
  try {
    const { seed, params } = JSON.parse(memory);
    game.setAttribute('seed', String(Number(seed)));
    game.setAttribute('params', JSON.stringify(params));
  } catch {
    // nothing was kept
  }
}

/**
 * A span of time as the version writes it: `0001:02:03.45` in 1.2, ISO 8601's `PT1H2M3.45S` in 2004.
 * @param {number} seconds @param {Version} version
 */
export function duration(seconds, version) {
  const hundredths = Math.round(100 * seconds);
  const hours = Math.floor(hundredths / 360_000);
  const minutes = Math.floor(hundredths / 6000) % 60;
  const rest = (hundredths % 6000) / 100;
  if (version === '2004') return `PT${hours}H${minutes}M${rest}S`;
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return `${String(hours).padStart(4, '0')}:${two(minutes)}:${rest.toFixed(2).padStart(5, '0')}`;
}

const wanted = globalThis.document?.documentElement.dataset.scorm;
if (wanted) {
  const said = /** @type {HTMLElement} */ (document.getElementById('said'));
  const inform = (/** @type {string} */ sentence) => {
    if (said.textContent !== sentence) said.textContent = sentence;
  };
  const game = /** @type {GameElement} */ (document.querySelector('neuronauts-game'));
  const lms = Lms.find(window, /** @type {Version} */ (wanted));
  if (lms) report(game, lms, inform);
  else inform(say('This page is not part of a course, so nothing is recorded. You can play all the same.'));
}
