// @ts-check
// A page's first script. What can be read comes first: the others are fetched once it is on the
// screen, all of them, for each would else be known only when another has come; a few at a time, for a
// phone takes milliseconds to ask for each, and a finger may be on the page.
// Where the course is on the device nobody waits for them, and they come with the page.

/** The entry, and all that is needed to play, as seen from this file. */
const MODULES = /** @type {string[]} */ (/** @type {unknown} */ (null /* written by the build */));
const LONGEST = 3000; // milliseconds: not every browser tells when it draws, and none draws a hidden page
const AT_ONCE = 4;
const ours = Boolean(navigator.serviceWorker?.controller); // the course is on the device
let entered = false;

function enter() {
  if (entered) return;
  entered = true;
  const [entry, ...others] = MODULES.map((path) => new URL(path, import.meta.url).href);
  document.head.append(Object.assign(document.createElement('script'), { type: 'module', src: entry }));
  announce(others);
}

/** @param {string[]} addresses */
async function announce(addresses) {
  for (const [i, href] of addresses.entries()) {
    if (!ours && i % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setTimeout(resolve));
    document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href, crossOrigin: '' }));
  }
}

if (document.hidden || ours) enter();
else {
  new PerformanceObserver(enter).observe({ type: 'paint', buffered: true });
  setTimeout(enter, LONGEST);
}
