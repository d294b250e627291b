// @ts-check
// Stands in for what PyScript asks a browser for and may not get: a database and a channel to other
// pages, which it has no use for and a page may not have (a frame without an origin, or one whose storage
// is blocked, a browser that keeps nothing), and in a frame without an origin a worker that is a module.

const STAND_INS = { indexedDB: { open }, BroadcastChannel: class { postMessage() {} } };
/** What there was before, if anything. */
const own = Object.keys(STAND_INS).map((name) => /** @type {const} */ ([name, Object.getOwnPropertyDescriptor(globalThis, name)]));

/** The browser's own, even while others stand in; throws where it has none for this page. @returns {IDBFactory} */
export function databases() {
  const factory = own[0][1]?.get?.call(globalThis);
  if (!factory) throw new Error('this browser has no database');
  return factory;
}

/** From now on databases are in memory alone, and empty, and channels reach nobody. */
export function standIn() {
  for (const [name, value] of Object.entries(STAND_INS)) Object.defineProperty(globalThis, name, { value, configurable: true });
}

/** The browser's own are back. */
export function standBack() {
  for (const [name, descriptor] of own) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  }
}

/**
 * From now on a worker that would be a module made on the page is a plain script of the same lines: a
 * frame without an origin can start no other (in Chromium). PyScript's imports nothing at its top; but
 * it asks for its address, and `blob:null/…` leads nowhere.
 */
export function plainWorkers() {
  /** @type {Map<string, Blob>} */ const made = new Map();
  const name = URL.createObjectURL;
  const Ordinary = Worker;
  const head = `"use strict"; (async () => { const location = ${JSON.stringify({ href: document.URL })};`;
  URL.createObjectURL = (thing) => {
    const url = name(thing);
    if (thing instanceof Blob) made.set(url, thing);
    return url;
  };
  globalThis.Worker = class extends Ordinary {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      const lines = made.get(String(url)) ?? new Blob();
      super(name(new Blob([head, lines, '\n})();'])), { ...options, type: 'classic' });
    }
  };
}

/** Opens an empty database with one store, as much of one as PyScript uses. */
function open() {
  /** @type {Map<any, any>} */ const kept = new Map();
  const store = {
    get: (/** @type {any} */ key) => request(kept.get(key)),
    getKey: (/** @type {any} */ key) => request(kept.has(key) ? key : undefined),
    getAllKeys: () => request([...kept.keys()]),
    count: () => request(kept.size),
    put: (/** @type {any} */ value, /** @type {any} */ key) => request(void kept.set(key, value)),
    delete: (/** @type {any} */ key) => request(void kept.delete(key)),
    clear: () => request(kept.clear()),
  };
  return request({ transaction: () => ({ objectStore: () => store }), close() {} });
}

/** @param {any} result what the request will have come to */
function request(result) {
  const made = { onsuccess: (/** @type {any} */ _event) => {} };
  queueMicrotask(() => made.onsuccess({ target: { result } }));
  return made;
}
