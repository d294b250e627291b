// @ts-check
// The memory of a Python that has started, kept on this device, so that the next visit goes on from
// there instead of starting anew. It knows Emscripten's linker and the browser's cache; nothing of
// downloads, games or pages.
//
// Two things make a memory fit a new Python: NumPy's libraries, which lie in it, must be linked at the
// same places before Python starts, and Pyodide must put JavaScript's objects back where they were
// (it does, through `makeMemorySnapshot` and `_loadSnapshot`). Whether the places are the same is
// checked by a seal over Emscripten's table of addresses; a memory with another seal is not used.

/**
 * @typedef {object} Contents what a kept memory is, besides its bytes
 * @property {number} size bytes of the whole memory
 * @property {[number, number][]} runs start and length of the stretches that are not all zeros
 * @property {[number, number][]} handles of open libraries, and which library each is
 * @property {number} seal of the linker's table
 * @property {number[]} trees bytes of the packed trees of files that follow the memory
 */

const PAGE = 65536; // bytes: stretches of zeros shorter than this are kept like everything else
const LENGTH = 4; // bytes of the length that stands before the contents

/** @param {string} path of a library */
const nameOf = (path) => path.slice(path.lastIndexOf('/') + 1).split('.')[0];

/**
 * Links libraries into a Python that has not started yet.
 * @param {any} emscripten its module
 * @param {string[]} libraries paths in its file system
 * @returns {number} the seal of the places they came to lie at
 */
export function link(emscripten, libraries) {
  for (const path of libraries) {
    const library = emscripten.newDSO(path, undefined, 'loading');
    library.refcount = Infinity;
    library.global = false;
    const code = emscripten.FS.readFile(path);
    library.exports = emscripten.loadWebAssemblyModule(code, { allowUndefined: true }, path, {});
  }
  emscripten.reportUndefinedSymbols();
  for (const path of libraries) { // Python will look these up; their places must be the same each time
    const start = emscripten.LDSO.loadedLibsByName[path].exports[`PyInit_${nameOf(path)}`];
    emscripten.addFunction(start, start.sig ?? 'p');
  }
  const places = Object.values(emscripten.GOT).map(({ value }) => Number(value));
  return [emscripten.wasmTable.length, ...places].reduce((seal, place) => (Math.imul(seal, 31) + place) | 0, 0);
}

/**
 * Packs the memory of a Python that was started with `_makeSnapshot` and whose libraries were linked.
 * @param {any} pyodide
 * @param {string[]} libraries
 * @param {number} seal
 * @param {ArrayBuffer[]} trees what its file system was filled with, inflated: next time nothing is
 * @returns {Blob}
 */
export function pack(pyodide, libraries, seal, trees) {
  const { LDSO } = pyodide._module;
  for (const name of Object.keys(pyodide.loadedPackages)) delete pyodide.loadedPackages[name]; // not for snapshots
  const memory = pyodide.makeMemorySnapshot();
  const handles = Object.entries(LDSO.loadedLibsByHandle)
    .map(([handle, { name }]) => [Number(handle), libraries.indexOf(name)])
    .filter(([, library]) => library >= 0);
  /** @type {[number, number][]} */ const runs = [];
  for (let at = 0; at < memory.length; at += PAGE) {
    const page = memory.subarray(at, at + PAGE);
    if (page.every((/** @type {number} */ byte) => byte === 0)) continue;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === at) last[1] += page.length;
    else runs.push([at, page.length]);
  }
  const bytes = trees.map(({ byteLength }) => byteLength);
  const contents = new TextEncoder().encode(
    JSON.stringify({ size: memory.length, runs, handles, seal, trees: bytes }),
  );
  const length = new Uint8Array(new Uint32Array([contents.length]).buffer);
  const stretches = runs.map(([at, size]) => memory.subarray(at, at + size));
  return new Blob([length, contents, ...stretches, ...trees]);
}

/** A memory as it was kept. */
export class Kept {
  /** @type {Contents} */ #contents;
  /** @type {Uint8Array[]} */ #stretches = [];
  /** @type {ArrayBuffer[]} the packed trees of files */ trees = [];

  /**
   * @param {ArrayBuffer} packed
   * @throws {Error} it is cut short, or no such thing
   */
  constructor(packed) {
    const start = LENGTH + new DataView(packed).getUint32(0, true);
    this.#contents = JSON.parse(new TextDecoder().decode(new Uint8Array(packed, LENGTH, start - LENGTH)));
    let at = start;
    for (const [, bytes] of this.#contents.runs) {
      this.#stretches.push(new Uint8Array(packed, at, bytes));
      at += bytes;
    }
    for (const bytes of this.#contents.trees) {
      this.trees.push(packed.slice(at, at + bytes)); // outlives the rest
      at += bytes;
    }
    if (at !== packed.byteLength) throw new Error('the kept memory has another length than it says');
  }

  /** The whole memory, for Pyodide's `_loadSnapshot`. */
  whole() {
    const whole = new Uint8Array(this.#contents.size);
    this.#contents.runs.forEach(([at], i) => whole.set(this.#stretches[i], at));
    return whole;
  }

  /**
   * Links the libraries as they were linked when the memory was made.
   * @param {any} emscripten
   * @param {string[]} libraries
   * @throws {Error} they came to lie elsewhere
   */
  relink(emscripten, libraries) {
    if (link(emscripten, libraries) !== this.#contents.seal) throw new Error('libraries lie elsewhere now');
    const { LDSO } = emscripten;
    for (const [handle, library] of this.#contents.handles) {
      LDSO.loadedLibsByHandle[handle] = LDSO.loadedLibsByName[libraries[library]];
    }
  }
}

/**
 * The memory kept under `key`, or null where there is none, it is damaged, or the browser keeps nothing.
 * @param {string} cache
 * @param {string} key
 */
export async function read(cache, key) {
  try {
    const kept = await (await caches.open(cache)).match(key);
    return kept ? new Kept(await kept.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

/**
 * Keeps a memory and lets go of all that were kept before.
 * @param {string} cache
 * @param {string} key
 * @param {Blob} memory
 */
export async function write(cache, key, memory) {
  await caches.delete(cache);
  await (await caches.open(cache)).put(key, new Response(memory));
}
