"""Kills engine, language host or provider in the middle of a calamity's runs, again and again. On demand: `make crash`.

python -m tests.fryslan.crash [--ground small|whole|…] [--rounds N] [--first N] [--write]

A round is one calamity with a kill in each of its runs, at points that its number chooses. What is in the file of
results is not played again. With `--write` the page of the documentation gets the table of all results.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.engine.stage import SMALL_GROUND, Stage
from tests.fryslan.ground import WHOLE_GROUND
from tests.trials.calamity import Calamity, Kill
from tests.trials.results import parser, put, read, table
from uitwijk.continuity.errors import UitwijkError
from uitwijk.files import append_line
from uitwijk.running.toolchain import Toolchain, find_toolchain

GROUNDS = {
    "small": SMALL_GROUND,
    "small, in a database": SMALL_GROUND,
    "whole": WHOLE_GROUND,
}
ROUNDS = {"small": 36, "small, in a database": 1, "whole": 9}
"""So many bring 160 kills on the small region, five with its states in databases, and 40 on the whole one."""
PHASES = ("failover", "drain", "release", "take back", "recover")
RESULTS = ROOT / "build" / "trials" / "crash.jsonl"
PAGE = ROOT / "docs" / "explanation" / "kill-points.md"


def play(ground: str, number: int, toolchain: Toolchain, folder: Path) -> Iterable[Kill]:
    """The kills of one round; what it needs lies in `folder`, which stays when something was wrong."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with Stage(folder, toolchain, GROUNDS[ground], databases="database" in ground).open() as stage:
        for kill in Calamity(stage, f"{ground}-{number}").play():
            yield kill
            if kill.wrong:
                return
    shutil.rmtree(folder)


def main() -> int:
    """The command; its exit code is 1 when something was wrong."""
    arguments = _arguments()
    results: Path = arguments.results
    results.parent.mkdir(parents=True, exist_ok=True)
    finished = {(line["ground"], line["round"]) for line in read(results) if line["phase"] == "round"}
    toolchain = find_toolchain()
    wrong = 0
    for ground in [arguments.ground] if arguments.ground else list(GROUNDS):
        first = arguments.first
        for number in range(first, first + (arguments.rounds or ROUNDS[ground])):
            if (ground, number) in finished:
                continue
            began = time.monotonic()
            about: dict[str, Any] = {"ground": ground, "round": number}
            failed = False
            folder = results.parent / f"{ground}-{number}".replace(", ", "-").replace(" ", "-")
            for kill in play(ground, number, toolchain, folder):
                append_line(results, {**about, **asdict(kill)})
                print(f"{ground} {number:2} {kill.phase:9} {_said(kill)}", flush=True)
                failed = failed or bool(kill.wrong)
            wrong += failed
            if not failed:
                append_line(results, {**about, "phase": "round", "seconds": time.monotonic() - began})
    text = report(read(results))
    print(f"\n{text}")
    if arguments.write:
        put(PAGE, text)
    return 1 if wrong else 0


def report(lines: Sequence[dict[str, Any]]) -> str:
    """The table of all kills, each counted once, by its region and phase."""
    kills = {(k["ground"], k["round"], k["phase"], str(k["point"])): k for k in lines if k.get("reached")}
    rows: list[list[object]] = []
    for ground in GROUNDS:
        for phase in PHASES:
            here = [kill for kill in kills.values() if (kill["ground"], kill["phase"]) == (ground, phase)]
            if not here:
                continue
            victims = Counter(kill["point"]["victim"] for kill in here)
            found: Counter[str] = Counter()
            for kill in here:
                found.update(kill["found"])
            rows.append(
                [
                    ground,
                    phase,
                    len(here),
                    _counted(victims),
                    _counted(found) or "-",
                    f"{max(kill['recover_seconds'] for kill in here):.1f} s" if phase != "recover" else "-",
                    sum(bool(kill["wrong"]) for kill in here),
                ]
            )
    return table(["region", "run", "kills", "what was killed", "what `recover` did", "longest", "wrong after"], rows)


def _said(kill: Kill) -> str:
    if not kill.reached:
        return f"{kill.point}: the run ended before"
    return f"{kill.point}: {kill.wrong or _counted(kill.found) or 'nothing to put in order'}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _arguments() -> argparse.Namespace:
    words = parser("make crash", __doc__, RESULTS)
    words.add_argument("--ground", choices=list(GROUNDS), help="what to play on; else all")
    words.add_argument("--rounds", type=int, help=f"how many of each; else {ROUNDS}")
    words.add_argument("--first", type=int, default=0, help="number of the first")
    return words.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UitwijkError as error:
        sys.exit(f"error: {error}")
