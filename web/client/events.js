// @ts-check
// Turns what the learner does into messages, with a handful of listeners for the whole page.
// It reads data-on (written by games/ui/node.py) and knows neither games nor Python.

import { contentOf, suits } from './files.js';
import { Unreadable, shadesOf } from './pictures.js';
import { dataAt, dataBeside, mapOf, marksBetween } from './places.js';
import { isNumber, nudge, read } from './typed.js';

/** @typedef {(game: HTMLElement, message: any[], replaces: boolean) => void} Send */
/** @typedef {(game: HTMLElement, why: string) => void} Refuse */

/** What the pointer holds just now. @type {{game: HTMLElement, message: any[], handle: Element, pointer: number, last?: number[]} | null} */
let dragged = null;

/** Whether something is in the learner's hand. */
export const dragging = () => dragged !== null;

/**
 * Listen on the document; `send` gets the game's element and the message. `replaces` says that an
 * earlier message of the same control, not yet taken in, is out of date. `refuse` gets in a sentence why
 * what was typed makes no message, and '' once that is mended.
 * @param {Send} send @param {Refuse} refuse
 */
export function listen(send, refuse) {
  /** @param {Event} event */
  const simple = (event) => {
    const found = wanted(event.target, event.type);
    if (!found) return;
    const isControl = event.type !== 'click';
    const control = event.target;
    if (control instanceof HTMLInputElement && control.type === 'file') {
      const file = control.files?.[0];
      if (file) take(control, file, found);
      control.value = ''; // so that the same file can be chosen once more
      return;
    }
    if (control instanceof HTMLTextAreaElement && control.value === taken.get(control)) return void taken.delete(control);
    if (isNumber(control)) return typed(control, found);
    send(found.game, isControl ? [...found.message, valueOf(event.target)] : found.message, isControl);
  };
  for (const type of ['click', 'input', 'change']) document.addEventListener(type, simple);

  /** @param {HTMLInputElement} control @param {File} file @param {{game: HTMLElement, message: any[]}} found */
  const take = async (control, file, { game, message }) => {
    const { shades } = control.dataset;
    try {
      const content = await (shades ? shadesOf(file, JSON.parse(shades)) : contentOf(control, file));
      if (shades) refuse(game, '');
      send(game, [...message, content], true);
    } catch (error) {
      if (error instanceof Unreadable) refuse(game, error.message);
      else console.info('No file was read:', error);
    }
  };

  /**
   * What is pasted or dropped into a field that takes a text as a whole is all there: nobody has to leave the field for it.
   * @type {WeakMap<HTMLTextAreaElement, string>}
   */
  const taken = new WeakMap();
  document.addEventListener('input', (event) => {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement) || !(event instanceof InputEvent)) return;
    taken.delete(field);
    const found = 'atOnce' in field.dataset && BROUGHT.has(event.inputType) ? wanted(field, 'change') : null;
    if (!found) return;
    taken.set(field, field.value);
    send(found.game, [...found.message, field.value], true);
  });

  /** A file may be let fall anywhere on a game that opens some; elsewhere browsers leave the page for it. @param {DragEvent} event */
  const fall = (event) => {
    const { target, dataTransfer } = event;
    if (!(target instanceof Element) || !dataTransfer?.types.includes('Files') || target.matches('[type=file]')) return;
    const doors = [...(target.closest('[data-game]')?.querySelectorAll('input[type=file][data-on]:enabled') ?? [])];
    if (doors.length === 0) return;
    event.preventDefault();
    const file = event.type === 'drop' ? dataTransfer.files[0] : undefined;
    const door = /** @type {HTMLInputElement} */ (doors.find((input) => file && suits(/** @type {HTMLInputElement} */ (input), file)) ?? doors[0]);
    const found = wanted(door, 'change');
    if (!file || !found) return;
    for (let drawer = door.closest('details'); drawer; drawer = drawer.parentElement?.closest('details') ?? null) drawer.open = true; // what is said of the file is there
    take(door, file, found);
  };
  document.addEventListener('dragover', fall);
  document.addEventListener('drop', fall);

  /** @param {HTMLInputElement} field @param {{game: HTMLElement, message: any[]}} found */
  const typed = (field, { game, message }) => {
    const mended = field.hasAttribute('aria-invalid');
    const value = read(field);
    if (typeof value === 'string') return refuse(game, value);
    if (mended) refuse(game, '');
    send(game, [...message, value], true);
  };

  /** The place where a range stands is said, which moves nothing. @param {Event} event */
  const stay = (event) => {
    const control = event.target;
    const found = control instanceof HTMLInputElement && 'unsaid' in control.dataset ? wanted(control, 'input') : null;
    if (found) send(found.game, [...found.message, valueOf(control)], true);
  };
  document.addEventListener('pointerup', stay); // a finger that taps a range clicks nothing

  /** A place in a picture was pressed. @param {MouseEvent} event */
  const place = (event) => {
    const found = wanted(event.target, 'place');
    const where = found && placeIn(found.handle, event);
    if (found && where) send(found.game, [...found.message, ...where], true);
  };
  document.addEventListener('click', place);

  /** The pointer has come onto an element, or the focus. @param {PointerEvent | FocusEvent} event */
  const point = (event) => {
    const found = wanted(event.target, 'point');
    const from = event.relatedTarget;
    if (!found || (from instanceof Node && found.handle.contains(from))) return;
    send(found.game, found.message, true);
  };
  document.addEventListener('pointerover', point);
  document.addEventListener('focusin', point);

  /** @param {PointerEvent} event */
  const letGo = ({ pointerId }) => {
    if (dragged?.pointer === pointerId) dragged = null;
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (event.buttons === 0) letGo(event); // and nobody told us
    if (dragged?.pointer !== event.pointerId) return;
    const place = placeIn(dragged.handle, event);
    if (!place) return;
    if (!dragged.handle.hasAttribute('data-every')) {
      return send(dragged.game, [...dragged.message, ...place], true);
    }
    const passed = dragged.last ? marksBetween(mapOf(dragged.handle), dragged.last, place) : [place];
    for (const mark of passed) send(dragged.game, [...dragged.message, ...mark], false);
    dragged.last = place;
  };
  document.addEventListener('pointerdown', (event) => {
    const found = event.button === 0 ? wanted(event.target, 'drag') : null;
    if (!found) return;
    dragged = { ...found, pointer: event.pointerId };
    event.preventDefault(); // no text selection; the focus is set by hand
    document.documentElement.dataset.byPointer = ''; // who drags sees what is held: no ring around it
    /** @type {SVGElement} */ (found.handle).focus();
    if (event.isTrusted) found.handle.setPointerCapture(event.pointerId); // there is no other pointer to capture
    move(event);
  });
  document.addEventListener('pointermove', move);
  for (const type of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture'])) {
    document.addEventListener(type, letGo);
  }

  document.addEventListener('keydown', (event) => {
    delete document.documentElement.dataset.byPointer;
    if (event.key === 'Enter') stay(event);
    const step = ARROWS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isNumber(event.target) && step[1]) {
      const field = wanted(event.target, 'change');
      event.preventDefault();
      if (field && nudge(event.target, -step[1])) typed(event.target, field);
      return;
    }
    const tab = event.target instanceof Element ? event.target.closest('[role="tab"]') : null;
    const tabs = [...(tab?.closest('[role="tablist"]')?.querySelectorAll('[role="tab"]') ?? [])];
    const beside = tab && tabs[tabs.indexOf(tab) + step[0]];
    if (step[0] && beside instanceof HTMLElement) {
      event.preventDefault();
      return beside.focus();
    }
    const own = wanted(event.target, 'key');
    const lifted = event.shiftKey ? wanted(event.target, 'lift') : null; // a pen that only goes there
    const found = own ?? lifted ?? wanted(event.target, 'drag');
    if (!found) return;
    event.preventDefault();
    if (own) return send(own.game, [...own.message, step[0], -step[1]], false);
    const [x, y] = (found.handle.getAttribute('data-at') ?? '').split(' ').map(Number);
    const next = dataBeside(mapOf(found.handle), { x, y }, { x: step[0], y: -step[1] });
    send(found.game, [...found.message, ...next], false);
  });
}

/**
 * Let a finger drag, and not scroll the page, where a game's style says `touch-action: none`: Chromium
 * asks only whole drawings for it, none of their shapes. It is the stage that listens, so that
 * elsewhere scrolling waits for nobody.
 * @param {HTMLElement} stage
 */
export function dragByFinger(stage) {
  stage.addEventListener('touchstart', hold, { passive: false });
}

/** @param {TouchEvent} event */
function hold(event) {
  const found = wanted(event.target, 'drag');
  if (found && getComputedStyle(found.handle).touchAction === 'none') event.preventDefault();
}

/**
 * Where the pointer is, in the data of an element with a map.
 * @param {Element} handle @param {MouseEvent} event
 */
function placeIn(handle, event) {
  const matrix = /** @type {SVGGraphicsElement} */ (handle).ownerSVGElement?.getScreenCTM();
  if (!matrix) return null;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  return dataAt(mapOf(handle), x, y);
}

/** How a text comes into a field that nobody types. */
const BROUGHT = new Set(['insertFromPaste', 'insertFromDrop']);

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The nearest element that asks for `type`, its message and its game.
 * @param {EventTarget | null} target @param {string} type
 */
function wanted(target, type) {
  let element = target instanceof Element ? target.closest('[data-on]') : null;
  while (element) {
    const message = JSON.parse(element.getAttribute('data-on') ?? '{}')[type];
    const game = element.closest('[data-game]');
    if (message && game) return { game: /** @type {HTMLElement} */ (game), message, handle: element };
    element = element.parentElement?.closest('[data-on]') ?? null;
  }
  return null;
}

/** @param {EventTarget | null} target */
function valueOf(target) {
  const control = /** @type {HTMLInputElement | HTMLSelectElement} */ (target);
  const values = JSON.parse(control.dataset.values ?? 'null');
  if (control instanceof HTMLSelectElement) return values ? values[control.selectedIndex] : control.value;
  if (control.type === 'checkbox') return control.checked;
  if (values) return values[control.valueAsNumber];
  return control.type === 'range' ? control.valueAsNumber : control.value;
}

