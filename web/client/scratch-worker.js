// @ts-check
// The worker of scratch.js: starts Python through boot.mjs and runs the lines it is sent. What a
// learner types may do here whatever it can, and that is nothing: the wall is the frame around this
// worker (sandbox.html). Whatever is said from here may be forged, and nobody believes it.

const tell = self.postMessage.bind(self);
self.postMessage = (/** @type {unknown} */ message) => tell(JSON.stringify(message)); // boot.mjs speaks too

self.onmessage = async ({ data }) => {
  try {
    const { loadPyodide } = await import(data.interpreter);
    const pyodide = await loadPyodide();
    const { prepare, watch } = pyodide.pyimport('web.scratch');
    for (const module of ['js', 'pyodide_js']) { // lines are about numbers
      pyodide.unregisterJsModule(module);
      pyodide.runPython(`import sys; sys.modules.pop('${module}', None)`);
    }
    const intact = watch();
    self.onmessage = (event) => answer(prepare, intact, event.data);
    self.postMessage({ ready: true });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};

/**
 * @param {(code: string, given: string) => any} prepare
 * @param {() => boolean} intact whether the line has left everything as it was
 * @param {{code: string, given: string}} line
 */
function answer(prepare, intact, { code, given }) {
  const run = prepare(code, given);
  self.postMessage({ begun: true }); // from here on it is the learner's time
  const answer = JSON.parse(run());
  run.destroy();
  let spoiled = true;
  try {
    spoiled = !intact();
  } catch {
    // not even that is left
  }
  self.postMessage({ answer, spoiled });
}
