// @ts-check
// What happens in a placed game, as xAPI statements (https://github.com/adlnet/xAPI-Spec, 1.0.3). They
// have no actor: who plays is known to the page alone, and so is where statements go.
//
//   import { statements } from 'https://…/xapi.js';
//   statements(document.querySelector('neuronauts-game'));
//   document.addEventListener('statement', ({ detail }) => send({ actor, ...detail }));

const VERBS = 'http://adlnet.gov/expapi/verbs/';
const ACTIVITY = 'http://adlnet.gov/expapi/activities/simulation';
const EXTENSIONS = 'urn:x-neuronauts:';
const PROGRESS = 'https://w3id.org/xapi/cmi5/result/extensions/progress';
const CALM = 2000; // milliseconds without a better score before a step is told

/**
 * Let an element send an event `statement` for each thing worth recording; its `detail` is the statement.
 *
 * `initialized` when the game can be played (`experienced` where there is nothing to win), `progressed`
 * when the best score rises, `passed` and `completed` when it is won.
 * @param {HTMLElement} game a <neuronauts-game>
 * @param {string} [root] the course's address; without it, where this file lies
 */
export function statements(game, root = new URL('./', import.meta.url).href) {
  const registration = uuid();
  /** @type {{game: string, seed: number, params: object} | null} */ let placed = null;
  let began = performance.now();
  let best = 0;
  let won = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let telling;

  /** @param {string} verb @param {object} [result] */
  const tell = (verb, result) => {
    if (!placed) return;
    const detail = {
      id: uuid(),
      timestamp: new Date().toISOString(),
      verb: { id: VERBS + verb, display: { 'en-US': verb } },
      object: {
        objectType: 'Activity',
        id: addressOf(root, placed),
        definition: { type: ACTIVITY, name: { 'en-US': titleOf(game, placed.game) } },
      },
      ...(result && { result }),
      context: {
        registration,
        platform: 'Neuronauts',
        extensions: { [`${EXTENSIONS}seed`]: placed.seed, [`${EXTENSIONS}version`]: 1 },
      },
    };
    game.dispatchEvent(new CustomEvent('statement', { detail, bubbles: true }));
  };

  const since = () => `PT${Math.round((performance.now() - began) / 10) / 100}S`;
  const score = () => ({ scaled: best, raw: Math.round(100 * best), min: 0, max: 100 });

  game.addEventListener('ready', (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    const again = placed !== null;
    placed = detail;
    clearTimeout(telling);
    began = performance.now();
    best = detail.score ?? 0;
    won = false;
    if (!again || detail.score !== null) tell(detail.score === null ? 'experienced' : 'initialized');
  });
  game.addEventListener('score', (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (won || detail.score === null || detail.score <= best) return;
    best = detail.score;
    clearTimeout(telling);
    telling = setTimeout(() => {
      tell('progressed', { score: score(), duration: since(), extensions: { [PROGRESS]: Math.round(100 * best) } });
    }, CALM);
  });
  game.addEventListener('won', () => {
    if (won) return;
    won = true;
    best = 1;
    clearTimeout(telling);
    tell('passed', { score: score(), success: true, duration: since() });
    tell('completed', { completion: true, duration: since() });
  });
}

/** The address of the game as it is placed. @param {string} root @param {{game: string, seed: number, params: object}} placed */
function addressOf(root, { game, seed, params }) {
  const url = new URL(`play/${game}/`, root);
  url.searchParams.set('seed', String(seed));
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
  return url.href;
}

/** What the link inside the element says, or else the game's name. @param {HTMLElement} game @param {string} slug */
const titleOf = (game, slug) => game.querySelector('a')?.textContent?.trim() || slug;

/** A version 4 UUID (RFC 4122); `crypto.randomUUID` is not there on pages without https. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
