// @ts-check
// A sentence that lies over the page's foot until it is closed. It knows nothing of what it says.

import { say } from './words.js';

/** Show a sentence, below those that are shown already. @param {string} sentence */
export function notify(sentence) {
  const place = document.querySelector('[data-notices]') ?? document.body.appendChild(holder());
  const words = Object.assign(document.createElement('p'), { textContent: sentence });
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'tool', textContent: say('Close') });
  const notice = Object.assign(document.createElement('div'), { className: 'notice' });
  button.addEventListener('click', () => notice.remove());
  notice.append(words, button);
  place.append(notice);
}

function holder() {
  const place = Object.assign(document.createElement('div'), { className: 'notices', role: 'status' });
  place.setAttribute('data-notices', '');
  return place;
}
