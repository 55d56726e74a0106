"""What odd inputs are tried on: a project with every file that people edit, and who reads each."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.evidence.sample import play
from tests.odd_input.odd import ARGUMENTS, changed, changed_json, place
from tests.regions import SMALL
from uitwijk.__main__ import run
from uitwijk.commands.rehearse.plan_book import PlanBook
from uitwijk.commands.rehearse.previews import stack_file
from uitwijk.continuity import load_region, load_situation
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.expectations import load_expectations
from uitwijk.project import project_name
from uitwijk.resources.settings import plain_value

SAID = ("--by", "duty officer", "--reason", "fire")
LESSONS = """\
lessons:
  - id: L1
    text: "Who opens the hall at night?"
    owner: continuity manager
    opened: 2026-03-06
    due: 2027-03-01
  - {id: L2, text: x, owner: y, opened: 2026-03-06, due: 2026-10-01, closed: {date: 2026-05-01, by: z, how: "two keys"}}
"""
RETIRED = """\
- what: kolkwijde/archive
  at: 2026-11-01
  by: ICT manager
  reason: "it merged"
  machines: [kolkwijde-archive-server-1]
  disks: [{name: kolkwijde-archive-1-data, site: veldoord, path: kolkwijde/archive/server-1-data.vmdk, size_gib: 9}]
"""
PLAN = """\
veldoord: {}
zandermeer:
  create:
    vsphere:index/virtualMachine:VirtualMachine: [kolkwijde-civil-affairs-database-1]
"""
ORGANISATIONS = """\
groups:
  small:
    organisations: [kolkwijde]
    home: veldoord
    served_by: {all-other-services: kust}
    machines:
      civil-affairs/database: {class: R1, machines: 1, vcpus: 2, memory_gib: 4, network: servers, disks_gib: {data: 20}}
      workplaces/session-host: {class: R1, machines: session-hosts, vcpus: 4, memory_gib: 16, network: servers}
session_hosts: {kolkwijde: 3}
number_blocks: {kolkwijde: ["+31517491200"]}
emergency_locations: {kolkwijde-town-hall: "Kolkwijde, Kerkplein 1"}
start_order: [civil-affairs/database before workplaces]
s1_closes: kolkwijde
"""
SCENARIO = """\
scenario: S1
title: A town hall is unreachable
declared: {closed: [kolkwijde-town-hall]}
runs: {veldoord: {everything_of: [kolkwijde]}}
machines: {veldoord: 4}
spare_host: {veldoord: true}
seats: {kolkwijde: {needed: 28, at: {kolkwijde-town-hall: 20}, short: 8}}
numbers_served_by: [veldoord]
numbers_ring_at: {kolkwijde: [kolkwijde-town-hall]}
processes_stopped: {kolkwijde: {document-issue: "no station"}}
majority_goes_on: [kolkwijde]
manual_steps: [{owner: "ICT manager", step: "phone"}]
"""
_DECLARE = ("declare", "lost", "veldoord", "closed", "kust-office", "--yes", *SAID)


def make(folder: Path) -> None:
    """A project in `folder` with one of every kind of file."""
    SMALL.copy(folder)
    for name, text in {
        "lessons.yaml": LESSONS,
        "catalogue/retired.yaml": RETIRED,
        "plans/lost-veldoord.yaml": PLAN,
        "expectations/organisations.yaml": ORGANISATIONS,
        "expectations/s1.yaml": SCENARIO,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copy(SMALL.folder / "Pulumi.veldoord.yaml", folder)
    play(folder / "evidence" / "one", broken=True, living=True)
    run(["report", str(folder / "evidence" / "one")])


@dataclass(frozen=True)
class Input:
    """One odd input: what was made odd, and what is then done."""

    what: str
    act: Callable[[], int]
    """Returns the exit code; raises what no user may see."""
    writes: tuple[str, ...] = field(default=())
    """Files that may be other than before if it was accepted."""


def _command(*words: str) -> Callable[[], int]:
    return lambda: run(words)


def _read(reading: Callable[[], object]) -> Callable[[], int]:
    """What is no command of its own, as the one that calls it ends."""

    def act() -> int:
        try:
            reading()
        except UitwijkError as error:
            print("\n".join(error.problems), file=sys.stderr)
            return 2
        return 0

    return act


def _program() -> object:
    return load_situation("situation.yaml", load_region("catalogue"))


def odd_input(seed: int) -> Input:
    """Makes the project in the working folder odd, as `seed` wants it."""
    chance = random.Random(seed)
    kind = chance.choice(
        ("situation",) * 6 + ("catalogue",) * 6 + ("lessons", "expectations", "plans", "stack", "project")
    )
    kind = chance.choice((kind, kind, kind, "arguments", "evidence"))
    made: Input = {
        "situation": _situation,
        "catalogue": _catalogue,
        "lessons": _lessons,
        "expectations": _expectations,
        "plans": _plans,
        "stack": _stack,
        "project": _project,
        "arguments": _arguments,
        "evidence": _evidence,
    }[kind](chance)
    return made


def _spoil(chance: random.Random, path: Path, *, as_json: bool = False) -> str:
    siblings = [other for other in Path().rglob("*.*") if other.is_file() and other != path]
    kind = place(chance, path, siblings)
    if kind is None:
        change = changed_json if as_json else changed
        path.write_bytes(change(chance, path.read_bytes()))
    return f"{path}: {kind or 'changed'}"


def _situation(chance: random.Random) -> Input:
    file = Path("situation.yaml")
    if chance.random() < 0.3:
        file = Path("other.yaml")
        shutil.copy("situation.yaml", file)
    what = _spoil(chance, file)
    named = () if file.name == "situation.yaml" else ("--situation", str(file))
    words = chance.choice((("status",), ("status", "--json"), _DECLARE, _DECLARE, (*_DECLARE, "--dry-run")))
    if chance.random() < 0.1 and not named:
        return Input(f"{what}; the program", _read(_program))
    return Input(f"{what}; {words[0]}", _command(*words, *named), (str(file),))


def _catalogue(chance: random.Random) -> Input:
    what = _spoil(chance, chance.choice(sorted(Path("catalogue").rglob("*.yaml"))))
    words = chance.choice((("status",), ("status", "--json"), _DECLARE))
    return Input(f"{what}; {words[0]}", _command(*words), ("situation.yaml",))


def _lessons(chance: random.Random) -> Input:
    what = _spoil(chance, Path("lessons.yaml"))
    words = chance.choice(
        (
            ("lesson",),
            ("lesson", "list", "--closed"),
            ("lesson", "add", "Another", "--owner", "me", "--due", "2027-03-01"),
            ("lesson", "close", "L1", "--by", "me", "--how", "so"),
        )
    )
    return Input(f"{what}; {' '.join(words[:2])}", _command(*words), ("lessons.yaml",))


def _expectations(chance: random.Random) -> Input:
    what = _spoil(chance, chance.choice(sorted(Path("expectations").glob("*.yaml"))))
    return Input(what, _read(lambda: load_expectations("expectations/s1.yaml")))


def _plans(chance: random.Random) -> Input:
    what = _spoil(chance, Path("plans/lost-veldoord.yaml"))
    return Input(what, _read(lambda: PlanBook(Path("plans")).approved("lost-veldoord")))


def _stack(chance: random.Random) -> Input:
    if chance.random() < 0.3:
        value = changed_json(
            chance, b'{"server": "vcenter.example", "user": "me", "peers": {"a": {"backend": "file://x"}}}'
        )
        text = value.decode("utf-8", errors="replace")
        return Input("a value of the stack's configuration", _read(lambda: plain_value(text)))
    what = _spoil(chance, Path("Pulumi.veldoord.yaml"))
    return Input(what, _read(lambda: stack_file(Path("Pulumi.veldoord.yaml"))))


def _project(chance: random.Random) -> Input:
    what = _spoil(chance, Path("Pulumi.yaml"))
    return Input(what, _read(lambda: project_name(Path())))


def _evidence(chance: random.Random) -> Input:
    folder = Path("evidence/one")
    name = chance.choice(("report.json", "report.json", "report.json", "seal.json", "events.jsonl"))
    what = _spoil(chance, folder / name, as_json=True)
    verify = ("--verify",) if name != "report.json" or chance.random() < 0.3 else ()
    if chance.random() < 0.1:
        (folder / chance.choice(("added", "a\nb", "[x]"))).write_bytes(chance.randbytes(9))
    return Input(
        f"{what}; report {' '.join(verify)}", _command("report", *verify, str(folder)), (f"{folder}/report.html",)
    )


def _arguments(chance: random.Random) -> Input:
    os.mkfifo("pipe")
    Path("folder").mkdir()

    def some(least: int, most: int) -> list[str]:
        return [chance.choice(ARGUMENTS) for _ in range(chance.randint(least, most))]

    def one() -> str:
        return chance.choice(ARGUMENTS)

    words = chance.choice(
        (
            ["status", *some(0, 2)],
            ["status", "--situation", one()],
            [*_DECLARE[:-4], "--by", one(), "--reason", "x"],
            [*_DECLARE[:-4], "--by", "x", "--reason", one()],
            [*_DECLARE, "--situation", one()],
            ["declare", *some(1, 5), "--yes", *SAID],
            [
                "declare",
                "closed",
                "kolkwijde-town-hall",
                "--yes",
                *SAID,
                "--staff-to",
                one(),
                *chance.choice(([], ["--at", one()])),
            ],
            ["declare", "promoted", "veldoord", "--at", one(), "--yes", *SAID],
            ["lesson", "add", one(), "--owner", one(), "--due", one()],
            ["lesson", "add", "x", "--owner", "y", "--due", "2027-03-01", "--from", one(), "--scenario", one()],
            ["lesson", "close", one(), "--by", one(), "--how", one()],
            ["report", one(), *chance.choice(([], ["--verify"]))],
            ["sites", "--first-port", one()],
            ["sites", chance.choice(("cut", "restore", "stop")), *some(0, 1)],
            ["drill", "--scenario", one(), "--municipality", one(), "--out", one()],
            ["rehearse", *some(1, 2)],
            ["recover", *some(0, 2)],
            ["rebuilt", *some(0, 2)],
            ["retire", *some(1, 2), "--by", one(), "--reason", one(), "--yes"],
            ["env", *some(0, 1)],
            ["check", *some(1, 2)],
            some(0, 4),
        )
    )
    writes = ("situation.yaml", "lessons.yaml", "evidence/one/report.html", "catalogue/retired.yaml")
    return Input(f"uitwijk {' '.join(words)}"[:200], _command(*words), writes)
