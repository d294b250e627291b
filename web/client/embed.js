// @ts-check
// <neuronauts-game game="tune-the-neuron" seed="7" params="…" run="1.…" theme="auto" height="auto">
// A game of the course on any page: a picture until it is scrolled near, then a frame of the course's
// own site. <script async src="…/embed.js"></script> is all it needs. What page and frame say to each
// other stands in docs/embedding.md, "Protocol"; nothing that a frame says becomes HTML here.

import { direction, say } from './words.js';

(() => {
  if (customElements.get('neuronauts-game')) return;
  const VERSION = 1;
  const NEAR = '600px 0px'; // how far below or above the window a game begins to load
  const LATE = 60_000; // milliseconds after which a frame that says nothing is given up
  const EMPTY = 10_000; // the same for one that has loaded
  const LEAST = 80, HIGHEST = 6000; // pixels
  const MOST = 100; // messages of one kind that are taken in a second
  const script = /** @type {any} */ (document.currentScript ?? document.querySelector('script[src$="embed.js"]'));
  const BASE = new URL('./', script.src);
  // A frame of another site may run its scripts, have its own storage, open links in new tabs and save
  // files; it can do nothing to this page. On the course's own site both of the first two rights would
  // undo the sandbox, and without the second no two games could share a Python: there, none is set.
  const SANDBOX = 'allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads';
  const STYLE = `
    :host { display: block; margin-block: 1.5rem; font: 1rem/1.5 system-ui, sans-serif }
    :host([hidden]) { display: none }
    div { position: relative; transition: color 1ms }
    s { display: none; color: color-mix(in srgb, currentColor, currentColor) }
    ::slotted(iframe) { display: block !important; width: 100% !important; max-width: none !important; border: 0 !important }
    .poster ~ slot::slotted(iframe) { position: absolute; inset: 0; visibility: hidden }
    .poster { display: block; overflow: hidden; width: 100%; padding: 0; border: 0; border-radius: 18px; background: #fff; font: inherit; cursor: pointer }
    .dark .poster { background: #1f2228 }
    img { display: block; width: 100%; height: 100% }
    b { position: absolute; inset: min(12rem, 40%) auto auto 50%; translate: -50%; min-width: 9rem; padding: .75rem 1.5rem; border-radius: 12px; background: #077673; color: #fff; box-shadow: 0 4px 16px #0006 }
    .dark b { background: #3fd6d0; color: #0d1f1f }
    .poster:focus-visible b { outline: 3px solid currentColor; outline-offset: -6px }`;

  /** @param {string} tag @param {object} facts @param {(Node | string)[]} inside @returns {any} */
  const make = (tag, facts, ...inside) => {
    const made = Object.assign(document.createElement(tag), facts);
    made.append(...inside);
    return made;
  };

  // --- what a frame may say: the shape of each kind ---------------------------------------------------

  /** @typedef {(it: any, most?: number) => boolean} Check */
  /** @type {Check} */ const text = (it, most = 2000) => typeof it === 'string' && it.length <= most;
  /** @type {Check} */ const whole = (it) => Number.isSafeInteger(it) && it >= 0;
  /** @type {Check} */ const points = (it) => it === null || (it >= 0 && it <= 1 && typeof it === 'number');
  /** @type {Check} */ const plain = (it) => text(it) || typeof it === 'boolean' || Number.isFinite(it);
  /** @type {Check} */ const object = (it) => typeof it === 'object' && it !== null && !Array.isArray(it);
  /** @type {Check} */ const placed = ({ game, seed, params, score }) =>
    text(game) && whole(seed) && object(params) && Object.values(params).every((it) => plain(it)) && points(score);
  /** @type {Check} */ const state = (it) =>
    object(it) && placed(it) && whole(it.version) && Array.isArray(it.log) && text(it.run, 64_000) && text(it.link, 99_000);

  /** For each kind: whether it is right, and what of it an event tells. @type {Record<string, [Check, string[]?]>} */
  const KINDS = {
    hello: [({ title }) => text(title)],
    size: [({ height }) => Number.isFinite(height)],
    answer: [(said) => whole(said.id) && state(said.state)],
    ready: [placed, ['game', 'seed', 'params', 'score']],
    score: [({ score }) => points(score), ['score']],
    won: [({ score, proof }) => points(score) && text(proof, 64_000), ['score', 'proof']],
    error: [({ message }) => text(message), ['message']],
  };

  /** @param {any} from @param {string[]} names */
  const only = (from, names) => Object.fromEntries(names.map((name) => [name, from[name]]));

  class NeuronautsGame extends HTMLElement {
    static observedAttributes = ['game', 'seed', 'params', 'run', 'theme', 'height'];
    /** @type {HTMLIFrameElement | null} */ #frame = null;
    /** @type {[string, object][]} said before the frame could hear it */ #unsaid = [];
    /** @type {Map<number, {resolve: (state: any) => void, reject: (error: Error) => void}>} */ #asked = new Map();
    /** @type {Record<string, number[]>} when a second began, and how many of a kind came in it */ #heard = {};
    /** @type {AbortController | undefined} */ #life;
    /** @type {any} */ #late;
    #box = make('div', { dir: direction });
    #tone = make('s', {});
    #sized = new ResizeObserver(() => {
      this.#resize();
      this.#dress();
    });
    #near = new IntersectionObserver((seen) => {
      const { saveData } = /** @type {any} */ (navigator).connection ?? {};
      if (!saveData && seen.some((entry) => entry.isIntersecting)) this.#load();
    }, { rootMargin: NEAR });
    #questions = 0;
    #ignored = 0;
    #content = 0;
    #listening = false;
    #enter = false;

    /** How many messages of the frame were none of the protocol's, or too many. */
    get ignored() { return this.#ignored; }

    /** Start the game again, with another seed if one is given. @param {number} [seed] */
    reset(seed) { this.#post('reset', { seed }); }

    /** Do what a control of the game would do. @param {any[]} message as the game's update takes it */
    send(message) { this.#post('send', { message }); }

    /** What is placed here, and all that was done to it. @returns {Promise<object>} */
    state() {
      const id = ++this.#questions;
      return new Promise((resolve, reject) => {
        this.#asked.set(id, { resolve, reject });
        this.#post('state', { id });
      });
    }

    connectedCallback() {
      const { signal } = (this.#life = new AbortController());
      addEventListener('message', (event) => this.#hear(event), { signal });
      document.addEventListener('securitypolicyviolation', (event) => this.#forbidden(event), { signal });
      if (!this.shadowRoot) this.attachShadow({ mode: 'open' }).append(make('style', { textContent: STYLE }), this.#box, this.#tone);
      const dress = () => this.#dress();
      this.#box.ontransitionend = dress;
      document.addEventListener('transitionend', dress, { signal }); // of a slow one the box hears in Firefox when it begins
      this.#sized.observe(this);
      this.#picture();
    }

    disconnectedCallback() {
      this.#life?.abort();
      this.#sized.disconnect();
      this.#unload();
    }

    /** @param {string} name */
    attributeChangedCallback(name) {
      if (!this.#life || this.#life.signal.aborted) return;
      if (name === 'theme') return this.#dress();
      if (name === 'height') return this.#resize();
      const loaded = this.#frame;
      this.#unload();
      this.#picture();
      if (loaded) this.#load();
    }

    // --- picture and frame ----------------------------------------------------------------------------

    #picture() {
      const image = make('img', { alt: '', loading: 'lazy' });
      const poster = make('button', { className: 'poster', ariaLabel: say('Play {game}', { game: this.#name }), onclick: () => this.#load(true) }, image, make('b', { textContent: say('Play') }));
      this.#box.replaceChildren(poster, make('slot', { name: 'frame' }));
      this.#resize();
      this.#dress();
      this.#near.observe(this);
    }

    /** What the link inside says, or what can be read in the game's name. */
    get #name() {
      const words = (this.getAttribute('game') ?? '').replaceAll('-', ' ');
      return this.querySelector('a')?.textContent?.trim() || words.charAt(0).toUpperCase() + words.slice(1);
    }

    /** @param {boolean} [enter] whether the reader goes into the game */
    #load(enter = false) {
      this.#enter ||= enter;
      if (this.#frame || !this.isConnected) return;
      const given = this.getAttribute('params') ?? '', run = this.getAttribute('run'), seed = this.getAttribute('seed');
      let params;
      try {
        params = /^\s*{/.test(given) ? Object.entries(JSON.parse(given)) : new URLSearchParams(given);
      } catch {
        return this.#fail(say('{given} is neither a JSON object nor like {example}.', { given: `params="${given.slice(0, 200)}"`, example: 'bias=0.5&size=3' }));
      }
      const src = this.#address('');
      for (const [name, value] of params) src.searchParams.set(name, value);
      if (seed) src.searchParams.set('seed', seed);
      src.hash = `${run ? `run=${run}&` : ''}theme=${this.#theme()}`;
      const frame = (this.#frame = make('iframe', { slot: 'frame', title: this.#name, allow: 'clipboard-write; fullscreen', src }));
      if (BASE.origin !== location.origin) frame.setAttribute('sandbox', SANDBOX);
      frame.onload = () => this.#listening || this.#giveUp(EMPTY);
      this.#near.disconnect();
      this.#giveUp(LATE);
      this.#box.querySelector('b').textContent = say('Loading…');
      this.append(frame); // into the page's own tree: only there can frames find each other (siblings.js)
      this.#dress();
    }

    /** @param {string} file */
    #address(file) {
      return new URL(`frame/${encodeURIComponent(this.getAttribute('game') ?? '')}/${file}`, BASE);
    }

    #unload() {
      clearTimeout(this.#late);
      this.#near.disconnect();
      this.#frame?.remove();
      this.#frame = null;
      this.#listening = this.#enter = false;
      this.#unsaid = [];
      for (const { reject } of this.#asked.values()) reject(new Error('the game is no longer there'));
      this.#asked.clear();
    }

    /** @param {number} after milliseconds in which the frame has not spoken */
    #giveUp(after) {
      clearTimeout(this.#late);
      this.#late = setTimeout(() => this.#fail(say('The game could not be loaded.')), after);
    }

    /** The page's own policy keeps the frame out; not every browser tells that in another way. @param {SecurityPolicyViolationEvent} event */
    #forbidden({ effectiveDirective: directive, blockedURI, disposition }) {
      const ours = directive === 'frame-src' && blockedURI.startsWith(BASE.origin) && disposition === 'enforce';
      if (ours && this.#frame && !this.#listening) this.#fail(say('The policy of this page ({directive}) does not let the game in.', { directive }));
    }

    /** There is no game: say why, beside what stands inside. @param {string} message */
    #fail(message) {
      this.#unload();
      this.#box.replaceChildren(message, ' ', make('slot', {}));
      this.#tell('error', { message });
    }

    /** Picture and frame have the height asked for, or that of the content; the picture, of most games. */
    #resize() {
      const asked = parseInt(this.getAttribute('height') ?? '') || this.#content || (this.clientWidth < 800 ? 1500 : 850);
      const shown = this.#box.querySelector('.poster') ?? this.#frame;
      if (shown) shown.style.height = `${Math.min(HIGHEST, Math.max(LEAST, Math.ceil(asked)))}px`;
    }

    // --- the theme ------------------------------------------------------------------------------------

    /**
     * With theme="auto" a page of light letters is a dark one, whatever else it says. Why it turned is not
     * asked: the colour comes here by inheritance, and its transition tells. A `color-mix` is computed to
     * sRGB, whatever the page's colour is written in; a browser that has none of it knows `rgb()` alone.
     */
    #theme() {
      const asked = this.getAttribute('theme') ?? '';
      if (asked === 'light' || asked === 'dark') return asked;
      const { color } = getComputedStyle(this.#tone);
      const [red, green, blue] = (color.match(/none|-?[\d.]+(e[-+]?\d+)?/g) ?? []).map((part) => Number(part) || 0);
      const most = color.startsWith('rgb') ? 255 : 1;
      return 0.3 * red + 0.6 * green + 0.1 * blue > 0.55 * most ? 'dark' : 'light';
    }

    #dress() {
      const theme = this.#theme();
      const image = this.#box.querySelector('img');
      const { href } = this.#address(`first.svg#${theme}`);
      if (image && image.src !== href) image.src = href;
      this.#box.className = theme;
      if (!this.#frame || this.#frame.style.colorScheme === theme) return;
      this.#frame.style.colorScheme = theme; // with another than its own, a frame is not transparent
      if (this.#listening) this.#post('theme', { theme });
    }

    // --- page and frame talk --------------------------------------------------------------------------

    /** @param {string} kind @param {object} facts */
    #post(kind, facts) {
      if (this.#listening) {
        const target = origin === 'null' ? '*' : BASE.origin; // what is in a sandbox has no origin
        this.#frame?.contentWindow?.postMessage({ neuronauts: VERSION, kind, ...facts }, target);
      } else {
        this.#unsaid.push([kind, facts]);
        this.#load();
      }
    }

    /** @param {MessageEvent} event */
    #hear({ source, origin: from, data }) {
      if (!this.#frame || source !== this.#frame.contentWindow) return;
      const kind = from === BASE.origin || from === origin ? data?.neuronauts === VERSION && data.kind : '';
      const [right, told] = (Object.hasOwn(KINDS, kind) && KINDS[kind]) || [];
      if (!right?.(data) || !this.#calm(kind)) this.#ignored += 1;
      else if (told) this.#tell(kind, only(data, told));
      else if (kind === 'hello') this.#greet(data.title);
      else if (kind === 'size') this.#show(data.height);
      else {
        this.#asked.get(data.id)?.resolve(only(data.state, ['version', 'game', 'seed', 'params', 'log', 'score', 'run', 'link', 'ignored']));
        this.#asked.delete(data.id);
      }
    }

    /** Whether one more message of a kind is taken. @param {string} kind */
    #calm(kind) {
      const second = Math.floor(performance.now() / 1000);
      const [last, count] = this.#heard[kind] ?? [];
      this.#heard[kind] = [second, last === second ? count + 1 : 1];
      return this.#heard[kind][1] <= MOST;
    }

    /** @param {string} title */
    #greet(title) {
      clearTimeout(this.#late);
      if (this.#frame) this.#frame.title = title;
      this.#listening = true;
      this.#post('listen', { theme: this.#theme() });
      for (const [kind, facts] of this.#unsaid.splice(0)) this.#post(kind, facts);
    }

    /** @param {number} height */
    #show(height) {
      this.#content = height;
      this.#box.querySelector('.poster')?.remove();
      this.#resize();
      if (this.#enter) this.#frame?.focus();
      this.#enter = false;
    }

    /** @param {string} type @param {object} detail */
    #tell(type, detail) {
      this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
    }
  }

  const define = () => customElements.define('neuronauts-game', NeuronautsGame);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', define); // its links are read
  else define();
})();
