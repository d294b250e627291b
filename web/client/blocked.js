// @ts-check
// Says in words what a Content-Security-Policy keeps from a page or a worker. The course's own forbids
// nothing that it needs; a host, or a page around this one, may add a stricter one.

import { say } from './words.js';

/** @param {SecurityPolicyViolationEvent} violation @returns {string} a sentence; '' where nothing was stopped */
export function whatIsBlocked({ disposition, effectiveDirective, blockedURI }) {
  if (disposition !== 'enforce') return '';
  const known = { eval: say('evaluation'), 'wasm-eval': 'WebAssembly', inline: say('a script in the page') }[blockedURI];
  const what = known ?? (blockedURI || say('it'));
  return say('A Content-Security-Policy forbids what Python needs: {directive} blocks {what}', { directive: effectiveDirective, what });
}
