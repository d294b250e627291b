// @ts-check
// <neuronauts-game game="tune-the-neuron" seed="7" params="…" theme="auto" height="auto" run="1.…">
// A game of the course on any page: a picture until it is scrolled near, then a frame of the course's
// own site. What page and frame say to each other stands in docs/embedding.md, "Protocol".
// <script async src="…/embed.js"></script> is all it needs; it is never renamed, and knows no module.

(() => {
  if (customElements.get('neuronauts-game')) return;
  const VERSION = 1;
  const NEAR = '600px 0px'; // how far below or above the window a game begins to load
  const LOADING = 30_000; // milliseconds until a frame that says nothing counts as lost
  const LEAST = 80, HIGHEST = 6000; // pixels a frame may be high
  const MOST = 100; // messages of one kind that are taken in a second
  const script = document.currentScript ?? document.querySelector('script[src$="embed.js"]');
  const BASE = new URL('./', /** @type {HTMLScriptElement} */ (script).src);

  const STYLE = `
    :host { display: block; margin-block: 1.5rem; font: 1rem/1.5 system-ui, sans-serif }
    :host([hidden]), [hidden] { display: none !important }
    .box { position: relative }
    ::slotted(iframe) { display: block !important; width: 100% !important; max-width: none !important; border: 0 !important }
    .poster ~ slot::slotted(iframe) { position: absolute; inset: 0; visibility: hidden }
    .poster { position: relative; overflow: hidden; border-radius: 18px; background: #fff; color: #1d2126 }
    .dark .poster { background: #1f2228; color: #ece7dc }
    img { display: block; width: 100%; height: 100% }
    button { position: absolute; inset: 0; width: 100%; border: 0; background: linear-gradient(#fff0 40%, #fff); font: inherit; cursor: pointer }
    .dark button { background: linear-gradient(#1f222800 40%, #1f2228) }
    button span { min-width: 9rem; padding: .75rem 1.5rem; border-radius: 12px; background: #077673; color: #fff; font-weight: 650 }
    .dark button span { background: #3fd6d0; color: #0d1f1f }
    button:focus-visible { outline: none }
    button:focus-visible span { outline: 3px solid currentColor; outline-offset: 3px }`;

  // --- what a frame may say: the shape of each kind ---------------------------------------------------

  const text = (/** @type {any} */ it, most = 2000) => typeof it === 'string' && it.length <= most;
  const whole = (/** @type {any} */ it) => Number.isSafeInteger(it) && it >= 0;
  const points = (/** @type {any} */ it) => it === null || (typeof it === 'number' && it >= 0 && it <= 1);
  const flat = (/** @type {any} */ it) =>
    it !== null && typeof it === 'object' && !Array.isArray(it) && Object.keys(it).length <= 100 &&
    Object.values(it).every((value) => text(value) || typeof value === 'boolean' || Number.isFinite(value));
  const placed = (/** @type {any} */ it) => text(it.game) && whole(it.seed) && flat(it.params) && points(it.score);

  /** @type {Record<string, (said: any) => boolean>} */
  const RIGHT = {
    hello: ({ title }) => text(title),
    size: ({ height }) => Number.isFinite(height),
    ready: placed,
    score: ({ score }) => points(score),
    won: ({ score, proof }) => points(score) && text(proof, 64_000),
    error: ({ message }) => text(message),
    answer: ({ id, state }) =>
      whole(id) && state !== null && typeof state === 'object' && placed(state) && whole(state.version) &&
      Array.isArray(state.log) && text(state.run, 64_000) && text(state.link, 99_000),
  };

  class NeuronautsGame extends HTMLElement {
    static observedAttributes = ['game', 'seed', 'params', 'run', 'theme', 'height'];
    /** @type {HTMLIFrameElement | null} */ #frame = null;
    /** @type {any[]} said before the frame could hear it */ #unsaid = [];
    /** @type {Map<number, {resolve: (state: any) => void, reject: (error: Error) => void}>} */ #asked = new Map();
    /** @type {Map<string, {since: number, count: number}>} */ #heard = new Map();
    /** @type {AbortController | undefined} */ #life;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ #lost;
    #near = new IntersectionObserver((seen) => {
      const { saveData } = /** @type {any} */ (navigator).connection ?? {};
      if (!saveData && seen.some((entry) => entry.isIntersecting)) this.#load();
    }, { rootMargin: NEAR });
    #answers = 0;
    #ignored = 0;
    #listening = false;
    #focus = false;
    #root = this.attachShadow({ mode: 'open' });
    #box = document.createElement('div');

    /** How many messages of the frame were none of the protocol, or too many. */
    get ignored() { return this.#ignored; }

    /** Start the game again, with another seed if one is given. @param {number} [seed] */
    reset(seed) { this.#say('reset', seed === undefined ? {} : { seed }); }

    /** Do what a control of the game would do. @param {any[]} message as in the game's update() */
    send(message) { this.#say('send', { message }); }

    /** What was placed, and all that was done to it. @returns {Promise<object>} */
    state() {
      const id = ++this.#answers;
      return new Promise((resolve, reject) => {
        this.#asked.set(id, { resolve, reject });
        this.#say('state', { id });
      });
    }

    connectedCallback() {
      const life = (this.#life = new AbortController());
      addEventListener('message', (event) => this.#hear(event), life);
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#dress(), life);
      document.addEventListener('transitionend', (e) => e.propertyName === 'color' && this.#dress(), life);
      const watch = new MutationObserver(() => this.#dress());
      for (const page of [document.documentElement, document.body]) watch.observe(page, { attributes: true });
      life.signal.addEventListener('abort', () => watch.disconnect());
      this.#poster();
    }

    disconnectedCallback() {
      this.#life?.abort();
      this.#unload();
    }

    /** @param {string} name @param {string | null} old @param {string | null} now */
    attributeChangedCallback(name, old, now) {
      if (!this.#life || this.#life.signal.aborted || old === now) return;
      if (name === 'theme') return this.#dress();
      if (name === 'height') return this.#resize(this.#height);
      const loaded = this.#frame !== null;
      this.#unload();
      this.#poster();
      if (loaded) this.#load();
    }

    // --- the picture ----------------------------------------------------------------------------------

    #poster() {
      const picture = document.createElement('div');
      const play = document.createElement('button');
      picture.className = 'poster';
      picture.append(Object.assign(document.createElement('img'), { alt: this.#name, loading: 'lazy' }), play);
      play.append(Object.assign(document.createElement('span'), { textContent: 'Play' }));
      play.ariaLabel = `Play ${this.#name}`;
      play.onclick = () => this.#load(true);
      this.#box.className = 'box';
      this.#box.replaceChildren(picture, Object.assign(document.createElement('slot'), { name: 'frame' }));
      this.#root.replaceChildren(Object.assign(document.createElement('style'), { textContent: STYLE }), this.#box);
      this.#resize(this.#height);
      this.#dress();
      this.#near.observe(this);
    }

    /** What the link inside says, or else what can be read in the game's name. */
    get #name() {
      const words = (this.getAttribute('game') ?? '').replaceAll('-', ' ');
      return this.querySelector('a')?.textContent?.trim() || words[0]?.toUpperCase() + words.slice(1);
    }

    /** The fixed height in pixels, 0 for that of the content. */
    get #height() {
      const height = parseInt(this.getAttribute('height') ?? '', 10);
      return height > 0 ? Math.min(HIGHEST, Math.max(LEAST, height)) : 0;
    }

    // --- the frame ------------------------------------------------------------------------------------

    /** @param {boolean} [focus] whether the reader goes into the game */
    #load(focus = false) {
      this.#focus ||= focus;
      if (this.#frame || !this.isConnected) return;
      this.#near.disconnect();
      const frame = (this.#frame = document.createElement('iframe'));
      // A frame of another site is shut in: it may run its own scripts and have its own storage, open
      // links in new tabs and save files, and do nothing to this page. On the course's own site a
      // sandbox with both rights would keep nothing in, and without them no two games share a Python.
      if (BASE.origin !== location.origin) {
        frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads');
      }
      frame.allow = 'clipboard-write; fullscreen';
      frame.title = this.#name;
      frame.src = this.#address();
      const span = this.#box.querySelector('span');
      if (span) span.textContent = 'Loading …';
      frame.slot = 'frame'; // a child of the page's own tree: only those can find each other (siblings.js)
      this.append(frame);
      this.#dress();
      this.#lost = setTimeout(() => this.#fail(), LOADING);
    }

    #address() {
      const params = this.getAttribute('params') ?? '', run = this.getAttribute('run'), seed = this.getAttribute('seed');
      const url = new URL(`frame/${encodeURIComponent(this.getAttribute('game') ?? '')}/`, BASE);
      let given = {};
      try {
        given = JSON.parse(params);
      } catch {
        given = Object.fromEntries(new URLSearchParams(params));
      }
      for (const [name, value] of Object.entries(given ?? {})) url.searchParams.set(name, String(value));
      if (seed) url.searchParams.set('seed', seed);
      url.hash = (run ? `run=${run}&` : '') + `theme=${this.#theme()}`;
      return url.href;
    }

    #unload() {
      clearTimeout(this.#lost);
      this.#near.disconnect();
      this.#frame?.remove();
      this.#frame = null;
      this.#listening = this.#focus = false;
      this.#unsaid = [];
      for (const { reject } of this.#asked.values()) reject(new Error('the game was taken away'));
      this.#asked.clear();
    }

    #fail() {
      const message = 'The game could not be loaded.';
      this.#unload();
      this.#box.replaceChildren(message, ' ', document.createElement('slot'));
      this.#tell('error', { message });
    }

    /** The height of picture or frame; the picture keeps room for what most games take. @param {number} height */
    #resize(height) {
      const shown = /** @type {HTMLElement | null} */ (this.#box.querySelector('.poster') ?? this.#frame);
      if (shown) shown.style.height = `${height || (this.clientWidth < 760 ? 900 : 620)}px`;
    }

    // --- the theme ------------------------------------------------------------------------------------

    /** With theme="auto" a page with light letters is a dark one, whatever else it says. */
    #theme() {
      const theme = this.getAttribute('theme');
      if (theme === 'light' || theme === 'dark') return theme;
      const one = new OffscreenCanvas(1, 1).getContext('2d');
      if (!one) return 'light';
      one.fillStyle = getComputedStyle(this).color;
      one.fillRect(0, 0, 1, 1);
      const [red, green, blue] = one.getImageData(0, 0, 1, 1).data;
      return 0.3 * red + 0.6 * green + 0.1 * blue > 140 ? 'dark' : 'light';
    }

    #dress() {
      const theme = this.#theme();
      const image = this.#box.querySelector('img');
      const src = new URL(`frame/${encodeURIComponent(this.getAttribute('game') ?? '')}/first.svg${theme === 'dark' ? '#dark' : ''}`, BASE).href;
      if (image && image.src !== src) image.src = src;
      if (this.#frame) this.#frame.style.colorScheme = theme; // or the frame could not be transparent
      if (this.#box.classList.toggle('dark', theme === 'dark') !== this.#dark) {
        this.#dark = !this.#dark;
        if (this.#listening) this.#say('theme', { theme });
      }
    }
    #dark = false;

    // --- page and frame talk --------------------------------------------------------------------------

    /** @param {string} kind @param {object} [facts] */
    #say(kind, facts) {
      if (!this.#listening && kind !== 'listen') {
        this.#unsaid.push([kind, facts]);
        return this.#load();
      }
      const target = window.origin === 'null' ? '*' : BASE.origin; // what is in a sandbox has no origin
      this.#frame?.contentWindow?.postMessage({ neuronauts: VERSION, kind, ...facts }, target);
    }

    /** @param {MessageEvent} event */
    #hear({ source, origin, data }) {
      if (!this.#frame || source !== this.#frame.contentWindow) return;
      const known = origin === BASE.origin || (origin === 'null' && window.origin === 'null');
      const kind = data?.neuronauts === VERSION && text(data.kind) ? data.kind : '';
      if (!known || !Object.hasOwn(RIGHT, kind) || !RIGHT[kind](data) || !this.#calm(kind)) {
        this.#ignored += 1;
        return;
      }
      if (kind === 'hello') this.#greet(data.title);
      else if (kind === 'size') this.#show(data.height);
      else if (kind === 'answer') {
        const { version, game, seed, params, log, score, run, link, ignored } = data.state;
        this.#asked.get(data.id)?.resolve({ version, game, seed, params, log, score, run, link, ignored });
        this.#asked.delete(data.id);
      } else {
        const { game, seed, params, score, proof, message } = data;
        const details = { ready: { game, seed, params, score }, score: { score }, won: { score, proof }, error: { message } };
        this.#tell(kind, details[/** @type {keyof typeof details} */ (kind)]);
      }
    }

    /** Whether a message of this kind may still be taken. @param {string} kind */
    #calm(kind) {
      const now = performance.now();
      let second = this.#heard.get(kind);
      if (!second || now - second.since > 1000) this.#heard.set(kind, (second = { since: now, count: 0 }));
      second.count += 1;
      return second.count <= MOST;
    }

    /** @param {string} title */
    #greet(title) {
      if (this.#frame) this.#frame.title = title;
      this.#listening = true;
      this.#say('listen', { theme: this.#theme() });
      for (const [kind, facts] of this.#unsaid.splice(0)) this.#say(kind, facts);
    }

    /** @param {number} height */
    #show(height) {
      clearTimeout(this.#lost);
      this.#box.querySelector('.poster')?.remove();
      this.#resize(this.#height || Math.min(HIGHEST, Math.max(LEAST, Math.ceil(height))));
      if (this.#focus) this.#frame?.focus();
      this.#focus = false;
    }

    /** @param {string} type @param {object} detail */
    #tell(type, detail) {
      this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
    }
  }

  customElements.define('neuronauts-game', NeuronautsGame);
})();
