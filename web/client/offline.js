// @ts-check
// The course kept on this device: registers the service worker (service-worker.mjs), tells it what the
// learner opens, shows in the foot of the page how much is stored and how far it is, and offers to
// keep all of it, and a new version when one is ready.
// Where nothing can be kept (no service workers, a frame, a file), the line stays away.

import { recall, rememberOffline } from './keep.js';
import { fixed, say } from './words.js';

const UPDATES = 3_600_000; // milliseconds between two looks for a new version on a page that stays open

/**
 * @typedef {object} Opened a page, or a file that was fetched for it
 * @property {string} path its address
 * @property {string[]} packs the packs of games that the page names
 *
 * @typedef {object} State what the line in the foot says
 * @property {'ask' | 'storing' | 'stored' | 'failed'} offline
 * @property {number} [stored] bytes
 * @property {number} [total] bytes
 * @property {number} [whole] bytes of the whole course
 * @property {'network' | 'differs' | 'room'} [why]
 * @property {string} [path] the file in trouble
 * @property {boolean} [next] it is about a version that is to follow the one on this device
 */

const size = (/** @type {number | undefined} */ bytes) => fixed((bytes ?? 0) / 1e6, 1);

export class Offline {
  /** @type {ServiceWorkerRegistration | null} */ #registration = null;
  /** @type {State | null} */ #state = null;
  /** Whether the browser has promised not to remove it: not known, not asked, or its answer.
   * @type {undefined | 'no' | 'yes' | 'refused'} */
  #lasting;
  #cache = '';
  /** Bytes that had come when the browser last stopped it. */ #reached = 0;
  #waiting = false;
  #later = false;
  /** How many of the things opened the service worker has been told. */ #told = 0;

  /** @param {URL} root of the course @param {Opened[]} opened what the learner opens, as it goes on */
  constructor(root, opened) {
    this.root = root;
    this.opened = opened;
    const obstacle = obstacleHere();
    if (obstacle) {
      console.info(`The course is not kept on this device: ${obstacle}.`);
      return;
    }
    this.#begin().catch((error) => console.info('The course is not kept on this device:', error));
  }

  async #begin() {
    const { serviceWorker } = navigator;
    serviceWorker.addEventListener('message', ({ data, source }) => this.#hear(data, source));
    serviceWorker.addEventListener('controllerchange', () => {
      this.#waiting = false;
      this.show();
    });
    addEventListener('online', () => this.#tryAgain());
    setInterval(() => document.hidden || this.#update(), UPDATES);
    const found = await serviceWorker.getRegistration(this.root);
    const { offline } = recall();
    const sparing = /** @type {any} */ (navigator).connection?.saveData;
    if (offline ?? (found?.scope === this.root.href || !sparing)) return this.keep();
    const sizes = await fetch(new URL('offline.json', this.root));
    const { bytes, whole } = await sizes.json();
    this.#tell({ offline: 'ask', total: bytes, whole });
  }

  /** Keep the course on this device, or see that it is still whole. */
  async keep() {
    try {
      const url = new URL('service-worker.js', this.root);
      const registration = await navigator.serviceWorker.register(url, { updateViaCache: 'none' });
      if (!registration) throw new Error('this browser registers nothing'); // one that only says it does
      if (registration !== this.#registration) await this.#watch(registration);
      registration.active?.postMessage({ offline: 'check' });
      this.#told = 0;
      this.tell();
    } catch (error) {
      console.info('The course is not kept on this device:', error);
    }
  }

  /** Tell the service worker, once there is one, what has been opened since; returns whether it was told. */
  tell() {
    const { active } = this.#registration ?? {};
    const news = this.opened.slice(this.#told);
    if (!active || news.length === 0) return false;
    this.#told = this.opened.length;
    const [paths, packs] = [news.map(({ path }) => path), news.flatMap((one) => one.packs)];
    active.postMessage({ offline: 'opened', paths, packs });
    return true;
  }

  /** After a network that was not there. */
  async #tryAgain() {
    if (this.#state?.offline !== 'failed' || this.#state.why !== 'network') return;
    await this.keep();
    await this.#update();
  }

  #update() {
    return this.#registration?.update().catch(() => {}); // no network: later, then
  }

  /** @param {ServiceWorkerRegistration} registration */
  async #watch(registration) {
    this.#registration = registration;
    const look = () => {
      this.#waiting = Boolean(registration.waiting && registration.active);
      this.show();
      // Browsers stop what takes minutes. What has come is here, so the next attempt goes on from there.
      const stopped = !registration.installing && !registration.waiting && !registration.active;
      const { offline, stored = 0 } = this.#state ?? {};
      if (stopped && offline === 'storing' && stored > this.#reached) {
        this.#reached = stored;
        this.keep();
      }
    };
    const follow = () => registration.installing?.addEventListener('statechange', look);
    registration.addEventListener('updatefound', follow);
    follow();
    look();
    if ('storage' in navigator) this.#lasting = (await navigator.storage.persisted().catch(() => false)) ? 'yes' : 'no';
    this.show();
  }

  /** @param {any} data @param {unknown} source */
  #hear(data, source) {
    if (!data?.offline || data.scope !== this.root.href) return;
    if (recall().offline === false) return; // removed, which that worker had not heard yet
    const active = this.#registration?.active;
    this.#cache = data.cache;
    if (data.offline === 'stored' && this.tell()) return; // not all of it, then
    this.#tell({ ...data, next: Boolean(active && source !== active) });
  }

  /** @param {State} state */
  #tell(state) {
    this.#state = state;
    this.show();
  }

  /** The learner has come to another page. */
  arrive() {
    this.show();
    this.tell();
    this.#tryAgain();
  }

  /** Show how things stand on the page as it is now. */
  show() {
    const line = document.querySelector('[data-offline]');
    if (line instanceof HTMLElement && this.#state) {
      line.hidden = false;
      line.replaceChildren(this.#sentence(this.#state), ...this.#buttons(this.#state));
    }
    this.#offer();
  }

  /** @param {State} state */
  #sentence({ offline, stored, total, whole, why, path, next }) {
    if (this.#waiting) return say('A new version of the course is on this device, ready for use.');
    if (offline === 'ask') return say('What you open can be kept on this device, for use without a network: {total} MB to begin with.', { total: size(total) });
    if (offline === 'stored') {
      const sized = { total: size(total) };
      if (total === whole) {
        return this.#lasting === 'refused'
          ? say('The whole course is kept on this device and works without a network: {total} MB, for as long as the browser has room.', sized)
          : say('The whole course is kept on this device and works without a network: {total} MB.', sized);
      }
      return this.#lasting === 'refused'
        ? say('What you have opened is kept on this device, with the rest of its track, and works without a network: {total} MB, for as long as the browser has room.', sized)
        : say('What you have opened is kept on this device, with the rest of its track, and works without a network: {total} MB.', sized);
    }
    const far = { stored: size(stored), total: size(total) };
    if (offline === 'storing') {
      return next
        ? say('A new version of the course is on its way to this device: {stored} of {total} MB.', far)
        : say('The course is being kept on this device, for use without a network: {stored} of {total} MB.', far);
    }
    const reasons = next
      ? {
          network: say('The course stays as it is on this device: of a new version, {stored} of {total} MB are here; the rest comes when there is a network.', far),
          differs: say('The course stays as it is on this device: of a new version, {stored} of {total} MB are here, but the host sends “{file}” in another form than the one that was built. The next visit tries again.', { ...far, file: path ?? '' }),
          room: say('The course stays as it is on this device: of a new version, {stored} of {total} MB are here, and the browser gives this site no more room.', far),
        }
      : {
          network: say('Of the course, {stored} of {total} MB are here; the rest comes when there is a network.', far),
          differs: say('Of the course, {stored} of {total} MB are here, but the host sends “{file}” in another form than the one that was built. The next visit tries again.', { ...far, file: path ?? '' }),
          room: say('Of the course, {stored} of {total} MB are here, and the browser gives this site no more room.', far),
        };
    return reasons[why ?? 'network'];
  }

  /** @param {State} state */
  #buttons({ offline, total, whole }) {
    const made = [];
    if (this.#waiting) made.push(button(say('Change over'), () => this.#changeOver()));
    if (offline === 'ask') {
      made.push(button(say('Keep it'), () => {
        rememberOffline(true);
        this.keep();
      }));
      return made;
    }
    if (offline === 'stored' && total !== whole) {
      const keepAll = () => this.#registration?.active?.postMessage({ offline: 'whole' });
      made.push(button(say('Keep the whole course ({total} MB)', { total: size(whole) }), keepAll));
    }
    if (offline === 'stored' && this.#lasting === 'no') {
      made.push(button(say('Keep it even when room is short'), async () => {
        this.#lasting = (await navigator.storage.persist().catch(() => false)) ? 'yes' : 'refused';
        this.show();
      }));
    }
    made.push(button(say('Remove it'), () => this.#remove()));
    return made;
  }

  async #remove() {
    const { active, waiting, installing } = this.#registration ?? {};
    rememberOffline(false);
    for (const worker of [installing, waiting, active]) worker?.postMessage({ offline: 'remove' });
    await caches.delete(this.#cache).catch(() => {}); // the workers delete it too
    this.#registration = null;
    this.#waiting = false;
    this.#tell({ offline: 'ask', total: this.#state?.total });
  }

  /** A calm line at the lower edge of the page, for as long as a new version waits. */
  #offer() {
    const place = document.querySelector('[data-offer]');
    if (!this.#waiting || this.#later) return place?.replaceChildren();
    if (!place || place.hasChildNodes()) return;
    place.append(
      say('A new version of the course is ready. Changing over loads this page anew.'),
      button(say('Change over'), () => this.#changeOver()),
      button(say('Later'), () => {
        this.#later = true;
        this.show();
      }),
    );
  }

  #changeOver() {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
    this.#registration?.waiting?.postMessage({ offline: 'change over' });
  }
}

/** Why the course cannot be kept on this page, or ''. */
function obstacleHere() {
  if (!location.protocol.startsWith('http')) return 'it was not opened from the web';
  if (window.top !== window) return 'it stands in a frame';
  if (!('serviceWorker' in navigator)) return 'this browser, or an address without https, does not allow it';
  if (document.getElementById('live-reload')) return 'it is being written';
  return '';
}

/** @param {string} name @param {() => void} press */
function button(name, press) {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: name });
  made.addEventListener('click', press);
  return made;
}
