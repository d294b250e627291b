// @ts-check
// A text as part of a regular expression, in which its signs mean themselves. Newer browsers have
// RegExp.escape; the older ones that can play do not.

/** @param {string} text */
export const literal = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
