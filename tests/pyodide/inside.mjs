// Runs pytest inside Pyodide, under Node: the browser's Python, with the NumPy that the site ships.
// usage: node inside.mjs <project> <folder of pure-Python packages> <NumPy wheel> <pytest arguments…>
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [project, packages, wheel, ...args] = process.argv.slice(2);
const entry = createRequire(`${project}/web/package.json`).resolve('pyodide/pyodide.mjs');
const { loadPyodide } = await import(pathToFileURL(entry).href);

const pyodide = await loadPyodide();
pyodide.unpackArchive(new Uint8Array(await readFile(wheel)), 'wheel', { extractDir: '/numpy' });
for (const [at, folder] of [['/project', project], ['/packages', packages]]) {
  pyodide.FS.mkdir(at);
  pyodide.mountNodeFS(at, folder);
}
pyodide.globals.set('arguments', pyodide.toPy(args));
process.exitCode = pyodide.runPython(`
import os, sys
os.chdir("/project")
sys.path[:0] = ["/project", "/packages", "/numpy"]
sys.dont_write_bytecode = True
import pytest
int(pytest.main(list(arguments)))
`);
