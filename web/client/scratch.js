// @ts-check
// A Python for the learner's own lines, walled off (sandbox.html): started when it is first asked
// for, stopped when a line takes too long, and thrown away then. It knows neither pages nor cards, and
// takes what comes from there for text, whatever it claims.

import { said, say } from './words.js';

/**
 * @typedef {object} Answer what a line came to, as the line says
 * @property {string} printed
 * @property {string} shown the result, for reading
 * @property {string} value the result as web/scratch.py packs it; '' where it is no numbers
 * @property {string} error the last line of the traceback
 *
 * @typedef {object} Carried what the build says a Python without a network needs, from the site's root
 * @property {string[]} modules
 * @property {string[]} files
 * @property {Record<string, string>} published a gzipped file → the same as it was published
 * @property {string} probe tells by its headers whether the host compresses
 */

const LIMIT = 5000; // milliseconds that a line may take: a busy computer lets a worker wait for seconds
const GETTING_READY = 60_000; // milliseconds without a sign of life before one gives up
const UNUSED = 180_000; // milliseconds after which an idle Python gives its memory back
const NOWHERE = 'https://neuronauts.invalid/'; // as in carry.js: where the worker believes to be

/** @typedef {{frame: HTMLIFrameElement, port: MessagePort, used: boolean}} Bench */

/** It took too long, which no other Python would mend. */
class Late extends Error {}

export class Scratch {
  /** @type {Promise<Bench> | null} */ #bench = null;
  /** @type {Promise<unknown>} the end of the line of runs */ #last = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #idle;

  /** @param {import('./runtime.js').Settings} settings */
  constructor({ config, carried, sandbox }) {
    this.sandbox = sandbox;
    this.carried = carried;
    this.interpreter = carried.modules[0];
    const boot = new URL(config.interpreter, location.href).href;
    this.root = boot.slice(0, -this.interpreter.length);
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
      const { used } = await (this.#bench ??= this.#start(tell));
      const again = (/** @type {unknown} */ error) => {
        if (!used || error instanceof Late) throw error;
        return this.#once(code, given, tell); // perhaps an earlier line broke what this one needs
      };
      const answer = await this.#once(code, given, tell).catch(again);
      this.#idle = setTimeout(() => this.#end(), UNUSED);
      return answer;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** @param {string} code @param {string} given @param {(sentence: string) => void} tell @returns {Promise<Answer>} */
  async #once(code, given, tell) {
    const bench = await (this.#bench ??= this.#start(tell));
    bench.used = true;
    tell('');
    return this.#answer(bench, code, given);
  }

  /** @param {(sentence: string) => void} tell @returns {Promise<Bench>} */
  async #start(tell) {
    tell(say('Starting a Python for your own lines…'));
    try {
      const cargo = await this.#pack();
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', 'allow-scripts');
      Object.assign(frame, { srcdoc: this.sandbox, hidden: true, title: say('A Python for your own lines') });
      const loaded = new Promise((resolve) => (frame.onload = resolve));
      document.documentElement.append(frame); // beside the body, which is another on the next page
      await loaded;
      const { port1, port2 } = new MessageChannel();
      frame.contentWindow?.postMessage(cargo, '*', [port2]); // it has no origin to name
      const bench = { frame, port: port1, used: false };
      return await this.#listen(bench, say('Python could not be started here'), (heard, done, alive) => {
        alive(GETTING_READY);
        if (heard.neuronauts === 'boot') tell(progress(heard));
        else if (heard.ready) done(bench);
        else if (heard.failed) throw new Error(say('Python could not be started here ({reason}).', { reason: text(heard.failed) }));
      }, { interpreter: NOWHERE + this.interpreter });
    } catch (error) {
      this.#bench = null;
      throw error;
    }
  }

  /** What the worker lives from: its code, and the files that it would fetch if it could. */
  async #pack() {
    /** @param {string | URL} url */
    const get = async (url) => {
      const response = await fetch(url).catch((error) => error);
      if (!response.ok) throw new Error(say('{file} could not be loaded ({reason}).', { file: String(url), reason: String(response.status ?? response) }));
      return response;
    };
    const { published, probe } = this.carried;
    const encoding = (await get(this.root + probe)).headers.get('Content-Encoding') ?? '';
    /** @param {string} path */
    const file = async (path) => {
      const response = await get(this.root + path);
      const type = path.endsWith('.js') ? 'text/javascript' : 'application/wasm'; // else nobody asks
      return /** @type {const} */ ([path, { type, bytes: new Uint8Array(await response.arrayBuffer()), encoding }]);
    };
    /** @param {string} path */
    const module = async (path) => [path, await (await get(this.root + path)).text()];
    /** @param {string} name */
    const own = async (name) => (await get(new URL(name, import.meta.url))).text();
    const wanted = this.carried.files.map((path) => (encoding && published[path]) || path);
    const [worker, carry, modules, files] = await Promise.all([
      own('./scratch-worker.js'),
      own('./carry.js'),
      Promise.all(this.carried.modules.map(module)),
      Promise.all([...wanted, probe].map(file)),
    ]);
    const code = `${carry.replaceAll(/^export /gm, '')}\nboard();`;
    const freight = { modules: { ...Object.fromEntries(modules), 'worker.js': `aboard();\n${worker}` }, files: new Map(files) };
    return { code, freight, start: `${NOWHERE}worker.js` };
  }

  /** @param {Bench} bench @param {string} code @param {string} given @returns {Promise<Answer>} */
  #answer(bench, code, given) {
    const stopped = say('Stopped: it took longer than five seconds. Is there a loop that never ends?');
    let begun = false;
    return this.#listen(bench, stopped, (heard, done, alive) => {
      if (heard.begun && !begun) alive(LIMIT);
      begun ||= Boolean(heard.begun);
      const { printed, shown, value, error } = heard.answer ?? {};
      if (heard.spoiled) this.#end(); // the next line gets a Python of its own
      if (heard.answer) done({ printed: text(printed), shown: text(shown), value: text(value), error: text(error) });
    }, { code, given });
  }

  /**
   * Ask, and wait for what is said; without a sign of life, or when it fails, the bench is thrown away.
   * @template T
   * @param {Bench} bench
   * @param {string} late what to say then
   * @param {(heard: any, done: (value: T) => void, alive: (milliseconds: number) => void) => void} hear
   * @param {object} question
   * @returns {Promise<T>}
   */
  #listen({ frame, port }, late, hear, question) {
    return new Promise((resolve, reject) => {
      /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
      /** @param {Error} error */
      const fail = (error) => {
        clearTimeout(timer);
        port.close();
        frame.remove();
        this.#bench = null;
        reject(error);
      };
      /** @param {number} milliseconds */
      const alive = (milliseconds) => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(new Late(late)), milliseconds);
      };
      port.onmessage = ({ data }) => {
        try {
          const heard = Object(JSON.parse(data));
          if (heard.stopped) fail(new Error(say('This Python has stopped: {reason}. The next run starts a new one.', { reason: text(heard.stopped) })));
          else hear(heard, (value) => (clearTimeout(timer), resolve(value)), alive);
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)));
        }
      };
      alive(GETTING_READY);
      port.postMessage(question);
    });
  }

  #end() {
    this.#bench?.then(({ frame, port }) => {
      port.close();
      frame.remove();
    });
    this.#bench = null;
  }
}

/** What is shown of something that may be anything. @param {unknown} heard */
const text = (heard) => (typeof heard === 'string' ? heard : '');

/** @param {any} heard */
function progress({ stage, loaded, total }) {
  return Number(total) ? said(text(stage), Number(loaded), Number(total)) : say('{stage}…', { stage: say(text(stage)) });
}
