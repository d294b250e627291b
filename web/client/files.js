// @ts-check
// Files to and from the learner's device. It knows neither games nor Python.

/** Characters of the longest text in a message; games/run.py says the same. */
export const LONGEST_TEXT = 60_000;

/**
 * Hands the learner a file.
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} type its media type
 */
export function save(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * What a message says of a file: its text, or where the control asks for bytes, their base64. Of a file
 * too long for a message comes so much that the game's host sees it and refuses.
 * @param {HTMLInputElement} control
 * @param {File} file
 * @returns {Promise<string>}
 */
export function contentOf(control, file) {
  const start = file.slice(0, 4 * LONGEST_TEXT + 4); // four bytes are the longest character
  if (!control.hasAttribute('data-binary')) return start.text();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,?/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(start);
  });
}

/** @param {string} base64 */
export const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
