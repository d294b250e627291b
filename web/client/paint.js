// @ts-check
// Paints pictures (games/ui/pixels.py): bytes are places in a palette, whose colours are the style sheets'.

/** The bytes each picture shows. @type {WeakMap<HTMLElement, Uint8Array>} */
const shown = new WeakMap();

/** The 256 colours of each palette in today's theme, as a canvas takes them. @type {Map<string, Uint32Array>} */
const tables = new Map();

/**
 * Show `bytes` in `picture`, in place of what stood there.
 * @param {HTMLElement} picture
 * @param {Uint8Array} bytes
 */
export function paint(picture, bytes) {
  shown.set(picture, bytes);
  const width = Number(picture.dataset.columns);
  const height = bytes.length / width;
  const table = tableOf(picture);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < bytes.length; i += 1) pixels[i] = table[bytes[i]];
  const first = picture.firstElementChild;
  const canvas = first instanceof HTMLCanvasElement ? first : document.createElement('canvas');
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  if (canvas !== first) picture.replaceChildren(canvas);
}

/** @param {HTMLElement} picture */
function tableOf(picture) {
  const palette = picture.dataset.palette ?? '';
  const known = tables.get(palette);
  if (known) return known;
  const table = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(table.buffer);
  const shades = Number(picture.dataset.shades);
  const share = Math.floor(256 / shades);
  for (let k = 0; k < shades; k += 1) {
    const [red, green, blue, alpha] = colourOf(picture, k);
    for (let i = 0; i < share; i += 1) {
      bytes.set([red, green, blue, (alpha * i) / (share - 1)], 4 * (k * share + i));
    }
  }
  if (picture.isConnected) tables.set(palette, table);
  return table;
}

/** Colour `k` of a picture's palette. @param {HTMLElement} picture @param {number} k */
function colourOf(picture, k) {
  const sheet = document.createElement('i');
  sheet.className = `shade-${k}`;
  picture.append(sheet);
  const dot = new OffscreenCanvas(1, 1).getContext('2d');
  if (dot) dot.fillStyle = getComputedStyle(sheet).backgroundColor;
  sheet.remove();
  dot?.fillRect(0, 0, 1, 1);
  return dot?.getImageData(0, 0, 1, 1).data ?? [0, 0, 0, 0];
}

/** Another theme, or paper: the same pictures in other colours. */
function repaint() {
  tables.clear();
  for (const picture of document.querySelectorAll('.pixels')) {
    const bytes = shown.get(/** @type {HTMLElement} */ (picture));
    if (bytes) paint(/** @type {HTMLElement} */ (picture), bytes);
  }
}

new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ['data-theme'] });
for (const medium of ['(prefers-color-scheme: dark)', 'print']) {
  matchMedia(medium).addEventListener('change', repaint);
}
