// @ts-check
// Number fields: reads a number as people type it, and says what is allowed where it is none. It reads the
// field as games/ui/controls.py wrote it, and knows neither games nor events.

import { decimal, say } from './words.js';

const NUMBER = /^[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]{1,2})?$/;
const THOUSANDS = /^[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}$/;
const DIGITS = 12; // so many are exact, however a grid is added up

/** @param {EventTarget | null} target @returns {target is HTMLInputElement & {dataset: {number: string}}} */
export const isNumber = (target) => target instanceof HTMLInputElement && target.dataset.number !== undefined;

/** Marks of direction, which are copied along with a number from a page that is written from right to left. */
const MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The number that a text is, its decimals after a point or a comma; NaN where it is none. @param {string} text */
export function numberIn(text) {
  const plain = text.replace(MARKS, '').trim().replace('\u2212', '-');
  return NUMBER.test(plain) ? Number(plain.replace(',', '.')) : NaN;
}

/** What looks like a decimal sign and may set thousands apart, as the language has another. @param {string} text */
function thousandsSign(text) {
  const sign = THOUSANDS.exec(text.replace('\u2212', '-'))?.[1];
  return sign === decimal ? undefined : sign;
}

/**
 * The number typed into a field, on the grid of its move, which the field then shows; or in a sentence
 * why it is none. What was typed stays: a number in its own words, and what is none to be mended.
 * @param {HTMLInputElement} field @returns {number | string}
 */
export function read(field) {
  const { low, high, step } = gridOf(field);
  const typed = field.value.replace(MARKS, '').trim();
  const value = numberIn(typed);
  const why = reason(field, typed, value >= low && value <= high);
  if (why) {
    field.setAttribute('aria-invalid', 'true');
    return why;
  }
  const near = step === null ? value : Math.min(low + Math.round((value - low) / step) * step, high);
  const taken = Number(near.toPrecision(DIGITS));
  field.setAttribute('value', written(taken));
  show(field);
  return taken;
}

/** Move a field's number as an arrow key does; false where its text is no number. @param {HTMLInputElement} field @param {number} strides */
export function nudge(field, strides) {
  const { low, high, stride } = gridOf(field);
  const value = numberIn(field.value) + strides * stride;
  if (Number.isNaN(value)) return false;
  field.value = written(Number(Math.min(Math.max(value, low), high).toPrecision(DIGITS)));
  return true;
}

/** Show the number that the game has, unless the field says it in its own words. @param {HTMLInputElement} field */
export function show(field) {
  field.removeAttribute('aria-invalid');
  const text = field.getAttribute('value') ?? '';
  if (numberIn(field.value) !== numberIn(text)) field.value = text;
}

/** @param {HTMLInputElement} field @param {string} text @param {boolean} inside a number between the ends */
function reason(field, text, inside) {
  const names = { field: field.getAttribute('aria-label') ?? '', allowed: field.dataset.allowed ?? '' };
  const given = { ...names, given: text.slice(0, 40) };
  if (!text) return say('“{field}” is empty; it takes {allowed}.', names);
  if (/\d\s+\d/.test(text)) return say('“{field}”: {given} could be one number or two; write it without a space.', given);
  const sign = thousandsSign(text);
  if (sign) return say('“{field}”: {given} can be read in two ways; write it without “{sign}”.', { ...given, sign });
  return inside ? '' : say('“{field}”: {given} is not {allowed}.', given);
}

/** @param {HTMLInputElement} field @returns {{low: number, high: number, step: number | null, stride: number}} */
const gridOf = (field) => JSON.parse(field.dataset.number ?? '{}');

/** @param {number} value */
const written = (value) => String(value).replace('-', '\u2212').replace('.', decimal);
