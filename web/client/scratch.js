// @ts-check
// A Python for the learner's own lines, apart from the games': started when it is first asked for,
// stopped when a line takes too long, and thrown away then. It knows neither pages nor cards.

import { said, say } from './words.js';

/**
 * @typedef {object} Answer what web/scratch.py makes of a line
 * @property {string} text what was printed, and the result
 * @property {boolean | null} [agrees] whether it agrees with the value beside it
 * @property {string} [error] the last line of the traceback
 */

const LIMIT = 5000; // milliseconds that a line may take: a busy computer lets a worker wait for seconds
const GETTING_READY = 60_000; // milliseconds without a sign of life before one gives up
const UNUSED = 180_000; // milliseconds after which an idle Python gives its memory back

export class Scratch {
  /** @type {Promise<Worker> | null} */ #worker = null;
  /** @type {Promise<unknown>} the end of the line of runs */ #last = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #idle;

  /** @param {string} interpreter the address of boot.mjs */
  constructor(interpreter) {
    this.interpreter = interpreter;
  }

  /**
   * Run `code`; rejects with a sentence for the learner when it was stopped or cannot run at all.
   * @param {string} code
   * @param {string} given the card's numbers, as web/scratch.py packs them
   * @param {(sentence: string) => void} tell says how the start goes on
   * @returns {Promise<Answer>}
   */
  run(code, given, tell) {
    const turn = this.#last.then(async () => {
      clearTimeout(this.#idle);
      const worker = await (this.#worker ??= this.#start(tell));
      tell('');
      const answer = await this.#answer(worker, code, given);
      this.#idle = setTimeout(() => this.#end(), UNUSED);
      return answer;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** @param {(sentence: string) => void} tell @returns {Promise<Worker>} */
  #start(tell) {
    const worker = new Worker(new URL('./scratch-worker.js', import.meta.url), { type: 'module' });
    tell(say('Starting a Python for your own lines…'));
    return this.#listen(worker, say('Python could not be started here'), (data, done, alive) => {
      alive(GETTING_READY);
      if (data?.neuronauts === 'boot') tell(progress(data));
      else if (data?.ready) done(worker);
      else if (data?.failed) throw new Error(say('Python could not be started here ({reason}).', { reason: data.failed }));
    }, () => worker.postMessage({ interpreter: this.interpreter }));
  }

  /** @param {Worker} worker @param {string} code @param {string} given @returns {Promise<Answer>} */
  #answer(worker, code, given) {
    const stopped = say('Stopped: it took longer than five seconds. Is there a loop that never ends?');
    return this.#listen(worker, stopped, (data, done, alive) => {
      if (data?.begun) alive(LIMIT);
      else if (typeof data?.answer === 'string') done(JSON.parse(data.answer));
    }, () => worker.postMessage({ code, given }));
  }

  /**
   * Wait for what a worker says; without a sign of life, or when it fails, it is thrown away.
   * @template T
   * @param {Worker} worker
   * @param {string} late what to say then
   * @param {(data: any, done: (value: T) => void, alive: (milliseconds: number) => void) => void} hear
   * @param {() => void} ask
   * @returns {Promise<T>}
   */
  #listen(worker, late, hear, ask) {
    return new Promise((resolve, reject) => {
      /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
      /** @param {string} reason */
      const fail = (reason) => {
        clearTimeout(timer);
        worker.terminate();
        this.#worker = null;
        reject(new Error(reason));
      };
      /** @param {number} milliseconds */
      const alive = (milliseconds) => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(late), milliseconds);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        fail(say('This Python has stopped ({reason}). The next run starts a new one.', { reason: event.message || say('it could not be loaded') }));
      };
      worker.onmessage = ({ data }) => {
        try {
          hear(data, (value) => (clearTimeout(timer), resolve(value)), alive);
        } catch (error) {
          fail(error instanceof Error ? error.message : String(error));
        }
      };
      alive(GETTING_READY);
      ask();
    });
  }

  #end() {
    this.#worker?.then((worker) => worker.terminate());
    this.#worker = null;
  }
}

/** @param {import('./runtime.js').Progress} progress */
function progress({ stage, loaded, total }) {
  return total ? said(stage, loaded ?? 0, total) : say('{stage}…', { stage: say(stage) });
}
