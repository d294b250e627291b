"""Runs lines of JavaScript with the page's modules under Node.js."""

import json
import subprocess

from web.builder import node
from web.builder.paths import WEB


def js(body, given=None):
    """What `body` returns: JavaScript that may await and import './x.js', with `given` at hand."""
    made = f"""
        const given = JSON.parse(await new Response(process.stdin).text());
        const answer = await (async () => {{ {body} }})();
        console.log(JSON.stringify(answer ?? null));
    """
    program = made.replace("import('./", f"import('{(WEB / 'client').as_uri()}/")
    command = [*node.find().node, "--input-type=module", "-e", program]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
