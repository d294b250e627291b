// @ts-check
// Starts Python in a PyScript worker, keeps watch over it and starts it once more if it dies.
// It knows no game: packets go in and come out as plain objects.

/**
 * @typedef {object} Settings what the page's builder says about the runtime (<script id="runtime">)
 * @property {string} core PyScript's entry module
 * @property {string} type the `type` of the script element that PyScript takes up
 * @property {string} start the Python in it
 * @property {string} memory the name of the cache that keeps the memory of a started Python
 * @property {Record<string, unknown> & {interpreter: string}} config PyScript's configuration
 *
 * @typedef {object} Progress
 * @property {string} stage what is going on, in words for the learner
 * @property {number} [loaded] bytes so far
 * @property {number} [total] bytes altogether
 *
 * @typedef {Worker & {onerror: any}} XWorker
 */

const BEAT = 400; // milliseconds between questions to the worker
const MISSED = 3; // unanswered beats that mean it is dead: noticed after 1.6 s at most
const PATIENCE = 45; // the same while a packet that may take long is being worked on (18 s)
const KEEP_AFTER = 10_000; // milliseconds of play before the next visit is prepared
const BOOT_LIMIT = 90_000; // milliseconds without any sign of life while starting

export class Runtime extends EventTarget {
  /** @type {MessagePort | null} */ #port = null;
  /** @type {XWorker | null} */ #worker = null;
  /** @type {number | undefined} */ #watch;
  #missed = 0;
  #busy = false;
  #starts = 0;
  #resumed = false;

  /** @param {Settings} settings */
  constructor(settings) {
    super();
    this.settings = settings;
    this.interpreter = new URL(settings.config.interpreter, location.href).href; // pages change
    // PyScript knows two languages and fetches the plug-ins of each that its configuration does not
    // switch off, used or not.
    this.configs = ['py-config', 'mpy-config'].map((name) => {
      const element = document.createElement(name);
      element.textContent = JSON.stringify({ ...settings.config, interpreter: this.interpreter });
      return element;
    });
    this.core = new URL(settings.core, location.href).href;
  }

  /**
   * Why this browser cannot run the games, or '' when it can.
   * @returns {string}
   */
  static missing() {
    if (typeof WebAssembly !== 'object') return 'WebAssembly';
    if (typeof Worker !== 'function' || !moduleWorkers()) return 'module workers';
    if (typeof DecompressionStream !== 'function') return 'decompression of downloads';
    return '';
  }

  /** Start the worker; fires 'progress', then 'up' once packets can be posted. */
  async start() {
    this.#starts += 1;
    document.head.append(...this.configs);
    try {
      await import(this.core);
    } catch (error) {
      return this.#fail(`PyScript could not be loaded: ${error}`);
    }
    const script = Object.assign(document.createElement('script'), {
      type: this.settings.type,
      textContent: this.settings.start,
    });
    script.setAttribute('worker', '');
    document.head.append(script);
    const begun = performance.now();
    while (!('xworker' in script)) {
      if (performance.now() - begun > BOOT_LIMIT) return this.#fail('Python could not be loaded');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const worker = (this.#worker = /** @type {XWorker} */ (script.xworker));
    let heard = performance.now();
    worker.addEventListener('message', ({ data }) => {
      heard = performance.now();
      if (data?.neuronauts === 'boot') {
        if (data.resumed) {
          this.#resumed = true;
          performance.mark('neuronauts:resumed');
        }
        this.#tell('progress', data);
      }
      else if (data?.neuronauts === 'up') this.#connect(worker);
    });
    worker.onerror = (/** @type {ErrorEvent} */ event) => {
      console.error(event.error ?? event.message);
      this.#fail(String(event.message || event.error));
    };
    const waiting = setInterval(() => {
      if (this.#port || worker !== this.#worker) clearInterval(waiting);
      else if (performance.now() - heard > BOOT_LIMIT) {
        clearInterval(waiting);
        this.#fail('Python took too long to start');
      }
    }, 1000);
  }

  /**
   * Send a packet to the host.
   * @param {object} packet
   * @param {boolean} [long] whether answering may take more than a moment
   */
  post(packet, long = false) {
    if (!this.#port) return;
    if (long) this.#busy = true;
    this.#port.postMessage(JSON.stringify(packet));
  }

  /** @param {XWorker} worker */
  #connect(worker) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      this.#missed = 0;
      const [text, ...buffers] = typeof data === 'string' ? [data] : data;
      const packet = JSON.parse(text);
      if (packet.kind === 'hello') {
        this.#port = port1;
        this.#watch = setInterval(() => this.#beat(), BEAT);
        this.#tell('up', { again: this.#starts > 1 });
        if (!this.#resumed) setTimeout(() => this.#keepMemory(), KEEP_AFTER);
      } else if (packet.kind === 'frame') {
        this.#busy = false;
        this.#tell('frame', { packet, buffers });
      } else if (packet.kind === 'file') this.#tell('file', packet);
      else if (packet.kind === 'numbers' || packet.kind === 'csv') this.#tell('numbers', packet);
      else if (packet.kind === 'fatal') this.#fail(packet.reason);
    };
    worker.postMessage('port', [port2]);
  }

  /**
   * Prepare the next visit, in a worker of its own: it starts a Python from the files that are here
   * already and keeps its memory, so that the next visit need not start one.
   */
  #keepMemory() {
    if (!this.#port || !('caches' in window) || /** @type {any} */ (navigator).connection?.saveData) return;
    const worker = new Worker(new URL('./keeper-worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => {
      if (data.neuronauts) return; // how its start goes on
      if (data.kept) performance.mark('neuronauts:kept');
      else console.warn(`Nothing was kept for the next visit: ${data.failed}`);
      worker.terminate();
    };
    worker.postMessage({ interpreter: this.interpreter });
  }

  /** Beats are counted, not timed, so that a computer that slept does not look like a death. */
  #beat() {
    this.#missed += 1;
    if (this.#missed > (this.#busy ? PATIENCE : MISSED)) this.#fail('the worker stopped answering');
    else this.#port?.postMessage('{"kind":"ping"}');
  }

  /** @param {string} reason */
  #fail(reason) {
    clearInterval(this.#watch);
    this.#worker?.terminate();
    this.#port?.close();
    this.#worker = this.#port = null;
    this.#missed = 0;
    this.#busy = false;
    const forgotten = this.#resumed && caches.delete(this.settings.memory); // it may be to blame
    this.#resumed = false;
    const again = this.#starts < 2;
    this.#tell('down', { reason, again });
    if (again) Promise.resolve(forgotten).finally(() => this.start());
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
