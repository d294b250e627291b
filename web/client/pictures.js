// @ts-check
// A picture of the learner's as a few shades: read, scaled and graded on the device, which it never leaves.
// It knows neither games nor events; games/moves.py (`Shades`) says what the digits mean.

import { say } from './words.js';

/** @typedef {{columns: number, rows: number, levels: number}} Grid */

/** Why no picture came of a file, in a sentence for the learner. */
export class Unreadable extends Error {}

const MOST_MEGABYTES = 40; // a telephone's largest photographs have some 25
const FINE = 48; // dots of the canvas to a cell, at most
const EVEN = 0.04; // of the way from white to black: with less between its cells, a picture is of one tone

/**
 * The shades of a picture: its middle in the shape of the grid, each cell the mean of its pixels, the
 * lightest of them paper and the darkest ink. Of what moves it is the first picture; what is
 * transparent lies on white paper; a photograph lies as its camera was held.
 * @param {Blob} file @param {Grid} grid @returns {Promise<string>} rejects with Unreadable
 */
export async function shadesOf(file, grid) {
  if (!file.size) throw new Unreadable(say('This file is empty: there is no picture in it.'));
  if (file.size > MOST_MEGABYTES * 1e6) {
    throw new Unreadable(say('This file has more than {n} MB; choose a smaller picture.', { n: MOST_MEGABYTES }));
  }
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new Unreadable(say('This browser finds no picture in that file. A photograph as JPEG, or a PNG, works everywhere.'));
  }
  const { columns, rows } = grid;
  const side = Math.min(bitmap.width / columns, bitmap.height / rows); // of a cell, in the picture's pixels
  const fine = Math.min(Math.max(Math.round(side), 1), FINE);
  const canvas = Object.assign(document.createElement('canvas'), { width: columns * fine, height: rows * fine });
  const paper = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  paper.fillStyle = 'white';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.imageSmoothingEnabled = side > 1;
  paper.imageSmoothingQuality = 'high';
  const wide = columns * side;
  const high = rows * side;
  paper.drawImage(bitmap, (bitmap.width - wide) / 2, (bitmap.height - high) / 2, wide, high, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return graded(darkness(paper.getImageData(0, 0, canvas.width, canvas.height).data, grid), grid);
}

/**
 * How dark each cell is, 0 for white to 1 for black: the mean over its pixels.
 * @param {ArrayLike<number>} pixels red, green, blue and opacity of each, row by row @param {Grid} grid
 */
export function darkness(pixels, { columns, rows }) {
  const fine = Math.sqrt(pixels.length / 4 / columns / rows);
  const cells = new Float64Array(columns * rows);
  for (let i = 0; i < pixels.length / 4; i++) {
    const column = Math.floor((i % (columns * fine)) / fine);
    const row = Math.floor(i / (columns * fine) / fine);
    const light = 0.2126 * pixels[4 * i] + 0.7152 * pixels[4 * i + 1] + 0.0722 * pixels[4 * i + 2];
    cells[row * columns + column] += (1 - light / 255) / (fine * fine);
  }
  return cells;
}

/**
 * Each cell as one digit, from 0 for the lightest to the last of the levels for the darkest.
 * @param {ArrayLike<number>} cells @param {Grid} grid
 */
export function graded(cells, { columns, rows, levels }) {
  const all = Array.from(cells);
  const lightest = Math.min(...all);
  const between = Math.max(...all) - lightest;
  if (between < EVEN) {
    throw new Unreadable(say('In {columns} × {rows} dots this picture is of one tone: there is nothing to be seen.', { columns, rows }));
  }
  return all.map((dark) => Math.round(((dark - lightest) / between) * (levels - 1)).toString(16)).join('');
}
