// @ts-check
// A Python for the learner's own lines, walled off (sandbox.html): started when it is first asked
// for, stopped when a line takes too long, and thrown away then. It knows neither pages nor cards, and
// takes what comes from there for text, whatever it claims.

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

/** @typedef {{frame: HTMLIFrameElement, port: MessagePort}} Bench */

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
   * @param {(sentence: string) => void} say tells how the start goes on
   * @returns {Promise<Answer>}
   */
  run(code, given, say) {
    const turn = this.#last.then(async () => {
      clearTimeout(this.#idle);
      const bench = await (this.#bench ??= this.#start(say));
      say('');
      const answer = await this.#answer(bench, code, given);
      this.#idle = setTimeout(() => this.#end(), UNUSED);
      return answer;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** @param {(sentence: string) => void} say @returns {Promise<Bench>} */
  async #start(say) {
    say('Starting a Python for your own lines…');
    try {
      const cargo = await this.#pack();
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', 'allow-scripts');
      Object.assign(frame, { srcdoc: this.sandbox, hidden: true, title: 'A Python for your own lines' });
      const loaded = new Promise((resolve) => (frame.onload = resolve));
      document.documentElement.append(frame); // beside the body, which is another on the next page
      await loaded;
      const { port1, port2 } = new MessageChannel();
      frame.contentWindow?.postMessage(cargo, '*', [port2]); // it has no origin to name
      const bench = { frame, port: port1 };
      const failed = 'Python could not be started here';
      return await this.#listen(bench, failed, (said, done, alive) => {
        alive(GETTING_READY);
        if (said.neuronauts === 'boot') say(progress(said));
        else if (said.ready) done(bench);
        else if (said.failed) throw new Error(`${failed} (${text(said.failed)}).`);
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
      if (!response.ok) throw new Error(`${url} could not be loaded (${response.status ?? response}).`);
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
    const stopped = 'Stopped: it took longer than five seconds. Is there a loop that never ends?';
    let begun = false;
    return this.#listen(bench, stopped, (said, done, alive) => {
      if (said.begun && !begun) alive(LIMIT);
      begun ||= Boolean(said.begun);
      const { printed, shown, value, error } = said.answer ?? {};
      if (said.answer) done({ printed: text(printed), shown: text(shown), value: text(value), error: text(error) });
    }, { code, given });
  }

  /**
   * Ask, and wait for what is said; without a sign of life, or when it fails, the bench is thrown away.
   * @template T
   * @param {Bench} bench
   * @param {string} late what to say then
   * @param {(said: any, done: (value: T) => void, alive: (milliseconds: number) => void) => void} hear
   * @param {object} question
   * @returns {Promise<T>}
   */
  #listen({ frame, port }, late, hear, question) {
    return new Promise((resolve, reject) => {
      /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
      /** @param {string} reason */
      const fail = (reason) => {
        clearTimeout(timer);
        port.close();
        frame.remove();
        this.#bench = null;
        reject(new Error(reason));
      };
      /** @param {number} milliseconds */
      const alive = (milliseconds) => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(late), milliseconds);
      };
      port.onmessage = ({ data }) => {
        try {
          const said = Object(JSON.parse(data));
          if (said.stopped) fail(`This Python has stopped: ${text(said.stopped)}. The next run starts a new one.`);
          else hear(said, (value) => (clearTimeout(timer), resolve(value)), alive);
        } catch (error) {
          fail(error instanceof Error ? error.message : String(error));
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

/** What is shown of something that may be anything. @param {unknown} said */
const text = (said) => (typeof said === 'string' ? said : '');

/** @param {any} said */
function progress({ stage, loaded, total }) {
  const size = (/** @type {unknown} */ bytes) => (Number(bytes) / 1e6).toFixed(1);
  return Number(total) ? `${text(stage)}: ${size(loaded)} of ${size(total)} MB` : `${text(stage)}…`;
}
