// @ts-check
// Opens the course that is one file: unpacks what the file carries and starts main.js. It stands in the
// file itself, for a page that is opened without a server can load no module beside it.
//
// Every carried file is the base64 text of a <script data-file="its path">, which the browser leaves
// alone: pages and the bundle of modules gzipped, other files as the site has them. Page and workers
// then go on as if they came from the site, under an address that no host has; carry.js answers them.

import { say } from '../words.js';

/** Take a file out of the document. @param {Element} element */
async function take(element) {
  const { textContent: text } = element;
  const path = element.getAttribute('data-file') ?? '';
  const type = element.getAttribute('type') ?? '';
  element.remove();
  const decode = /** @type {any} */ (Uint8Array).fromBase64; // the other way takes longer, and all browsers have it
  const bytes = decode ? decode(text) : new Uint8Array(await (await fetch(`data:${type};base64,${text}`)).arrayBuffer());
  return /** @type {const} */ ([path, { type, bytes: /** @type {Uint8Array<ArrayBuffer>} */ (bytes) }]);
}

async function open() {
  const files = new Map(await Promise.all([...document.querySelectorAll('script[data-file]')].map(take)));
  const bundle = new Blob([/** @type {any} */ (files.get('modules.json')).bytes]);
  const modules = await new Response(bundle.stream().pipeThrough(new DecompressionStream('gzip'))).json();
  const { main = '', carry = '' } = /** @type {HTMLElement} */ (document.querySelector('script[data-main]')).dataset;
  const carrier = new Blob([modules[carry]], { type: 'text/javascript' });
  await (await import(URL.createObjectURL(carrier))).carry({ modules, files })(main);
}

open().catch((error) => {
  console.error(error);
  const sentence = say('This browser cannot open what this file carries; a newer one can.');
  for (const line of document.querySelectorAll('[data-boot]')) line.textContent = sentence;
  document.documentElement.removeAttribute('data-elsewhere');
});

export {};
