// @ts-check
// Says in words what a Content-Security-Policy keeps from a page or a worker. The course's own forbids
// nothing that it needs; a host, or a page around this one, may add a stricter one.

/** @param {SecurityPolicyViolationEvent} violation @returns {string} a sentence; '' where nothing was stopped */
export function whatIsBlocked({ disposition, effectiveDirective, blockedURI }) {
  if (disposition !== 'enforce') return '';
  const what = { eval: 'evaluation', 'wasm-eval': 'WebAssembly', inline: 'a script in the page' }[blockedURI];
  return `A Content-Security-Policy forbids what Python needs: ${effectiveDirective} blocks ${what ?? (blockedURI || 'it')}`;
}
