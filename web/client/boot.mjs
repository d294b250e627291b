// @ts-check
// Starts Python: the module that PyScript's configuration names as its interpreter. It knows the
// files of the runtime and how to tell of their arrival; nothing of games or pages.
//
// The fast way hands Pyodide a standard library and a NumPy that were compiled at build time,
// written into its file system before Python starts. Where an earlier visit kept the memory of a
// Python that had imported all the games need (`keepMemory`), it goes on from there. Should anything
// fail, the next slower way is taken: without that memory, and at last the stock way, which loads
// Pyodide's own files in Pyodide's own fashion.
//
// In a worker, each stage is posted to the page as
//   {neuronauts: 'boot', stage, loaded, total, lock}
// stage is in words for the learner; loaded and total are bytes as they lie on the server, 0 where
// none are counted. lock names a Web Lock that the worker holds until its end, '' before it has one:
// who waits for it hears of the end at once. The stock way adds `reason`: why the fast way was left;
// `blocked` is true where the stage says what a policy forbids.
// Later, {neuronauts: 'fetched', url} tells of each file that is fetched because Python opens it.

/**
 * @typedef {object} Memory
 * @property {string} cache the name of the cache it is kept in
 * @property {string[]} libraries what is linked before Python starts: their paths in its file system
 * @property {string} prepare Python: import all that any game may need
 * @property {string} settle Python: put back what is only about this start
 * @property {string} wake Python: what must not be the same on every visit
 *
 * URLs are relative to this module.
 * @typedef {{url: string, bytes: number}} File
 * @typedef {File & {plain: File}} Half half of Pyodide: gzipped, and as it was published
 *
 * @typedef {object} Manifest
 * @property {string} version Pyodide's
 * @property {object} lock Pyodide's lock file without a package
 * @property {string} pyodide the folder with Pyodide and NumPy as they were published
 * @property {string} probe a small piece of WebAssembly
 * @property {Half} wasm Pyodide's WebAssembly
 * @property {Half} script Pyodide's JavaScript
 * @property {(File & {folder: string})[]} trees gzipped packs, and where Python looks for them
 * @property {Memory} memory how the memory of a started Python is kept
 * @property {{url: string, folder: string}} app the project's own Python as a zip, for the stock way
 * @property {Record<string, File & {files: string[]}>} tracks the games of each track: a gzipped pack,
 *   and the paths in it
 * @property {(File & {folder: string, name: string})[]} seldom files that wait on the server until
 *   Python opens them
 */

import { whatIsBlocked } from './blocked.js';
import { link, pack, read, write } from './memory.mjs';
import { standIn } from './stand-in.js';

const MANIFEST = /** @type {Manifest} */ (/** @type {unknown} */ (null /* written by the build */));

/** Pyodide's version, by which PyScript chooses its ways. */
export const version = MANIFEST.version;

const NOTHING = 'data:,';

/** Marks a text that the page looks up in its language (words.js). @param {string} text */
const word = (text) => text;
const EIO = 29; // Emscripten's number for an input or output error
const PAUSE = 50; // milliseconds between two reports of bytes, at least
const progress = {
  loaded: 0,
  total: [MANIFEST.script, MANIFEST.wasm, ...MANIFEST.trees].reduce((sum, { bytes }) => sum + bytes, 0),
  told: -PAUSE,
};

let lock = '';
const life = `neuronauts ${Math.random()}`;
const held = navigator.locks?.request(life, () => { // none at an insecure address
  lock = life;
  return new Promise(() => {}); // it is never let go
});
held?.catch(() => {}); // a frame without an origin may have none

standIn(); // PyScript's worker opens one next

self.addEventListener('securitypolicyviolation', (violation) => {
  const sentence = whatIsBlocked(violation);
  if (sentence) report(sentence, { blocked: true });
});

/** @param {string} url relative to this module */
const absolute = (url) => new URL(url, import.meta.url).href;

/**
 * Tells the page how far the start has come.
 * @param {string} stage
 * @param {object} [more]
 */
function report(stage, more) {
  if (typeof document !== 'undefined') return; // no worker: nobody listens
  self.postMessage({ neuronauts: 'boot', stage, loaded: 0, total: 0, lock, ...more });
}

/** Tells the page of a file that was fetched after the start. @param {string} url */
function fetched(url) {
  if (typeof document === 'undefined') self.postMessage({ neuronauts: 'fetched', url: absolute(url) });
}

/** @param {number} bytes that have just arrived */
function arrived(bytes) {
  progress.loaded += bytes;
  const now = performance.now();
  if (now - progress.told < PAUSE && Math.round(progress.loaded) < progress.total) return;
  progress.told = now;
  const { total } = progress;
  const loaded = Math.round(Math.min(progress.loaded, total));
  report(word('Getting Python and NumPy'), { loaded, total });
}

/**
 * Reads a stream to its end and counts its bytes.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} weight what one byte of it counts for
 */
async function count(stream, weight) {
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    arrived(part.value.byteLength * weight);
  }
}

/** Tells by a small piece whether this host compresses what it sends. */
async function hostCompresses() {
  const { headers } = await fetch(absolute(MANIFEST.probe));
  return headers.has('Content-Encoding');
}

/**
 * Fetches Pyodide's WebAssembly: as it was published from a host that compresses it, else gzipped.
 *
 * A browser keeps the machine code it made only of what comes straight from the network, and then
 * compiles nothing on the next visit (in Chromium a third of that visit's time).
 * @param {boolean} compresses whether the host does
 * @returns {Promise<{response: Response, whole: Promise<void>}>} the content, and its end or failure
 */
async function fetchWasm(compresses) {
  const { wasm } = MANIFEST;
  if (!compresses) return fetchUnzipped(wasm, 'application/wasm');
  const response = await fetch(absolute(wasm.plain.url));
  const copy = response.clone().body;
  if (!response.ok || !copy) throw new Error(`${wasm.plain.url}: HTTP status ${response.status}`);
  return { response, whole: count(copy, wasm.bytes / wasm.plain.bytes) };
}

/**
 * Runs Pyodide's JavaScript, which leaves a global that Pyodide's loader looks for first.
 * @param {boolean} compresses whether the host does
 */
async function runScript(compresses) {
  const { script } = MANIFEST;
  if (compresses) {
    await import(absolute(script.plain.url));
    arrived(script.bytes);
  } else {
    const text = await (await fetchUnzipped(script)).response.text();
    const blob = new Blob([text], { type: 'text/javascript' });
    try {
      await import(URL.createObjectURL(blob));
    } catch {
      await import(`data:text/javascript,${encodeURIComponent(text)}`); // WebKit, where the page has no host
    }
  }
}

/**
 * Fetches a gzipped file and counts its bytes.
 * @param {File} file
 * @param {string} [type] the media type of the content
 * @returns {Promise<{response: Response, whole: Promise<void>}>} the content, and its end or failure
 */
async function fetchUnzipped(file, type = 'application/octet-stream') {
  const response = await fetch(absolute(file.url));
  if (!response.ok || !response.body) throw new Error(`${file.url}: HTTP status ${response.status}`);
  const counting = new TransformStream({
    transform(chunk, controller) {
      arrived(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  const { readable, writable } = new TransformStream();
  const content = response.body.pipeThrough(counting).pipeThrough(new DecompressionStream('gzip'));
  const whole = content.pipeTo(writable);
  return { response: new Response(readable, { headers: { 'Content-Type': type } }), whole };
}

/**
 * Writes a packed tree of files (web/builder/pack.py) below a folder.
 * @param {any} FS Emscripten's file system
 * @param {string} folder
 * @param {ArrayBuffer} packed
 */
function unpack(FS, folder, packed) {
  const indexLength = new DataView(packed).getUint32(0, true);
  const index = JSON.parse(new TextDecoder().decode(new Uint8Array(packed, 4, indexLength)));
  let offset = 4 + indexLength;
  for (const [directory, files] of index) {
    const path = `${folder}/${directory}`;
    FS.mkdirTree(path);
    for (const [name, length] of files) {
      FS.writeFile(`${path}/${name}`, new Uint8Array(packed, offset, length), { canOwn: true });
      offset += length;
    }
  }
}

/**
 * Puts a file into the file system that is fetched when it is first opened. The worker waits for it,
 * as for a slow disk; a file that cannot be fetched is an OSError, and may be opened again.
 *
 * Emscripten's own `createLazyFile` asks the host for the length, which a host that compresses tells
 * wrongly; here the build has told it.
 * @param {any} FS Emscripten's file system
 * @param {Manifest['seldom'][number]} file
 */
function fetchOnOpen(FS, { url, bytes, folder, name }) {
  const path = `${folder}/${name}`;
  FS.mkdirTree(folder);
  FS.writeFile(path, new Uint8Array());
  const { node } = FS.lookupPath(path);
  const ordinary = node.stream_ops;
  node.usedBytes = bytes;
  node.stream_ops = {
    ...ordinary,
    open(/** @type {any} */ stream) {
      const request = new XMLHttpRequest();
      request.open('GET', absolute(url), false);
      request.responseType = 'arraybuffer';
      try {
        request.send();
      } catch {
        // offline: the status stays 0
      }
      if (request.status !== 200) throw new FS.ErrnoError(EIO);
      fetched(url);
      node.contents = new Uint8Array(request.response);
      node.usedBytes = node.contents.length;
      node.stream_ops = stream.stream_ops = ordinary;
    },
  };
}

/** @type {Map<string, Promise<void>>} the tracks whose games are here, or on their way */
const brought = new Map();

/**
 * Puts the games of every track into the file system by name alone, so that Python can tell which there
 * are; `bringTrack` fills the files.
 * @param {any} FS Emscripten's file system
 */
function nameGames(FS) {
  const folder = MANIFEST.app.folder;
  brought.clear();
  for (const path of Object.values(MANIFEST.tracks).flatMap(({ files }) => files)) {
    FS.mkdirTree(`${folder}/${path.slice(0, path.lastIndexOf('/'))}`);
    FS.writeFile(`${folder}/${path}`, new Uint8Array());
  }
  const everywhere = /** @type {any} */ (globalThis);
  everywhere.bringTrack = (/** @type {string} */ track) => bringTrack(FS, track); // for web/host.py
}

/**
 * Fetches the games of a track, once.
 * @param {any} FS Emscripten's file system
 * @param {string} track
 */
function bringTrack(FS, track) {
  const known = brought.get(track);
  if (known) return known;
  const coming = fetchUnzipped(MANIFEST.tracks[track])
    .then(({ response }) => response.arrayBuffer())
    .then((packed) => unpack(FS, MANIFEST.app.folder, packed));
  brought.set(track, coming);
  coming.catch(() => brought.delete(track)); // it may be asked for again
  return coming;
}

/**
 * Begins every download of the fast way at once; what was kept need not be downloaded.
 * @param {Promise<import('./memory.mjs').Kept | null>} kept
 */
function begin(kept) {
  const compresses = hostCompresses();
  const begun = {
    wasm: compresses.then(fetchWasm),
    trees: MANIFEST.trees.map(async (tree, i) => {
      const memory = await kept;
      if (!memory) return (await fetchUnzipped(tree)).response.arrayBuffer();
      arrived(tree.bytes);
      return memory.trees[i];
    }),
    loader: import(absolute(`${MANIFEST.pyodide}pyodide.js`)),
    script: compresses.then(runScript),
  };
  // Pyodide would wait for ever for a WebAssembly stream that broke, so failures are watched here.
  const all = [begun.loader, begun.script, ...begun.trees, begun.wasm.then(({ whole }) => whole)];
  let abandon = (/** @type {unknown} */ _reason) => {};
  const failure = new Promise((_, reject) => (abandon = reject));
  failure.catch(() => {}); // until somebody waits for it
  for (const promise of all) promise.catch(abandon);
  return { ...begun, failure, abandon };
}

/**
 * The fast way.
 * @param {object} options of Pyodide's `loadPyodide`
 * @param {ReturnType<typeof begin>} begun
 * @param {(emscripten: any) => void} [linking] what to do before Python starts, once its files are there
 */
async function loadPrecompiled(options, { wasm, trees, loader, script, failure, abandon }, linking) {
  const { loadPyodide: load } = await loader;
  await script;
  const emscripten = linking && moduleOnItsWay();
  const indexURL = absolute(MANIFEST.pyodide);
  const wasmURL = absolute(MANIFEST.wasm.plain.url);
  const ordinaryFetch = globalThis.fetch;
  // Pyodide fetches its WebAssembly by itself: it gets the response that is on its way already. Its
  // library comes as files, so in the place of the one it asks for it gets nothing.
  globalThis.fetch = async (input, init) => {
    if (String(input) === wasmURL) return (await wasm).response;
    return String(input) === NOTHING ? new Response() : ordinaryFetch(input, init);
  };
  const started = load({
    ...options,
    indexURL,
    lockFileContents: MANIFEST.lock,
    stdLibURL: NOTHING,
    async fsInit(/** @type {any} */ FS) {
      try {
        const packed = await Promise.all(trees);
        report(word('Starting Python'));
        MANIFEST.trees.forEach(({ folder }, i) => unpack(FS, folder, packed[i]));
        linking?.(await emscripten);
      } catch (error) {
        abandon(error);
        await new Promise(() => {}); // this Python must never start: it has no library
      }
    },
  });
  try {
    return await Promise.race([started, failure]);
  } finally {
    globalThis.fetch = ordinaryFetch;
  }
}

/** Emscripten's module of the Pyodide that is loaded next: its linker is not in Pyodide's own interface. */
function moduleOnItsWay() {
  const everywhere = /** @type {any} */ (globalThis);
  const create = everywhere._createPyodideModule;
  return new Promise((resolve) => {
    everywhere._createPyodideModule = (/** @type {any} */ settings) => {
      everywhere._createPyodideModule = create;
      settings.preRun.unshift(resolve);
      return create(settings);
    };
  });
}

/**
 * The fast way, going on from a kept memory.
 * @param {object} options of Pyodide's `loadPyodide`
 * @param {import('./memory.mjs').Kept} kept
 */
async function resume(options, kept) {
  const { libraries, wake } = MANIFEST.memory;
  const pyodide = await loadPrecompiled(
    { ...options, _loadSnapshot: kept.whole() },
    begun,
    (emscripten) => kept.relink(emscripten, libraries),
  );
  pyodide.runPython(wake);
  return pyodide;
}

/**
 * Starts a Python, imports what the next visit may need, and keeps its memory for it.
 * @param {string[]} played the games of this visit
 */
export async function keepMemory(played) {
  const { cache, libraries, prepare, settle } = MANIFEST.memory;
  let seal = 0;
  const pyodide = await loadPrecompiled(
    { _makeSnapshot: true, env: { PYTHONHASHSEED: '0' } },
    begun,
    (emscripten) => (seal = link(emscripten, libraries)),
  );
  const { wasmTable } = pyodide._module;
  const length = wasmTable.length;
  nameGames(pyodide.FS);
  pyodide.runPython(prepare);
  for (const slug of played) {
    const name = pyodide.runPython(`games.discover()[${JSON.stringify(slug)}]`);
    await bringTrack(pyodide.FS, name.split('.')[1]);
    pyodide.runPython(`_ = importlib.import_module("${name}"); del _`);
  }
  pyodide.runPython(settle);
  const trees = await Promise.all(begun.trees);
  if (wasmTable.length !== length) throw new Error('a library was linked that is not in the list');
  await write(cache, KEY, pack(pyodide, libraries, seal, trees));
}

/**
 * The stock way: everything as Pyodide does it by itself.
 * @param {object} options of Pyodide's `loadPyodide`
 */
async function loadStock(options) {
  const indexURL = absolute(MANIFEST.pyodide);
  const { loadPyodide: load } = await import(`${indexURL}pyodide.js`);
  const pyodide = await load({ ...options, indexURL, packageBaseUrl: indexURL, packages: ['numpy'] });
  const app = await fetch(absolute(MANIFEST.app.url));
  if (!app.ok) throw new Error(`${MANIFEST.app.url}: HTTP status ${app.status}`);
  pyodide.unpackArchive(await app.arrayBuffer(), 'zip', { extractDir: MANIFEST.app.folder });
  return pyodide;
}

// Another build has another address, and another browser may link otherwise.
const KEY = `${import.meta.url}?memory=${encodeURIComponent(navigator.userAgent)}`;
const kept = read(MANIFEST.memory.cache, KEY);
let begun = begin(kept);

/**
 * Starts Pyodide with NumPy and the project's own Python.
 * @param {object} [options] as of Pyodide's own `loadPyodide`
 */
export async function loadPyodide(options = {}) {
  const memory = await kept;
  let pyodide;
  try {
    if (memory) pyodide = await resume(options, memory);
  } catch (error) {
    console.warn('The kept memory of Python could not be used; starting anew.', error);
    await caches.delete(MANIFEST.memory.cache);
    begun = begin(Promise.resolve(null));
  }
  const resumed = Boolean(pyodide);
  try {
    pyodide ??= await loadPrecompiled(options, begun);
  } catch (error) {
    console.warn('The fast start of Python failed; falling back to the stock start.', error);
    report(word('Starting Python the slower way'), { reason: String(error) });
    pyodide = await loadStock(options);
  }
  nameGames(pyodide.FS);
  for (const file of MANIFEST.seldom) fetchOnOpen(pyodide.FS, file);
  report(word('Loading NumPy'), { resumed });
  return pyodide;
}
