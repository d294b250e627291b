// @ts-check
// Turns a place in a picture into the data that it shows, by the map that a handle carries (data-map,
// written by games/ui/controls.py). It knows neither games nor events.

/**
 * @typedef {[from: number, to: number, low: number, high: number, log: boolean, least: number, most: number, step: number | null]} Direction
 *   the picture's coordinate at both ends of the axis, the data there, whether the axis is logarithmic,
 *   and what the move takes: lowest, highest, and the step of its grid
 * @typedef {{x: Direction | null, y: Direction | null}} Map
 */

/** @param {Element} element @returns {Map} */
export const mapOf = (element) => JSON.parse(element.getAttribute('data-map') ?? 'null');

/**
 * The data at a point of the picture, a number for each direction of the map.
 * @param {Map} map @param {number} across @param {number} up
 */
export function dataAt(map, across, up) {
  return along(map, { x: across, y: up }, ([from, to, low, high, log], at) => {
    const share = (at - from) / (to - from);
    return log ? low * (high / low) ** share : low + share * (high - low);
  });
}

/**
 * The data one mark of the grid further (a hundredth of the axis where there is no grid).
 * @param {Map} map @param {{x: number, y: number}} at the data now @param {{x: number, y: number}} steps
 */
export function dataBeside(map, at, steps) {
  return along(map, at, ([, , low, high, , least, most, step], value, name) => {
    return value + Math.sign(high - low) * steps[name] * (step ?? (most - least) / 100);
  });
}

/**
 * The marks of the grid on the straight way from one place to another, the last one included: what a
 * fast pen has passed between two of its events.
 * @param {Map} map @param {number[]} from @param {number[]} to
 */
export function marksBetween(map, from, to) {
  const steps = ['x', 'y'].flatMap((name) => {
    const direction = map[/** @type {'x' | 'y'} */ (name)];
    return direction ? [direction[7] ?? (direction[6] - direction[5]) / 100] : [];
  });
  const count = Math.round(Math.max(...steps.map((step, i) => Math.abs(to[i] - from[i]) / step)));
  const directions = [map.x, map.y].filter((direction) => direction !== null);
  return Array.from({ length: count }, (_, k) =>
    directions.map((direction, i) => onGrid(direction, from[i] + ((to[i] - from[i]) * (k + 1)) / count)),
  );
}

/**
 * @param {Map} map @param {{x: number, y: number}} at
 * @param {(direction: Direction, value: number, name: 'x' | 'y') => number} find
 */
function along(map, at, find) {
  const found = [];
  for (const name of /** @type {const} */ (['x', 'y'])) {
    const direction = map[name];
    if (direction) found.push(onGrid(direction, find(direction, at[name], name)));
  }
  return found;
}

/** The nearest value that the move takes. @param {Direction} direction @param {number} value */
function onGrid([, , , , , least, most, step], value) {
  const inside = Math.min(Math.max(value, least), most);
  if (step === null) return Number(inside.toPrecision(7));
  const near = least + Math.round((inside - least) / step) * step;
  return Number(Math.min(near, most).toPrecision(12));
}
