"""The runbook as its readers have it: pages, sections, and what stands in their blocks."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
FOLDER = DOCS / "runbook"


def page(name: str) -> str:
    """The text of a page in docs/runbook/."""
    file = FOLDER / name
    assert file.exists(), f"docs/runbook/{name} is missing; `make runbook` makes it"
    return file.read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    (found,) = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    return str(found)


def blocks(text: str, language: str) -> list[list[str]]:
    """The lines of every fenced block of a language."""
    return [block.splitlines() for block in re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Every command that is typed, with the lines that are quoted below it."""
    found: list[tuple[str, list[str]]] = []
    for line in (line for block in blocks(text, "console") for line in block):
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found
