// @ts-check
// Stands in for the browser's database, which PyScript opens and the course has no use for. A page
// may have none (a frame without an origin, a frame whose storage is blocked, a browser that keeps
// nothing), and PyScript would wait for it or break off.

/** What there was before, if anything. @type {PropertyDescriptor | undefined} */
const own = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB');

/** From now on databases are in memory alone, and empty. */
export function forgetDatabases() {
  Object.defineProperty(globalThis, 'indexedDB', { value: { open }, configurable: true });
}

/** The browser's own are back. */
export function recallDatabases() {
  if (own) Object.defineProperty(globalThis, 'indexedDB', own);
  else Reflect.deleteProperty(globalThis, 'indexedDB');
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
