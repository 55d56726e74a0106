"""Compresses the parts of the records application anew, as far as they have changed: see `components/jobs/packed.py`.

python -m components.pack
"""

from __future__ import annotations

import ast
import base64
import gzip
import json

from components.jobs.packed import PACKED, SOURCES, unpacked

_HEADER = "# Its comments are left out here. They are in components/jobs/files/records of uitwijk.\n"


def bare(source: str) -> str:
    """A module without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            kept = [part for part in node.body if not _is_text(part)]
            node.body = kept or [ast.Pass()]
    return ast.unparse(tree) + "\n"


def same(one: str, other: str) -> bool:
    """Whether two modules do the same; versions of Python write them in different ways."""
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))


def main() -> None:
    """Writes what is to be kept with the sources."""
    before = json.loads(PACKED.read_text(encoding="utf-8"))
    after = {}
    for file in sorted(SOURCES.glob("*.py")):
        text, kept = bare(file.read_text(encoding="utf-8")), before.get(file.stem)
        fresh = base64.b64encode(gzip.compress((_HEADER + text).encode(), mtime=0)).decode()
        after[file.stem] = kept if kept and same(unpacked(kept), text) else fresh
    PACKED.write_text(json.dumps(after, indent=1) + "\n", encoding="utf-8")


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


if __name__ == "__main__":
    main()
