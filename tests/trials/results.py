"""What trials that run on demand share: a file of results, a table of them, and its place in the documentation."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from uitwijk.continuity.errors import UitwijkError

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def parser(prog: str, about: str | None, results: Path) -> argparse.ArgumentParser:
    """The arguments that all of them take: `results` is where they keep them unless told otherwise."""
    found = argparse.ArgumentParser(prog=prog, description=about)
    found.add_argument("--results", type=Path, default=results, help="the file of results")
    found.add_argument("--write", action="store_true", help="put the table into the documentation")
    return found


def read(file: Path) -> list[dict[str, Any]]:
    """The lines of a file of results, of which there may be none yet."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def put(page: Path, text: str) -> None:
    """Puts `text` between the marks of a page.

    Raises:
        UitwijkError: the page has no marks.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise UitwijkError(f"{page}: there is no {BEGIN} with {END} after it")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)
