// Compiles Python with the browser's own Python, in Pyodide under Node: one job a line in, one answer
// a line out. It knows nothing of what is compiled, or why.
//
// job    {"source": "in.zip", "target": "out.zip", "prefix": "/lib/…/",
//         "bare": true, "keep": ["a.py"]}   (see in_pyodide.py)
// answer {"ok": true} or {"ok": false, "error": "…"}
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { loadPyodide } from 'pyodide';

const pyodide = await loadPyodide();
pyodide.runPython(await readFile(new URL('in_pyodide.py', import.meta.url), 'utf8'));
const compileArchive = pyodide.globals.get('compile_archive');

/** @param {{source: string, target: string, prefix: string, bare: boolean, keep: string[]}} job */
async function compile(job) {
  pyodide.FS.writeFile('/source.zip', await readFile(job.source));
  const { prefix, bare, keep } = job;
  compileArchive('/source.zip', '/target.zip', prefix, bare, pyodide.toPy(keep));
  await writeFile(job.target, pyodide.FS.readFile('/target.zip'));
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    await compile(JSON.parse(line));
    answer = { ok: true };
  } catch (error) {
    answer = { ok: false, error: error.message.trim().split('\n').at(-1).replace('ValueError: ', '') };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
