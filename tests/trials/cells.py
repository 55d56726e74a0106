"""Faults of a vCenter, each at each operation of a run: what comes of the run, what `check` says, what leads out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from tests.engine.mishaps import commands, disorder, held_back, uitwijk
from tests.engine.stage import HOME, Stage
from tests.engine.waiting import wait_until
from uitwijk.running.engine import Run
from uitwijk.wording import up_command

DATABASE = "kolkwijde-civil-affairs-database-1"
OPERATIONS: Mapping[str, Mapping[str, Any]] = {
    "log in": {"method": "Login", "after": 1},
    "clone": {"method": "CloneVM_Task", "after": 7},
    "reconfigure": {"method": "ReconfigVM_Task", "object": "*-application-1", "after": 2},
    "attach a disk": {"method": "ReconfigVM_Task", "object": DATABASE},
    "power on": {"method": "PowerOnVM_Task", "after": 4},
    "tag": {"method": "POST /rest/com/vmware/cis/tagging/tag-association/*", "after": 11},
    "delete": {"method": "Destroy_Task", "after": 3},
}
"""Calls at which the fault begins; those before it go through. The first to log in is the program, which looks."""
FAULTS: Mapping[str, Mapping[str, Any]] = {
    "refuses": {"management": "refuse", "count": 1},
    "hangs": {"management": "hang", "count": 1},
    "drops": {"management": "drop", "count": 1},
    "ends the session": {"end_sessions": True, "count": 1},
    "fails the task": {"fault": "ResourceInUse", "count": 1},
    "is slow": {"delay_seconds": 3, "count": 0},
}
PATIENCE_SECONDS = 45
"""For so long a vCenter that is silent stays so; a run that waits still is then answered."""
_MOST_ROUNDS = 3
_ABOUT_THE_RUN = ("stack", "lock", "release", "machines", "vCenter", "waiting", "strays", "split brain")


@dataclass(frozen=True)
class Outcome:
    """Of one cell."""

    operation: str
    fault: str
    run: str
    """What became of the run."""
    during: tuple[str, ...]
    """What `check` says of the site while the fault lasts; only of faults that cut the vCenter off."""
    after: tuple[str, ...]
    """What `check` says of the site when the vCenter is well again."""
    way_out: tuple[str, ...]
    """The commands of its remedies, as they were followed."""


class NoWayOut(AssertionError):
    """The remedies were followed, and something is not in order."""


def play(stage: Stage, operation: str, fault: str) -> Outcome:
    """Plays a cell; nothing runs yet on the stage.

    Raises:
        NoWayOut: what `check` advises does not lead out.
    """
    if operation == "delete":
        stage.up()
        stage.declare_next(sites={HOME: "drained"})
    rule = {**OPERATIONS[operation], **FAULTS[fault]}
    stage.fail(HOME, **rule)
    during: tuple[str, ...] = ()
    waited = False
    with ThreadPoolExecutor() as pool:
        run = pool.submit(stage.up, HOME, expect_failure=True)
        wait_until(lambda: held_back(stage, HOME) or run.done())
        if "management" in rule:
            waited = bool(wait([run], timeout=PATIENCE_SECONDS).not_done)
            during = tuple(said for _, said in _lines(stage))
            stage.vcenters[HOME].management("up")
        result = run.result()[HOME]
    if not held_back(stage, HOME):
        raise NoWayOut("the fault was never met")
    stage.heal(HOME)
    after = tuple(said for _, said in _lines(stage))
    way_out = _follow(stage)
    if wrong := disorder(stage, HOME):
        raise NoWayOut(wrong)
    return Outcome(operation, fault, _told(result, waited), during, after, way_out)


def _told(run: Run, waited: bool) -> str:
    first = "waits until it is answered again, then " if waited else ""
    if not run.code:
        return f"{first}goes through"
    told = next((error for error in run.errors if not error.endswith("error occurred:")), run.errors[0])
    words = _shown(re.sub(r"urn:\S*::", "", told))
    return f"{first}fails with {len(run.errors)} errors: {words}"


def _shown(text: str) -> str:
    """Without what differs from run to run, and no longer than a cell of the table."""
    return re.sub(r"127\.0\.0\.1:\d+", "…", text)[:150]


def _lines(stage: Stage) -> list[tuple[str, str]]:
    """Remedy and wording of each line about the site and its runs that is not ok."""
    told = json.loads(uitwijk(stage, HOME, "check", "--json").stdout)
    return [
        (line["remedy"], _shown(f"{line['subject']} {line['verdict']}: {line['why']}"))
        for line in told["lines"]
        if line["verdict"] != "ok" and line["subject"].startswith(_ABOUT_THE_RUN) and HOME in line["subject"]
    ]


def _follow(stage: Stage) -> tuple[str, ...]:
    """Types what the remedies say, in their order, until there is none."""
    typed: list[str] = []
    for _ in range(_MOST_ROUNDS):
        remedies = dict.fromkeys(remedy for remedy, _ in _lines(stage))
        if not remedies:
            return tuple(typed)
        for command in dict.fromkeys(command for remedy in remedies for command in commands(remedy)):
            _type(stage, command)
            typed.append(command)
    raise NoWayOut(f"after {typed} there is still {_lines(stage)}")


def _type(stage: Stage, command: str) -> None:
    if command == up_command(HOME):
        if (run := stage.up(HOME, expect_failure=True)[HOME]).code:
            raise NoWayOut(f"{command}: {run.errors[:3]}")
    elif command.startswith("uitwijk "):
        said = uitwijk(stage, HOME, *command.split()[1:], "--yes")
        if said.returncode:
            raise NoWayOut(f"{command}: {said.stdout}{said.stderr}")
    else:
        raise NoWayOut(f"a remedy that nobody can type: {command}")
