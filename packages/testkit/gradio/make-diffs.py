"""Gives what Gradio's own `diff` makes of pairs of values.

    python make-diffs.py      reads a JSON list [old, new] from each line of its standard input, and writes a line with the list of operations for each.
                              The `diff` is that of the Gradio which this interpreter has. Exit code 3: that version has none (before 4.19).

Gradio itself is not imported, which takes seconds: `diff` needs nothing but itself, so it is taken out of `gradio/utils.py` alone.
"""

import ast
import importlib.util
import json
import pathlib
import sys


def load_diff():
    folder = pathlib.Path(importlib.util.find_spec("gradio").origin).parent
    path = folder / "utils.py"
    module = ast.parse(path.read_text(encoding="utf-8"), str(path))
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "diff"]
    if not functions:
        sys.exit(3)
    names = {}
    exec(compile(ast.Module(body=functions, type_ignores=[]), str(path), "exec"), names)
    return names["diff"]


def main():
    diff = load_diff()
    for line in sys.stdin:
        old, new = json.loads(line)
        print(json.dumps(diff(old, new)))


main()
