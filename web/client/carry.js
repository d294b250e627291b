// @ts-check
// Lets a page or a worker live from what it was handed instead of a server: the course as one file
// (single/loader.js), and the Python of the learner's lines, which may ask nobody (scratch.js). It
// knows neither. Its text is what a worker begins with, so it imports nothing.

/**
 * @typedef {object} Freight what the file carries, by path
 * @property {Record<string, string>} modules JavaScript
 * @property {Map<string, {type: string, bytes: Uint8Array<ArrayBuffer>, encoding?: string}>} files
 *   everything else; pages (text/html) are gzipped. encoding: how the host had compressed it
 */

/**
 * Let this page or worker live from its freight: what it fetches, imports or starts of the site is there.
 *
 * Modules become blobs. A worker has no import map, and a blob no neighbours, so the addresses of other
 * modules are put into each module's text. Chromium lets a worker use no blob of a page without a host,
 * and WebKit none at all, so every worker gets the bytes themselves, and data addresses.
 * @param {Freight} freight
 * @returns {(address: string) => Promise<any>} imports a module of the site
 */
export function carry({ modules, files }) {
  const SITE = 'https://neuronauts.invalid/';
  const BESIDE = /(\b(?:from|import)\s*\(?\s*\\?["'])(\.{1,2}\/[^"'\\]+)/g;
  const STATIC = /(\b(?:from|import)\s*["'])(https:[^"']+)/g;
  const DYNAMIC = /(?<![.\w$])import\(/g;
  const everywhere = /** @type {any} */ (globalThis);
  const { fetch: ordinaryFetch, Worker: OrdinaryWorker } = everywhere;
  const { open: ordinaryOpen } = XMLHttpRequest.prototype;
  /** @type {Map<string, string>} */ const addresses = new Map();

  /** The path of an address of the site; null for others. @param {any} address */
  const pathOf = (address) => {
    const url = new URL(address instanceof Request ? address.url : address, SITE);
    return url.href.startsWith(SITE) ? url.pathname.slice(1) : null;
  };

  /** @param {Uint8Array<ArrayBuffer>} bytes @param {string} type @returns {string} */
  const addressOf = (bytes, type) => {
    if (everywhere.document) return URL.createObjectURL(new Blob([bytes], { type }));
    const characters = bytes.reduce((text, byte) => text + String.fromCharCode(byte), '');
    return `data:${type};base64,${btoa(characters)}`;
  };

  /** The address that a file of the site has now; others stay. @param {any} address @returns {string} */
  const locate = (address) => {
    const path = pathOf(address);
    if (path === null || (!(path in modules) && !files.has(path))) return String(address);
    const known = addresses.get(path);
    if (known) return known;
    const file = files.get(path);
    const made = file
      ? addressOf(file.bytes, file.type)
      : addressOf(new TextEncoder().encode(settle(modules[path], SITE + path)), 'text/javascript');
    addresses.set(path, made);
    return made;
  };

  /** A module's text with the addresses of what it names. @param {string} text @param {string} place @returns {string} */
  const settle = (text, place) =>
    text
      .replace(BESIDE, (_, before, named) => before + new URL(named, place).href)
      .replace(STATIC, (_, before, address) => before + locate(address))
      .replace(DYNAMIC, 'importCarried(')
      .replaceAll('import.meta', `({url: ${JSON.stringify(place)}})`);

  everywhere.importCarried = (/** @type {string} */ address) => import(locate(address));

  everywhere.fetch = async (/** @type {RequestInfo | URL} */ input, /** @type {RequestInit} */ init) => {
    const path = pathOf(input);
    if (path === null) return ordinaryFetch(input, init);
    if (path in modules) return new Response(modules[path], { headers: { 'Content-Type': 'text/javascript' } });
    const file = files.get(path) ?? (path === '' || path.endsWith('/') ? files.get('404.html') : undefined);
    if (!file) return new Response(null, { status: 404 });
    const { type, bytes, encoding } = file;
    const headers = { 'Content-Type': type, ...(encoding && { 'Content-Encoding': encoding }) };
    return type === 'text/html' ? unzip(bytes) : new Response(bytes, { headers });
  };

  XMLHttpRequest.prototype.open = function (/** @type {any[]} */ ...[method, address, ...more]) {
    return Reflect.apply(ordinaryOpen, this, [method, locate(address), ...more]);
  };

  everywhere.Worker = class extends /** @type {typeof Worker} */ (OrdinaryWorker) {
    /** @param {string | URL} address @param {WorkerOptions} [options] */
    constructor(address, options) {
      const code = new Blob([`${unzip}\n${carry}\n${board}\nboard();`], { type: 'text/javascript' });
      super(URL.createObjectURL(code), { ...options, type: 'classic' });
      const path = pathOf(address) ?? 'worker.js';
      const script = modules[path] ?? ordinaryFetch(address).then((/** @type {Response} */ answer) => answer.text());
      Promise.resolve(script).then((text) => {
        const freight = { modules: { ...modules, [path]: `aboard();\n${text}` }, files };
        super.postMessage({ freight, start: SITE + path });
      });
    }
  };

  return everywhere.importCarried;
}

/** What every worker begins with: it waits for its freight, and keeps what it is told until its script listens. */
export function board() {
  /** @type {MessageEvent[]} */ const told = [];
  addEventListener('message', keep);

  /** @param {MessageEvent} event */
  function keep(event) {
    if (!event.isTrusted) return; // told again, below
    event.stopImmediatePropagation();
    const { freight, start } = event.data ?? {};
    if (!freight) {
      told.push(event);
      return;
    }
    Object.defineProperty(globalThis, 'location', { value: new URL(start) });
    Object.assign(globalThis, { aboard: tell }); // the script's first line
    carry(freight)(start).catch((error) => setTimeout(() => Promise.reject(error)));
  }

  /** Tell the script what was said before, one thing after the other. */
  function tell() {
    setTimeout(() => {
      const event = told.shift();
      if (!event) {
        removeEventListener('message', keep);
        return;
      }
      dispatchEvent(new MessageEvent('message', { data: event.data, ports: [...event.ports] }));
      tell();
    });
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export function unzip(bytes) {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
}
