// Put into every page before its own scripts: writes down in `watched` what the bench asks for.
// Times are milliseconds on the page's clock.
//
//   longTasks  durations of main-thread tasks over 50 ms
//   shift      the sum of layout shifts that no input caused (CLS)
//   frames     of every frame that the page asked Python for: {draw, patch, paint, changed}
//   answers    of every input that was a message to a game: from the event until its answer was painted
(() => {
  const watched = (globalThis.watched = { longTasks: [], shift: 0, frames: [], answers: [] });

  const observe = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  observe("longtask", (entry) => watched.longTasks.push(entry.duration));
  observe("layout-shift", (entry) => (watched.shift += entry.hadRecentInput ? 0 : entry.value));

  const frame = (i) => (watched.frames[i] ??= { draw: 0, patch: 0, paint: 0, changed: false });

  let inputs = []; // times of inputs that no frame has taken along yet
  const MOVES = { click: ["click"], input: ["input"], change: ["change"], keydown: ["drag", "key"] };
  for (const [type, moves] of Object.entries(MOVES)) {
    document.addEventListener(
      type,
      ({ target, timeStamp, key }) => {
        const messages = JSON.parse(target.closest?.("[data-on]")?.getAttribute("data-on") ?? "{}");
        const meant = type !== "keydown" || key.startsWith("Arrow"); // a handle knows no other keys
        if (meant && moves.some((move) => move in messages)) inputs.push(timeStamp);
      },
      { capture: true },
    );
  }

  /** The page and the host speak over a MessagePort; the answers come in the order of the questions. */
  const port = MessagePort.prototype;
  const { postMessage } = port;
  const taken = new Map(); // number of the frame → times of the inputs in it
  let asked = 0;
  let answered = 0;
  let drawn = 0; // Python's part of each frame comes behind it: told by the lines in host_watch.py
  port.postMessage = function (data, ...more) {
    if (String(data).startsWith('{"kind":"frame"')) {
      if (!data.includes('"messages":[]')) taken.set(asked, inputs.splice(0));
      asked += 1;
    }
    return postMessage.call(this, data, ...more);
  };
  const { set, ...others } = Object.getOwnPropertyDescriptor(port, "onmessage");
  Object.defineProperty(port, "onmessage", {
    ...others,
    set(handler) {
      set.call(this, function (event) {
        const text = String(Array.isArray(event.data) ? event.data[0] : event.data);
        if (text.startsWith('{"kind": "drawn"')) return void (frame(drawn++).draw = JSON.parse(text).ms);
        if (!text.startsWith('{"kind":"frame","answers":"frame"')) return handler.call(this, event);
        const begun = performance.now();
        handler.call(this, event);
        const number = answered++;
        frame(number).patch = performance.now() - begun;
        frame(number).changed = /"(patch|html)":/.test(text);
        painted((paint, now) => {
          frame(number).paint = paint;
          for (const time of taken.get(number) ?? []) watched.answers.push(now - time);
        });
      });
    },
  });

  /** Calls back after the next paint, with how long the main thread worked on it. */
  function painted(callback) {
    requestAnimationFrame(() => {
      const begun = performance.now();
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => callback(performance.now() - begun, performance.now());
      port2.postMessage(null);
    });
  }
})();
