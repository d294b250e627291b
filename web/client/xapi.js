// @ts-check
// What happens in placed games, as xAPI statements (https://github.com/adlnet/xAPI-Spec, 1.0.3). They have
// no actor: who plays is known to the page alone, and so is where statements go.
//
//   <script async src="…/xapi.js"></script>
//   document.addEventListener('statement', ({ detail }) => send({ actor, ...detail }));
//
// Every <neuronauts-game> sends an event `statement` for each thing worth recording: `initialized` when
// it can be played (`experienced` where there is nothing to win), `progressed` when the best score
// rises, `passed` and `completed` when it is won. A script like embed.js, no module: other pages can
// load it from any host.

(() => {
  const VERBS = 'http://adlnet.gov/expapi/verbs/';
  const ACTIVITY = 'http://adlnet.gov/expapi/activities/simulation';
  const EXTENSIONS = 'urn:x-neuronauts:';
  const PROGRESS = 'https://w3id.org/xapi/cmi5/result/extensions/progress';
  const CALM = 2000; // milliseconds without a better score before a step is told
  const ROOT = new URL('./', /** @type {HTMLScriptElement} */ (document.currentScript).src);

  /** What is known of one element. */
  class Visit {
    registration = uuid();
    /** @type {{game: string, seed: number, params: object} | null} */ placed = null;
    began = 0;
    best = 0;
    won = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ telling;

    /** @param {HTMLElement} game */
    constructor(game) {
      this.game = game;
    }

    /** @param {any} detail */
    ready(detail) {
      const first = this.placed === null;
      clearTimeout(this.telling);
      Object.assign(this, { placed: detail, began: performance.now(), best: detail.score ?? 0, won: false });
      if (detail.score !== null) this.#tell('initialized');
      else if (first) this.#tell('experienced');
    }

    /** @param {any} detail */
    score({ score }) {
      if (this.won || score === null || score <= this.best) return;
      this.best = score;
      clearTimeout(this.telling);
      this.telling = setTimeout(() => {
        const extensions = { [PROGRESS]: Math.round(100 * this.best) };
        this.#tell('progressed', { score: this.#score, duration: this.#duration, extensions });
      }, CALM);
    }

    win() {
      if (this.won) return;
      this.won = true;
      this.best = 1;
      clearTimeout(this.telling);
      this.#tell('passed', { score: this.#score, success: true, duration: this.#duration });
      this.#tell('completed', { completion: true, duration: this.#duration });
    }

    get #score() {
      return { scaled: this.best, raw: Math.round(100 * this.best), min: 0, max: 100 };
    }

    get #duration() {
      return `PT${Math.round((performance.now() - this.began) / 10) / 100}S`;
    }

    /** @param {string} verb @param {object} [result] */
    #tell(verb, result) {
      if (!this.placed) return;
      const { game, seed } = this.placed;
      const name = this.game.querySelector('a')?.textContent?.trim() || game;
      const detail = {
        id: uuid(),
        timestamp: new Date().toISOString(),
        verb: { id: VERBS + verb, display: { 'en-US': verb } },
        object: {
          objectType: 'Activity',
          id: addressOf(this.placed),
          definition: { type: ACTIVITY, name: { 'en-US': name } },
        },
        ...(result && { result }),
        context: {
          registration: this.registration,
          platform: 'Neuronauts',
          extensions: { [`${EXTENSIONS}seed`]: seed, [`${EXTENSIONS}version`]: 1 },
        },
      };
      this.game.dispatchEvent(new CustomEvent('statement', { detail, bubbles: true }));
    }
  }

  /** @type {WeakMap<HTMLElement, Visit>} */
  const visits = new WeakMap();

  /** @param {any} event of an element, with a detail */
  function hear({ type, target, detail }) {
    const game = /** @type {HTMLElement} */ (target);
    if (game.localName !== 'neuronauts-game') return;
    const visit = visits.get(game) ?? new Visit(game);
    visits.set(game, visit);
    if (type === 'ready') visit.ready(detail);
    else if (type === 'score') visit.score(detail);
    else visit.win();
  }

  /** The address of a game as it is placed. @param {{game: string, seed: number, params: object}} placed */
  function addressOf({ game, seed, params }) {
    const url = new URL(`play/${game}/`, ROOT);
    url.searchParams.set('seed', String(seed));
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
    return url.href;
  }

  /** A version 4 UUID (RFC 4122); `crypto.randomUUID` is not there on pages without https. */
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
  }

  for (const type of ['ready', 'score', 'won']) document.addEventListener(type, hear);
})();
