// Contestant: the course's own engine, in the Python that the site ships.

let python;

/** @param {{interpreter: string, dtype: string}} settings URL of the module that starts Python */
export async function load({ interpreter, dtype }) {
  const { loadPyodide } = await import(interpreter);
  python = await loadPyodide();
  const source = await fetch(new URL("../engine_step.py", import.meta.url));
  python.runPython(await source.text());
  python.globals.set("dtype", dtype);
}

/** @param {import("./worker.js").Problem} problem @returns {import("./worker.js").Run} */
export function prepare(problem) {
  python.globals.set("problem", python.toPy(problem));
  return python.runPython("prepare(**problem, dtype=dtype)");
}
