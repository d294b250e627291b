// @ts-check
// Starts Python in a PyScript worker, keeps watch over it and starts it once more if it dies; or takes
// a line to a Python that another frame of the page has started (siblings.js). It knows no game:
// packets go in and come out as plain objects.

import { whatIsBlocked } from './blocked.js';
import { plainWorkers, standBack, standIn } from './stand-in.js';
import { say } from './words.js';

/**
 * @typedef {object} Settings what the page's builder says about the runtime (<script id="runtime">)
 * @property {string} core PyScript's entry module
 * @property {string} type the `type` of the script element that PyScript takes up
 * @property {string} start the Python in it
 * @property {string} memory the name of the cache that keeps the memory of a started Python
 * @property {Record<string, unknown> & {interpreter: string}} config PyScript's configuration
 * @property {import('./scratch.js').Carried} carried what a Python needs that can fetch nothing
 * @property {string} sandbox the page in which such a Python runs
 *
 * @typedef {object} Progress
 * @property {string} stage what is going on, in words for the learner
 * @property {number} [loaded] bytes so far
 * @property {number} [total] bytes altogether
 *
 * @typedef {object} Siblings the other frames that one Python may serve
 * @property {(runtime: Runtime) => Runtime} leader which of them is to have the worker, maybe this one
 * @property {(runtime: Runtime) => boolean} gone whether its frame was taken away
 * @property {() => void} resign this one cannot have a worker
 *
 * @typedef {Worker & {onerror: any}} XWorker
 */

const BEAT = 400; // milliseconds between questions to the worker
const PATIENCE = 50; // unanswered beats (20 s) that mean it hangs: a slow computer is silent for seconds
const KEEP_AFTER = 10_000; // milliseconds of play before the next visit is prepared
const BOOT_LIMIT = 90_000; // milliseconds without any sign of life while starting
const BLOCKED_LIMIT = 10_000; // the same where a policy has blocked something

export class Runtime extends EventTarget {
  /** @type {MessagePort | null} */ #port = null;
  /** @type {XWorker | null} */ #worker = null;
  /** @type {number | undefined} */ #watch;
  /** @type {Runtime | null} who has the worker, if it is another frame's */ #lender = null;
  /** @type {MessagePort[]} lines that wait for the worker */ #waiting = [];
  /** @type {Set<string>} the games that were opened here */ #played = new Set();
  #missed = 0;
  #starts = 0;
  #blocked = ''; // by a policy, while starting
  #resumed = false;
  #over = false; // Python will not come back

  /** @param {Settings} settings @param {Siblings | null} [siblings] */
  constructor(settings, siblings = null) {
    super();
    this.settings = settings;
    this.siblings = siblings;
    this.interpreter = new URL(settings.config.interpreter, location.href).href; // pages change
    // PyScript knows two languages and fetches the plug-ins of each that its configuration does not
    // switch off, used or not.
    this.configs = ['py-config', 'mpy-config'].map((name) => {
      const element = document.createElement(name);
      element.textContent = JSON.stringify({ ...settings.config, interpreter: this.interpreter });
      return element;
    });
    this.core = new URL(settings.core, location.href).href;
    document.addEventListener('securitypolicyviolation', (violation) => {
      const sentence = this.#starts && !this.#port ? whatIsBlocked(violation) : '';
      if (!sentence) return;
      this.#blocked = sentence;
      this.#tell('progress', { stage: sentence });
    });
  }

  /**
   * Why this browser cannot run the games, or '' when it can.
   * @returns {string}
   */
  static missing() {
    if (typeof WebAssembly !== 'object') return 'WebAssembly';
    if (typeof Worker !== 'function' || !moduleWorkers()) return say('module workers');
    if (typeof DecompressionStream !== 'function') return say('decompression of downloads');
    return '';
  }

  /**
   * Get a line to Python; fires 'progress', then 'up' once packets can be posted, and 'fetched' with the
   * address of each file that Python has fetched since.
   */
  start() {
    const leader = this.siblings?.leader(this) ?? this;
    if (leader === this) this.#begin();
    else this.#borrow(leader);
  }

  /** Start the worker. */
  async #begin() {
    this.#starts += 1;
    document.head.append(...this.configs);
    if (window.origin === 'null' && location.protocol !== 'file:') plainWorkers();
    standIn(); // PyScript opens one while it is loaded
    try {
      await import(this.core);
    } catch (error) {
      return this.#fail(say('PyScript could not be loaded: {error}', { error: String(error) }));
    } finally {
      standBack();
    }
    const script = Object.assign(document.createElement('script'), {
      type: this.settings.type,
      textContent: this.settings.start,
    });
    script.setAttribute('worker', '');
    document.head.append(script);
    const begun = performance.now();
    while (!('xworker' in script)) {
      if (performance.now() - begun > this.#limit) return this.#fail(say('Python could not be loaded'));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const worker = (this.#worker = /** @type {XWorker} */ (script.xworker));
    let heard = performance.now();
    let lock = ''; // held by the worker until its end
    worker.addEventListener('message', ({ data }) => {
      heard = performance.now();
      if (data?.neuronauts === 'boot') {
        if (data.resumed) {
          this.#resumed = true;
          performance.mark('neuronauts:resumed');
        }
        if (data.lock && !lock) {
          lock = data.lock;
          navigator.locks.request(lock, () => {
            if (worker === this.#worker) this.#fail(say('the worker has ended'));
          });
        }
        if (data.blocked) this.#blocked = data.stage;
        this.#tell('progress', data);
      } else if (data?.neuronauts === 'fetched') this.#tell('fetched', data);
      else if (data?.neuronauts === 'up') this.#connect((port) => worker.postMessage('port', [port]));
    });
    worker.onerror = (/** @type {ErrorEvent} */ event) => {
      console.error(event.error ?? event.message);
      this.#fail(String(event.message || event.error));
    };
    const waiting = setInterval(() => {
      if (this.#port || worker !== this.#worker) clearInterval(waiting);
      else if (performance.now() - heard > this.#limit) {
        clearInterval(waiting);
        this.#fail(say('Python took too long to start'));
      }
    }, 1000);
  }

  get #limit() {
    return this.#blocked ? BLOCKED_LIMIT : BOOT_LIMIT;
  }

  /**
   * Have the games of a track on their way before Python asks for them.
   * @param {string} pack where they lie, from the root of the site
   */
  expect(pack) {
    const address = new URL(`../${pack}`, this.interpreter);
    fetch(address).then((response) => response.arrayBuffer()).catch(() => {}); // Python will tell
  }

  /**
   * Wait for Python.
   * @returns {Promise<boolean>} whether packets can be posted; false where it will not come
   */
  async ready() {
    while (!this.#port && !this.#over) {
      await new Promise((go) => {
        for (const turn of ['up', 'down']) this.addEventListener(turn, go, { once: true });
      });
    }
    return !this.#over;
  }

  /** Send a packet to the host. @param {object} packet */
  post(packet) {
    if ('game' in packet) this.#played.add(String(packet.game));
    this.#port?.postMessage(JSON.stringify(packet));
  }

  // --- one Python for several frames ----------------------------------------------------------------
  // The methods without # are called by runtimes of other frames, whose class is not this one.

  /** @param {Runtime} lender */
  #borrow(lender) {
    this.#lender = lender;
    lender.addEventListener('progress', this.#pass);
    lender.addEventListener('down', this.#lost);
    this.#connect((port) => lender.lend(port));
    this.#watch = setInterval(() => {
      if (this.siblings?.gone(lender)) this.#lose(say('the game that had started it is no longer there'), true);
    }, BEAT);
  }

  /** Another frame wants to talk to the worker. @param {MessagePort} port */
  lend(port) {
    if (this.#port && this.#worker) this.#worker.postMessage('port', [port]);
    else this.#waiting.push(port);
  }

  /** What the worker said to another frame shows that it cannot go on. @param {string} reason */
  spoilt(reason) {
    this.#fail(reason);
  }

  #pass = (/** @type {any} */ { detail }) => this.#tell('progress', detail);
  #lost = (/** @type {any} */ { detail }) => this.#lose(detail.reason, detail.again);

  /** The line to another frame's Python is dead. @param {string} reason @param {boolean} again */
  #lose(reason, again) {
    clearInterval(this.#watch);
    this.#port?.close();
    this.#port = null;
    this.#lender?.removeEventListener('progress', this.#pass);
    this.#lender?.removeEventListener('down', this.#lost);
    this.#lender = null;
    this.#end(reason, again);
    if (again) this.start();
  }

  // --- the line -------------------------------------------------------------------------------------

  /** @param {(port: MessagePort) => void} hand takes the other end to the worker */
  #connect(hand) {
    const { port1, port2 } = new MessageChannel();
    const lender = this.#lender;
    port1.onmessage = ({ data }) => {
      if (lender !== this.#lender) return; // a line of before
      this.#missed = 0;
      const [text, ...buffers] = typeof data === 'string' ? [data] : data;
      const packet = JSON.parse(text);
      if (packet.kind === 'hello') {
        this.#port = port1;
        this.#blocked = '';
        if (!lender) {
          this.#watch = setInterval(() => this.#beat(), BEAT);
          if (!this.#resumed) setTimeout(() => this.#keepMemory(), KEEP_AFTER);
          for (const waiting of this.#waiting.splice(0)) this.lend(waiting);
        }
        this.#tell('up', {});
      } else if (packet.kind === 'frame') this.#tell('frame', { packet, buffers });
      else if (packet.kind === 'file') this.#tell('file', packet);
      else if (packet.kind === 'numbers' || packet.kind === 'csv') this.#tell('numbers', packet);
      else if (packet.kind === 'check') this.#tell('check', packet);
      else if (packet.kind === 'compare') this.#tell('compare', packet);
      else if (packet.kind === 'fatal') (lender ?? this).spoilt(packet.reason);
    };
    hand(port2);
  }

  /**
   * Prepare the next visit, in a worker of its own: it starts a Python from the files that are here
   * already and keeps its memory, so that the next visit need not start one.
   */
  async #keepMemory() {
    if (window.origin === 'null') return; // a frame without an origin, or a file: no such workers
    const allowed = await globalThis.caches?.has(this.settings.memory).then(() => true, () => false);
    if (!this.#port || !allowed || /** @type {any} */ (navigator).connection?.saveData) return;
    const worker = new Worker(new URL('./keeper-worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => {
      if (data.neuronauts) return; // how its start goes on
      if (data.kept) performance.mark('neuronauts:kept');
      else console.warn(`Nothing was kept for the next visit: ${data.failed}`);
      worker.terminate();
    };
    worker.postMessage({ interpreter: this.interpreter, played: [...this.#played] });
  }

  /** Beats are counted, not timed, so that a computer that slept does not look like a death. */
  #beat() {
    this.#missed += 1;
    if (this.#missed > PATIENCE) this.#fail(say('the worker stopped answering'));
    else this.#port?.postMessage('{"kind":"ping"}');
  }

  /** @param {string} reason */
  #fail(reason) {
    clearInterval(this.#watch);
    this.#worker?.terminate();
    this.#port?.close();
    this.#worker = this.#port = null;
    this.#missed = 0;
    this.#waiting = [];
    const forgotten = this.#resumed && caches.delete(this.settings.memory); // it may be to blame
    this.#resumed = false;
    reason = this.#blocked || reason;
    const again = this.#starts < 2;
    if (!again) this.siblings?.resign();
    this.#end(reason, again);
    if (again) Promise.resolve(forgotten).catch(() => {}).then(() => this.#begin());
  }

  /** @param {string} reason @param {boolean} again whether it is started once more */
  #end(reason, again) {
    this.#over = !again;
    this.#tell('down', { reason, again });
  }

  /** @param {string} type @param {object} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Whether workers can be modules: a browser that knows of it asks for the `type`. */
function moduleWorkers() {
  let asked = false;
  const options = {
    /** @returns {'module'} */
    get type() {
      asked = true;
      throw new Error('asked'); // that is all we wanted to know: no worker is made
    },
  };
  try {
    new Worker('data:,', options).terminate();
  } catch {
    // as above, or a browser that refuses the address
  }
  return asked;
}
