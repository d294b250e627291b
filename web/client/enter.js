// @ts-check
// A page's first script. What can be read comes first: the others are fetched once it is on the
// screen, all of them at once, for each of them would else be known only when another has come.

/** @type {string[]} the entry of what is played here, and all that it needs */
const modules = JSON.parse(document.getElementById('modules')?.textContent ?? '[]');
const LONGEST = 3000; // milliseconds: not every browser tells when it draws, and none draws a hidden page
let entered = false;

function enter() {
  if (entered) return;
  entered = true;
  for (const href of modules) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href, crossOrigin: '' }));
  }
  document.head.append(Object.assign(document.createElement('script'), { type: 'module', src: modules[0] }));
}

new PerformanceObserver(enter).observe({ type: 'paint', buffered: true });
setTimeout(enter, document.hidden ? 0 : LONGEST);
