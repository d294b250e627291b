// @ts-check
// Finds the other frames of this site on one page, so that one of them starts Python for all.
//
// They find each other without the page around them, which may be anybody's: the browser itself lets
// a frame look only into frames of its own origin, and a symbol cannot be the name of a frame. Frames
// without an origin (sandboxed ones) see nobody and stay by themselves.

/** @typedef {import('./runtime.js').Runtime} Runtime */

const LEADER = Symbol.for('neuronauts:leader');
const MOST = 500; // windows that are looked into

/** @type {WeakMap<Runtime, any>} the windows of the leaders that were met */
const windows = new WeakMap();

/** @type {import('./runtime.js').Siblings} */
export const siblings = {
  leader(runtime) {
    for (const other of all(window.top)) {
      const found = leaderOf(other);
      if (!found || found.interpreter !== runtime.interpreter) continue;
      windows.set(found, other);
      return found;
    }
    Reflect.set(window, LEADER, runtime);
    return runtime;
  },
  gone: (runtime) => leaderOf(windows.get(runtime)) !== runtime,
  resign: () => Reflect.deleteProperty(window, LEADER),
};

/** @param {any} other a window @returns {Runtime | undefined} */
function leaderOf(other) {
  try {
    return other.closed ? undefined : other[LEADER];
  } catch {
    return undefined; // of another origin
  }
}

/** A window and those inside it, the nearer ones first. @param {Window | null} top */
function all(top) {
  const found = top ? [top] : [];
  for (let at = 0; at < found.length && found.length < MOST; at += 1) {
    const { frames } = found[at];
    for (let i = 0; i < frames.length && found.length < MOST; i += 1) found.push(frames[i]);
  }
  return found;
}
