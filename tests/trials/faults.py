"""Plays every fault of a vCenter at every operation of a run, on the small region. On demand: `make faults`.

python -m tests.trials.faults [--operation NAME] [--fault NAME] [--write]

What is in the file of results is not played again. With `--write` the page of the documentation gets the table.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.engine.stage import Stage
from tests.trials.cells import FAULTS, OPERATIONS, NoWayOut, play
from tests.trials.results import parser, put, read, table
from uitwijk.continuity.errors import UitwijkError
from uitwijk.files import append_line
from uitwijk.running.toolchain import find_toolchain

RESULTS = ROOT / "build" / "trials" / "faults.jsonl"
PAGE = ROOT / "docs" / "explanation" / "vcenter-faults.md"


def main() -> int:
    """The command; its exit code is 1 when a cell has no way out."""
    arguments = _arguments()
    results: Path = arguments.results
    results.parent.mkdir(parents=True, exist_ok=True)
    cells = _results(results)
    toolchain = find_toolchain()
    wrong = 0
    for operation in [arguments.operation] if arguments.operation else list(OPERATIONS):
        for fault in [arguments.fault] if arguments.fault else list(FAULTS):
            if (operation, fault) in cells:
                continue
            folder = results.parent / f"{operation}-{fault}".replace(" ", "-")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                with Stage(folder, toolchain).open() as stage:
                    outcome = asdict(play(stage, operation, fault))
            except NoWayOut as error:
                wrong += 1
                print(f"{operation}, {fault}: {error}", flush=True)
                continue
            shutil.rmtree(folder)
            append_line(results, outcome)
            cells[operation, fault] = outcome
            print(f"{operation}, {fault}: {outcome['run']}", flush=True)
    text = report(cells)
    print(f"\n{text}")
    if arguments.write:
        put(PAGE, text)
    return 1 if wrong else 0


def report(cells: Mapping[tuple[str, str], dict[str, Any]]) -> str:
    """The table of all cells that were played."""
    rows: Sequence[Sequence[object]] = [
        [
            operation,
            fault,
            _cell([cell["run"]]),
            _cell(cell["during"]),
            _cell(cell["after"]),
            ", then ".join(f"`{command}`" for command in cell["way_out"]) or "none is needed",
        ]
        for operation in OPERATIONS
        for fault in FAULTS
        if (cell := cells.get((operation, fault)))
    ]
    return table(["operation", "the vCenter", "the run", "`check` meanwhile", "`check` afterwards", "way out"], rows)


def _cell(lines: Sequence[str]) -> str:
    return "<br>".join(line.replace("|", "\\|").replace("<", "&lt;") for line in lines) or "-"


def _results(file: Path) -> dict[tuple[str, str], dict[str, Any]]:
    return {(line["operation"], line["fault"]): line for line in read(file)}


def _arguments() -> argparse.Namespace:
    words = parser("make faults", __doc__, RESULTS)
    words.add_argument("--operation", choices=list(OPERATIONS), help="else all")
    words.add_argument("--fault", choices=list(FAULTS), help="else all")
    return words.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UitwijkError as error:
        sys.exit(f"error: {error}")
