// @ts-check
// What is too long for the browser's small storage, in its database: objects by name. It knows nothing
// of what they hold. Whatever the database refuses rejects; one that never answers does so as well.

import { databases } from './stand-in.js';

const NAME = 'neuronauts';
const STORE = 'runs';
const PATIENCE = 5000; // milliseconds

/** @type {Promise<IDBDatabase> | null} */ let opening = null;

/** Everything in it. @returns {Promise<Map<string, any>>} */
export async function all() {
  const [names, objects] = await act('readonly', (store) => [store.getAllKeys(), store.getAll()]);
  return new Map(names.map((/** @type {string} */ name, /** @type {number} */ i) => [name, objects[i]]));
}

/** @param {string} name @returns {Promise<any>} undefined where there is none of that name */
export async function find(name) {
  const [found] = await act('readonly', (store) => [store.get(name)]);
  return found;
}

/**
 * Put an object in the place of the one that is there; no other tab gets in between.
 * @param {string} name
 * @param {(old: any) => any} change from the old object, undefined where there is none, to the new; to
 *   undefined where all is to stay
 */
export async function update(name, change) {
  await act('readwrite', (store) => {
    const asked = store.get(name);
    asked.onsuccess = () => {
      const made = change(asked.result);
      if (made !== undefined) store.put(made, name);
    };
    return [];
  });
}

export async function clear() {
  await act('readwrite', (store) => [store.clear()]);
}

/**
 * @param {'readonly' | 'readwrite'} mode
 * @param {(store: IDBObjectStore) => IDBRequest[]} work
 * @returns {Promise<any[]>} what the requests came to, once all of it is done
 */
async function act(mode, work) {
  const database = await (opening ??= open());
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const requests = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(requests.map(({ result }) => result));
    transaction.onabort = () => reject(transaction.error);
  });
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = databases().open(NAME, 1);
    setTimeout(() => reject(new Error('the browser’s database does not answer')), PATIENCE);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      const database = asked.result;
      database.onversionchange = () => database.close(); // a newer version of the course wants it
      database.onclose = () => (opening = null);
      resolve(database);
    };
  });
}
