// @ts-check
// The worker of scratch.js: starts Python through boot.mjs and runs the lines it is sent.
//
// What a learner types runs here, so the doors of the worker are closed before the first line: no
// network, no storage, no way to other workers. Its answers are text, and the page takes them as text.

const DOORS = [
  ...['fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'EventSource', 'WebTransport'],
  ...['indexedDB', 'caches', 'cookieStore', 'BroadcastChannel', 'Worker', 'importScripts'],
];

self.onmessage = async ({ data }) => {
  try {
    const { loadPyodide } = await import(data.interpreter);
    const pyodide = await loadPyodide();
    const { prepare } = pyodide.pyimport('web.scratch');
    for (const module of ['js', 'pyodide_js']) {
      pyodide.unregisterJsModule(module);
      pyodide.runPython(`import sys; sys.modules.pop('${module}', None)`);
    }
    shut();
    self.onmessage = (event) => answer(prepare, event.data);
    self.postMessage({ ready: true });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};

/** @param {(code: string, given: string) => any} prepare @param {{code: string, given: string}} line */
function answer(prepare, { code, given }) {
  const run = prepare(code, given);
  self.postMessage({ begun: true }); // from here on it is the learner's time
  const text = run();
  run.destroy();
  self.postMessage({ answer: text });
}

function shut() {
  for (const name of DOORS) {
    for (let place = self; place; place = Object.getPrototypeOf(place)) {
      Reflect.deleteProperty(place, name);
    }
  }
}
