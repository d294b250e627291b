// @ts-check
// Files to and from the learner's device. It knows neither games nor Python.

/** Characters of the longest text in a message; games/run.py says the same. */
export const LONGEST_TEXT = 100_000;

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
  if (!control.hasAttribute('data-binary')) return start.arrayBuffer().then(textOf);
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,?/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(start);
  });
}

/**
 * Whether a file is of those that a control asks for: by the end of its name, or by what the browser takes it for.
 * @param {HTMLInputElement} control @param {File} file
 */
export function suits({ accept }, { name, type }) {
  return accept.split(',').some((kind) => {
    if (kind.startsWith('.')) return name.toLowerCase().endsWith(kind);
    return kind.endsWith('*') ? type.startsWith(kind.slice(0, -1)) : type === kind;
  });
}

/**
 * The text in some bytes: UTF-8; UTF-16 where the mark of it stands first, as in what Excel calls Unicode
 * text; or what Windows wrote before. The end may have been cut off inside of a letter.
 * @param {ArrayBuffer} buffer
 */
export function textOf(buffer) {
  const [first, second] = new Uint8Array(buffer);
  const wide = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : '';
  try {
    return new TextDecoder(wide || 'utf-8', { fatal: !wide }).decode(buffer, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(buffer);
  }
}

/** @param {string} base64 */
export const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
