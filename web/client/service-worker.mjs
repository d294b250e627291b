// @ts-check
// The service worker: keeps the course on this device, so that it works without a network. The build
// puts the table of every file into it (web/builder/offline.py) and ships it as a plain script.
//
// One table is one version of the course. What is kept of it lies in a cache under its SHA-256 and is
// answered from there, never from the network: so pages and files of two versions are never mixed, and
// a slow network slows nothing. What is wanted: what every page needs, from the first visit on; what
// was opened, with all of its track; and everything, once the learner has said so. A new version's
// worker fetches what of that has changed and is installed only when every byte is here and right;
// else the version in use stays, and what has come already is not fetched again. It takes over when
// a page says so or when all pages are closed. Files of the version before stay while a page of it
// is open.
//
// A page sends:  {offline: 'check'} see that every byte is here, and fetch what is not
//                {offline: 'opened', paths, packs} the learner has opened these pages and files, on
//                  pages that name these packs of games
//                {offline: 'whole'} the whole course is wanted
//                {offline: 'change over'} the version that waits is to take over
//                {offline: 'remove'} nothing is to be kept any more
// Pages are sent: {offline: 'storing', stored, total} bytes so far, and altogether
//                {offline: 'stored', total, whole} what is wanted is here; whole: bytes of the course
//                {offline: 'failed', why, path, stored, total} why: 'network', 'differs' or 'room'
// each with `scope`, for other courses may live on this host, and `cache`, where it is stored.

import { say } from './words.js';

/**
 * @typedef {object} Table
 * @property {Record<string, [hash: string, bytes: number]>} files path from the course's root → SHA-256
 * @property {string[]} always what is kept from the first visit on
 * @property {Record<string, string[]>} tracks what comes with each track: its games' pack is the
 *   first; or with a page of an article outside of the guided way: articles of its track
 * @property {Record<string, [kept: string, hash: string]>} direct files for which the browser's own
 *   cache is asked first: path → the path of what is kept for it (gzipped, if it is another), and
 *   the SHA-256 of what is asked for
 *
 * @typedef {object} Wanted what the learner has opened or asked for; it outlives versions
 * @property {boolean} whole
 * @property {string[]} tracks
 * @property {string[]} paths
 *
 * @typedef {object} Before the version that was in use when this one took over
 * @property {string[]} pages the ids of its pages that were open
 * @property {Table['files']} files
 */

const TABLE = /** @type {Table} */ (/** @type {unknown} */ (null /* written by the build */));

const worker = /** @type {any} */ (self); // its type is not among those of pages
const SCOPE = /** @type {string} */ (worker.registration.scope);
const CACHE = `neuronauts-course:${new URL(SCOPE).pathname}`;
const LANES = 4; // downloads at a time
const HASHED = /[-.][0-9a-f]{10}(\/|\.\w+$)/; // a name that changes with the content: shipment.py
/** What is kept gzipped → the address of the same file as published, and its SHA-256. */
const ZIPPED = new Map(
  Object.entries(TABLE.direct).flatMap(([asked, [kept, hash]]) => (asked === kept ? [] : [[kept, { asked, hash }]])),
);
const bytesOf = (/** @type {string} */ path) => TABLE.files[path][1];
const sum = (/** @type {string[]} */ paths) => paths.reduce((bytes, path) => bytes + bytesOf(path), 0);
const WHOLE = sum(Object.keys(TABLE.files));

/** @param {string} hash */
const keyOf = (hash) => `${SCOPE}sha256/${hash}`;
/** Notes of this worker for the next one: not a file of the course. @param {string} name */
const noteOf = (name) => `${SCOPE}sha256/${name}`;
const opened = caches.open(CACHE);
let removed = false; // the learner does not want it any more, perhaps while it is still on its way

/** Why a file could not be stored. */
class Trouble extends Error {
  /** @param {'network' | 'differs' | 'room'} why @param {string} path @param {unknown} [cause] */
  constructor(why, path, cause) {
    super(`${path}: ${why}`, { cause });
    this.why = why;
    this.path = path;
  }
}

// --- storing -------------------------------------------------------------------------------------

/** @param {BufferSource} bytes */
async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Response} response @param {'gzip' | 'gunzip'} way */
function through(response, way) {
  const stream = way === 'gzip' ? new CompressionStream('gzip') : new DecompressionStream('gzip');
  const { body } = response;
  return new Response(/** @type {ReadableStream<Uint8Array>} */ (body).pipeThrough(/** @type {any} */ (stream)));
}

/** Where the host has a file: a page's address is its folder. @param {string} path */
const addressOf = (path) => SCOPE + path.replace(/(^|\/)index\.html$/, '$1').split('/').map(encodeURIComponent).join('/');

/**
 * Stores a file, and returns what is stored.
 * @param {string} path
 * @throws {Trouble}
 */
async function store(path) {
  const response = (await fromBrowser(path)) ?? (await fromHost(path));
  const copy = response.clone();
  try {
    await (await opened).put(keyOf(TABLE.files[path][0]), response);
  } catch (error) {
    throw new Trouble('room', path, error);
  }
  return copy;
}

/**
 * A file from the host; one whose name changes with its content may come from the browser's cache.
 * @param {string} path
 */
async function fromHost(path) {
  /** @type {RequestCache[]} */
  const ways = HASHED.test(path) ? ['force-cache', 'reload'] : ['no-cache'];
  for (const cache of ways) {
    let bytes, type;
    try {
      const response = await fetch(addressOf(path), { cache });
      type = response.headers.get('Content-Type') ?? '';
      bytes = await response.arrayBuffer();
    } catch (error) {
      throw new Trouble('network', path, error);
    }
    if ((await digest(bytes)) === TABLE.files[path][0]) {
      return new Response(bytes, { headers: { 'Content-Type': type } });
    }
  }
  throw new Trouble('differs', path);
}

/**
 * What is kept gzipped the page may have fetched in its other form: then it need not come twice.
 * @param {string} path
 */
async function fromBrowser(path) {
  const published = ZIPPED.get(path);
  const had = published && (await cached(SCOPE + published.asked));
  if (!had || typeof CompressionStream !== 'function') return null;
  const bytes = await had.arrayBuffer().catch(() => null);
  if (!bytes || (await digest(bytes)) !== published.hash) return null;
  const packed = await through(new Response(bytes), 'gzip').arrayBuffer();
  return new Response(packed, { headers: { 'Content-Type': 'application/octet-stream' } });
}

/**
 * What the browser's own cache has for an address; the network is never asked.
 * @param {string} url
 */
async function cached(url) {
  try {
    const response = await fetch(url, { cache: 'only-if-cached', mode: 'same-origin' });
    return response.ok ? response : null;
  } catch {
    return null;
  }
}

/** What the learner has opened or asked for; versions that did not ask kept everything. @returns {Promise<Wanted>} */
const wanted = async () =>
  (await read('wanted')) ?? { whole: Boolean(await read('files')), tracks: [], paths: [] };

/** The files that are to be here. */
async function filesWanted() {
  const { whole, tracks, paths } = await wanted();
  if (whole) return Object.keys(TABLE.files);
  const more = [...tracks.flatMap((track) => TABLE.tracks[track] ?? []), ...paths];
  return [...new Set([...TABLE.always, ...more])].filter((path) => Object.hasOwn(TABLE.files, path));
}

/** @type {Promise<unknown>} the end of what is being stored */ let filling = Promise.resolve();

/**
 * Stores every file that is wanted and not here yet, one call after the other, and tells the pages how
 * far it is.
 * @param {Partial<Wanted>} [more] what else is wanted from now on
 * @throws {Trouble}
 */
function fill(more) {
  const turn = filling.then(() => more && want(more)).then(fillNow);
  filling = turn.catch(() => {});
  return turn;
}

/** @param {Partial<Wanted>} more */
async function want({ whole = false, tracks = [], paths = [] }) {
  const before = await wanted();
  await write('wanted', {
    whole: before.whole || whole,
    tracks: [...new Set([...before.tracks, ...tracks])],
    paths: [...new Set([...before.paths, ...paths])],
  });
}

async function fillNow() {
  const files = await filesWanted();
  const total = sum(files);
  const here = new Set((await (await opened).keys()).map(({ url }) => url));
  /** @type {Map<string, string>} */ const missing = new Map();
  for (const path of files) {
    const [hash] = TABLE.files[path];
    if (!here.has(keyOf(hash))) missing.set(hash, path);
  }
  const todo = [...missing.values()];
  let stored = total - sum(todo);
  /** @type {unknown} */ let trouble = null;
  const lane = async () => {
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      try {
        await store(path);
        if (removed) throw new Error('The course is not to be kept');
        stored += bytesOf(path);
        tell({ offline: 'storing', stored, total });
      } catch (error) {
        trouble ??= error;
        if (!(error instanceof Trouble) || error.why !== 'differs') todo.length = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (trouble instanceof Trouble) {
    tell({ offline: 'failed', why: trouble.why, path: trouble.path, stored, total });
  }
  if (trouble) throw trouble;
}

/** Takes out every stored file that is not what it should be. */
async function weed() {
  const cache = await opened;
  for (const [path, [hash]] of Object.entries(TABLE.files)) {
    const kept = await cache.match(keyOf(hash));
    if (!kept) continue;
    const published = ZIPPED.get(path); // gzipped here or by the build: what is in it counts
    try {
      const bytes = await (published ? through(kept, 'gunzip') : kept).arrayBuffer();
      if ((await digest(bytes)) === (published?.hash ?? hash)) continue;
    } catch {
      // cannot be read, or not to its end
    }
    await cache.delete(keyOf(hash));
  }
}

async function check() {
  await weed();
  await complete();
}

/** Stores what is wanted, and says so once it is here. @param {Partial<Wanted>} [more] wanted from now on */
async function complete(more) {
  try {
    await fill(more);
    await tellStored();
    await tidy();
  } catch (error) {
    if (!(error instanceof Trouble) && !removed) throw error;
  }
}

const tellStored = async () => tell({ offline: 'stored', total: sum(await filesWanted()), whole: WHOLE });

/** The learner has opened pages and files. @param {{paths: string[], packs: string[]}} opened */
function open({ paths, packs }) {
  const known = paths.map((path) => pathOf(new URL(path, SCOPE))).filter((path) => Object.hasOwn(TABLE.files, path));
  const lessons = known.filter((path) => path.startsWith('lesson/'));
  const tracks = Object.entries(TABLE.tracks)
    .filter(([, files]) => packs.includes(files[0]) || lessons.some((path) => files.includes(path)))
    .map(([track]) => track);
  return complete({ tracks, paths: known });
}

/** @param {object} message */
async function tell(message) {
  for (const page of await pages()) page.postMessage({ ...message, scope: SCOPE, cache: CACHE });
}

/** The open pages of the course. @returns {Promise<any[]>} */
async function pages() {
  const all = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return all.filter((/** @type {any} */ page) => page.url.startsWith(SCOPE));
}

// --- from version to version ------------------------------------------------------------------------

/** @param {string} name */
async function read(name) {
  const note = await (await opened).match(noteOf(name));
  return note ? note.json() : null;
}

/** @param {string} name @param {unknown} what */
const write = async (name, what) => (await opened).put(noteOf(name), new Response(JSON.stringify(what)));

async function takeOver() {
  const [files, before] = await Promise.all([read('files'), read('before')]);
  const ids = (await pages()).map(({ id }) => id);
  if (files) await write('before', { pages: ids, files: { ...before?.files, ...files } });
  await write('files', TABLE.files);
  await worker.clients.claim();
  await tidy();
  await tellStored();
}

/**
 * Lets go of the version before, once no page of it is open, and of what came of versions that were
 * never whole. While a newer version is on its way nothing goes: what is stored may be for that one.
 */
async function tidy() {
  const before = /** @type {Before | null} */ (await read('before'));
  if (!before || worker.registration.installing || worker.registration.waiting) return;
  const ids = new Set((await pages()).map(({ id }) => id));
  if (before.pages.some((id) => ids.has(id))) return;
  const cache = await opened;
  const notes = [noteOf('files'), noteOf('wanted')];
  const ours = new Set([...Object.values(TABLE.files).map(([hash]) => keyOf(hash)), ...notes]);
  for (const { url } of await cache.keys()) if (!ours.has(url)) await cache.delete(url);
}

async function remove() {
  removed = true;
  await caches.delete(CACHE);
  await worker.registration.unregister();
}

worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(fill({})));
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(takeOver()));
worker.addEventListener('message', (/** @type {any} */ event) => {
  if (event.data?.offline === 'check') event.waitUntil(check());
  if (event.data?.offline === 'opened') event.waitUntil(open(event.data));
  if (event.data?.offline === 'whole') event.waitUntil(complete({ whole: true }));
  if (event.data?.offline === 'change over') worker.skipWaiting();
  if (event.data?.offline === 'remove') event.waitUntil(remove());
});

// --- answering ------------------------------------------------------------------------------------

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || !url.href.startsWith(SCOPE)) return;
  const path = pathOf(url);
  if (Object.hasOwn(TABLE.direct, path)) event.respondWith(direct(path, request));
  else if (Object.hasOwn(TABLE.files, path)) event.respondWith(kept(path, request));
  else if (Object.hasOwn(TABLE.files, `${path}/index.html`)) {
    event.respondWith(Response.redirect(`${url.origin}${url.pathname}/${url.search}`, 301));
  } else if (HASHED.test(path)) event.respondWith(keptBefore(path, request));
  else if (request.mode === 'navigate' && !path.startsWith('download/')) event.respondWith(unknown(request));
});

/** The table's name for an address. @param {URL} url */
function pathOf(url) {
  let path;
  try {
    path = decodeURIComponent((url.origin + url.pathname).slice(SCOPE.length));
  } catch {
    return url.pathname; // no name of ours
  }
  return path === '' || path.endsWith('/') ? `${path}index.html` : path;
}

/**
 * A file of the table; one that is not here, not yet or not any more, is fetched and stored.
 * @param {string} path @param {Request} request
 */
async function kept(path, request) {
  const here = await (await opened).match(keyOf(TABLE.files[path][0]));
  if (here) return here;
  try {
    return await store(path);
  } catch {
    return fetch(request).catch(() => lost(path, request)); // a newer version's page, complete in itself
  }
}

/**
 * Pyodide's larger half as the browser itself keeps it, for with it Chromium keeps the machine code;
 * else inflated from what is stored.
 * @param {string} path @param {Request} request
 */
async function direct(path, request) {
  const had = await cached(request.url);
  if (had) return had;
  const [name] = TABLE.direct[path];
  const here = await kept(name, request);
  if (name === path || here.type !== 'default') return here;
  const type = path.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
  return new Response(through(here, 'gunzip').body, { headers: { 'Content-Type': type } });
}

/** A file that this version does not have: a page of the version before may ask for it. @param {string} path @param {Request} request */
async function keptBefore(path, request) {
  const before = /** @type {Before | null} */ (await read('before'));
  const [hash] = before?.files[path] ?? [];
  return (hash && (await (await opened).match(keyOf(hash)))) || fetch(request);
}

/** An address that the course does not have, as the host answers it or would. @param {Request} request */
async function unknown(request) {
  try {
    return await fetch(request);
  } catch {
    const missing = await kept('404.html', request);
    return new Response(missing.body, { status: 404, headers: missing.headers });
  }
}

/** @param {string} path @param {Request} request */
function lost(path, request) {
  if (request.mode !== 'navigate') return Response.error();
  const title = say('Not on this device');
  const heading = say('This page is not on this device');
  const reason = say('There is no network to fetch {file}, and it is not here: it was not opened before, or the browser has made room. What was opened, with all of its track, is kept; the foot of every page can keep the whole course.', { file: `<code>${path}</code>` });
  const home = say('To the front page');
  const text =
    '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `<title>${title}</title><body style="font:1.1rem/1.5 system-ui;margin:2rem;max-width:34rem">` +
    `<h1>${heading}</h1><p>${reason}</p><p><a href="${SCOPE}">${home}</a></p>`;
  return new Response(text, { status: 503, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}
