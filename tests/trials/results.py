"""Tables that trials write into pages of the documentation, between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


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
