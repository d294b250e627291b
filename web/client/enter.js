// @ts-check
// A page's first script. What can be read comes first: the others are fetched once it is on the
// screen, all of them at once, for each of them would else be known only when another has come.
// Where the course is on the device nobody waits for them, and they come with the page.

/** The entry, and all that is needed to play, as seen from this file. */
const MODULES = /** @type {string[]} */ (/** @type {unknown} */ (null /* written by the build */));
const LONGEST = 3000; // milliseconds: not every browser tells when it draws, and none draws a hidden page
let entered = false;

function enter() {
  if (entered) return;
  entered = true;
  const addresses = MODULES.map((path) => new URL(path, import.meta.url).href);
  for (const href of addresses) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href, crossOrigin: '' }));
  }
  document.head.append(Object.assign(document.createElement('script'), { type: 'module', src: addresses[0] }));
}

if (document.hidden || navigator.serviceWorker?.controller) enter();
else {
  new PerformanceObserver(enter).observe({ type: 'paint', buffered: true });
  setTimeout(enter, LONGEST);
}
