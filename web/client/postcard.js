// @ts-check
// A picture of what the learner has made of a game, to be shown to others: what stands on its stage,
// beside the game's name and how it was won. It reads the page and knows no game.

import { save } from './files.js';
import { make } from './make.js';
import { say } from './words.js';

const [WIDTH, HEIGHT, EDGE] = [1200, 630, 48]; // as pages that paste links show a picture
const [PICTURE, COLUMN] = [600, 440];
const NAMES = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'stroke-opacity',
  'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline', 'paint-order', 'display', 'visibility', 'transform',
];
const TONES = /** @type {const} */ (['paper', 'card', 'ink', 'ink-soft', 'accent', 'gold', 'gold-fill']);

/**
 * The picture as a file.
 * @param {HTMLElement} game a placed game's element
 * @param {{title: string, told: string, address: string, won: boolean}} words
 * @returns {Promise<File>}
 */
export async function postcard(game, { title, told, address, won }) {
  const canvas = make('canvas', { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser gives no canvas');
  const tone = tonesOf(game);
  pen.fillStyle = tone.paper;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = tone.card;
  pen.beginPath();
  pen.roundRect(EDGE / 2, EDGE / 2, PICTURE + EDGE, HEIGHT - EDGE, 24);
  pen.fill();
  await draw(pen, game, { x: EDGE, y: EDGE, width: PICTURE, height: HEIGHT - 2 * EDGE });
  const x = PICTURE + 2.5 * EDGE;
  const text = getComputedStyle(game).fontFamily;
  /** @param {string} words @param {number} y @param {number} size @param {string} colour @param {number} [weight] */
  const write = (words, y, size, colour, weight = 400) => {
    pen.font = `${weight} ${size}px ${text}`;
    pen.fillStyle = colour;
    return lines(pen, words, COLUMN).reduce((at, line) => (pen.fillText(line, x, at), at + 1.25 * size), y);
  };
  let y = EDGE + 28;
  if (won) {
    pen.beginPath();
    pen.arc(x + 26, y + 12, 26, 0, 7);
    pen.fillStyle = tone['gold-fill'];
    pen.fill();
    pen.strokeStyle = tone.gold;
    pen.lineWidth = 6;
    pen.stroke();
    y += 96;
  }
  y = write(title, y + 20, 52, tone.ink, 700);
  write(told, y + 8, 28, tone['ink-soft']);
  write('Neuronauts', HEIGHT - EDGE - 36, 30, tone.accent, 700);
  write(address, HEIGHT - EDGE, 22, tone['ink-soft']);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('this browser makes no picture of a canvas');
  return new File([blob], `neuronauts-${game.dataset.game}.png`, { type: 'image/png' });
}

/** Give the picture away by what the device offers for that, or save it. @param {File} file @param {string} url @param {string} title */
export async function give(file, url, title) {
  const parcel = { files: [file], url, title };
  if (navigator.canShare?.(parcel)) await navigator.share(parcel);
  else save(file.name, file, file.type);
}

/** How far a game has come, in words. @param {number} moves @param {number} seed @param {boolean} won */
export function toldOf(moves, seed, won) {
  const numbers = { seed: String(seed) };
  if (won) return say.count('Won in {n} move, with the numbers of seed {seed}.', 'Won in {n} moves, with the numbers of seed {seed}.', moves, numbers);
  return say('With the numbers of seed {seed}.', numbers);
}

/** The colours of the theme, as a canvas takes them. @param {HTMLElement} game */
function tonesOf(game) {
  const sheet = make('i');
  game.append(sheet);
  const found = TONES.map((name) => {
    sheet.style.color = `var(--${name})`;
    return [name, getComputedStyle(sheet).color];
  });
  sheet.remove();
  return /** @type {Record<typeof TONES[number], string>} */ (Object.fromEntries(found));
}

/**
 * Draw what stands on the stage into a place, as large as it fits there.
 * @param {CanvasRenderingContext2D} pen @param {HTMLElement} game @param {{x: number, y: number, width: number, height: number}} room
 */
async function draw(pen, game, room) {
  const stage = game.querySelector('[data-picture]') ?? game;
  const whole = stage.getBoundingClientRect();
  const scale = Math.min(room.width / whole.width, room.height / whole.height);
  const left = room.x + (room.width - scale * whole.width) / 2;
  const top = room.y + (room.height - scale * whole.height) / 2;
  /** @param {Element} part @returns {[number, number, number, number]} */
  const placeOf = (part) => {
    const box = part.getBoundingClientRect();
    return [left + scale * (box.left - whole.left), top + scale * (box.top - whole.top), scale * box.width, scale * box.height];
  };
  pen.imageSmoothingEnabled = false;
  for (const pixels of stage.querySelectorAll('canvas')) pen.drawImage(pixels, ...placeOf(pixels));
  for (const sheet of stage.querySelectorAll('.pixels > i')) pen.drawImage(await inked(sheet), ...placeOf(sheet));
  for (const drawing of stage.querySelectorAll('svg')) pen.drawImage(await imageOf(drawing, scale), ...placeOf(drawing));
}

/** A sheet of colour behind its mask, as pixels are before the first patch (paint.js). @param {Element} sheet */
async function inked(sheet) {
  const { backgroundColor, maskImage } = getComputedStyle(sheet);
  const mask = new Image();
  mask.src = maskImage.slice(5, -2); // url("…")
  await mask.decode();
  const canvas = make('canvas', { width: mask.width, height: mask.height });
  const pen = canvas.getContext('2d');
  if (!pen) return mask;
  pen.drawImage(mask, 0, 0);
  pen.globalCompositeOperation = 'source-in';
  pen.fillStyle = backgroundColor;
  pen.fillRect(0, 0, mask.width, mask.height);
  return canvas;
}

/** A drawing with its styles in it, as an image. @param {SVGSVGElement} drawing @param {number} scale */
async function imageOf(drawing, scale) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const [parts, copies] = [drawing, copy].map((root) => [root, ...root.querySelectorAll('*')]);
  parts.forEach((part, i) => {
    const style = getComputedStyle(part);
    const own = /** @type {SVGElement} */ (copies[i]);
    own.removeAttribute('class');
    own.setAttribute('style', NAMES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';'));
  });
  for (const foreign of copy.querySelectorAll('foreignObject')) foreign.remove(); // those are the canvases
  const { width, height } = drawing.getBoundingClientRect();
  copy.setAttribute('width', String(scale * width));
  copy.setAttribute('height', String(scale * height));
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}

/** Words in lines that are no wider than so many pixels. @param {CanvasRenderingContext2D} pen @param {string} words @param {number} width */
function lines(pen, words, width) {
  /** @type {string[]} */ const made = [];
  for (const word of words.split(' ')) {
    const longer = made.length ? `${made.at(-1)} ${word}` : word;
    if (made.length && pen.measureText(longer).width <= width) made[made.length - 1] = longer;
    else made.push(word);
  }
  return made;
}
