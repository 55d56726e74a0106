"""What the command says on a terminal: colour where it helps, plain text where there is none."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print the facts as JSON.")]
"""The option of every command that prints facts."""
SituationFile = Annotated[
    Path | None, typer.Option("--situation", metavar="FILE", help="Another situation file than the repository's.")
]
"""The option of every command that may be asked about another situation."""
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, even on a terminal.")]
"""The option of every command that asks before it changes something."""
GOOD, ATTENTION, BAD = "green", "magenta", "bold red"
"""Readable on dark and on light, as yellow is not. Each stands beside a letter or a word that says the same."""
WIDEST = 100
"""Columns; longer lines are harder to read."""


def plain_streams() -> None:
    """Lets a terminal that has no accents or arrows show a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def output() -> Console:
    """Standard output; as wide as the terminal, 80 columns where there is none."""
    console = Console(highlight=False)
    console.width = min(console.width, WIDEST)
    return console


def on_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def command(console: Console, line: str) -> None:
    """Prints a line that a person may copy, whole and as it is."""
    console.print(f"  {line}", markup=False, soft_wrap=True, style="bold")


def print_error(problem: str) -> None:
    """One problem, on standard error."""
    Console(stderr=True, highlight=False).print(Text.assemble(("error: ", "bold red"), problem), soft_wrap=True)


def print_json(facts: object) -> None:
    """Prints facts for other programs."""
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
