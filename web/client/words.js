// @ts-check
// What the page's scripts say, in the language of the course. English is in the code, as whole sentences
// with named places; the twin of games/words.py. It knows no page.

/** @typedef {{code: string, decimal: string, plural: number[], messages: Record<string, string | string[]>, rtl: boolean}} Language */
/** @typedef {Record<string, string | number>} Places texts and whole numbers */

const LANGUAGE = /** @type {Language | null} */ (null /* written by the build */);
/** Stands between a whole number and its decimals. */
export const decimal = LANGUAGE?.decimal ?? '.';
/** How what is said here is written. */
export const direction = LANGUAGE?.rtl ? 'rtl' : 'ltr';
/** As in games/words.py. */
const SIGNS = String.raw`[\w−+±≈≤≥=×·÷/→←%°.,:\u2019'|⊙Σ√∂^\-]`;
const NUMBERS = new RegExp(
  String.raw`\u2066.*?\u2069|</?[a-z][^>]*>|&#?\w+;|` +
    String.raw`((?:(?:${SIGNS}|\((?:${SIGNS}|[ \u00a0])+\)|\[(?:${SIGNS}|[ \u00a0])+\])+(?:(?<![.,:])[ \u00a0])?)+)`,
  'g',
);
const FORMS = 200; // so many counts have their plural form in a table; larger ones go as their last digits do

/** A text, its places filled in: say('{n} of {total} MB', { n, total }). @param {string} template @param {Places} [places] */
export function say(template, places = {}) {
  const said = LANGUAGE?.messages[template] ?? template;
  return filled(typeof said === 'string' ? said : said[0], places);
}

/**
 * The text for `n` of something: say.count('{n} move', '{n} moves', n).
 * @param {string} one @param {string} many @param {number} n @param {Places} [places]
 */
say.count = (one, many, n, places = {}) => {
  const forms = LANGUAGE?.messages[one];
  const said = forms && LANGUAGE ? forms[LANGUAGE.plural[n < FORMS ? n : FORMS / 2 + (n % (FORMS / 2))]] : n === 1 ? one : many;
  return filled(said, { ...places, n });
};

/** Marks a text where a table has it; `say` looks it up where it is shown. @param {string} template */
export const word = (template) => template;

/** How far a download is. @param {string} stage marked by `word` @param {number} loaded bytes @param {number} total */
export const said = (stage, loaded, total) =>
  say('{stage}: {loaded} of {total} MB', { stage: say(stage), loaded: fixed(loaded / 1e6, 1), total: fixed(total / 1e6, 1) });

/** A number with decimals as text. @param {number} value @param {number} digits */
export const fixed = (value, digits) => value.toFixed(digits).replace('.', decimal);

/** A share of one in percent, on one line. @param {number} share */
export const percent = (share) => `${Math.floor(100 * share)}\u00a0%`;

/** @param {string} template @param {Places} places */
function filled(template, places) {
  return ordered(template.replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name) => {
    if (name === undefined) return found[0];
    if (!(name in places)) throw new Error(`“${template}” has a place {${name}}, which was not given`);
    return String(places[name]);
  }));
}

/** The text; where it is written from right to left, with its numbers set apart. @param {string} text */
export function ordered(text) {
  return direction === 'rtl' ? text.replace(NUMBERS, isolated) : text;
}

/** @param {string} found @param {string | undefined} run */
function isolated(found, run) {
  if (!run || !/\d/.test(run)) return found;
  const inside = run.replace(/^[.,:' \u00a0]+|[.,:' \u00a0]+$/g, '');
  return /^\d+([.,]\d+)*$/.test(inside) ? run : run.replace(inside, () => `\u2066${inside}\u2069`);
}
