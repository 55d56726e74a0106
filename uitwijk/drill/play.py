"""`uitwijk drill`: plays the scenarios, one after the other, and leaves evidence."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.text import Text

from uitwijk import utc
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill import checks
from uitwijk.drill.acts import Acts
from uitwijk.drill.exercise import Exercise
from uitwijk.drill.expectations import load_expectations, town_hall_to_close
from uitwijk.drill.guests.template import Template, find_template
from uitwijk.drill.life import Life
from uitwijk.drill.progress import Progress
from uitwijk.drill.relocation import STEPS, relocate
from uitwijk.drill.report.page import render
from uitwijk.drill.revision import checkout
from uitwijk.drill.site_loss import Milestones, SiteLoss
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.report import reports
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.seal import seal_of
from uitwijk.lessons.lesson import Lesson, load_lessons, to_report
from uitwijk.running.toolchain import Toolchain, find_toolchain
from uitwijk.running.workspace import Workspace

SCENARIOS = ("S1", "S2", "S3")
LIMITS = (
    "Simulated vCenters: no hardware, no storage array, no machine boots. Times are engine times, not recovery times.",
    "A simulator admits every machine: capacity is the model's arithmetic, host failures and DRS are not shown.",
    "A simulator does not lock disks: that two sites never write one copy is shown by the guard, not by the storage.",
    "Carrier, travel-document stations and personal cards are manual steps; the drill only shows that they are named.",
)


MACHINES_ONLY = (
    "Machines only: no guest lived, so nothing rang and nobody worked; powered-on machines alone prove neither."
)


def drill(
    scenario: str | None,
    municipality: str | None,
    keep: bool,
    out: Path | None,
    guests: Literal["required", "auto", "none"] = "auto",
    state: Literal["files", "postgres"] = "files",
) -> int:
    """Plays one scenario, or all three, and returns the exit code: 0 when everything passed.

    Args:
        scenario: S1, S2 or S3; None: all of them.
        municipality: whose town hall is closed in S1, or `all` in turn; None: whose the expectations say, or else that
            of the first with a table.
        keep: leave the sites up at the end, until Ctrl-C.
        out: folder of the evidence; None: a new one in `evidence/`.
        guests: whether machines come alive: `auto` where this computer can have them.
        state: what holds the states of the stacks.

    Raises:
        UitwijkError: when the drill cannot begin.
    """
    console = Console(soft_wrap=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    if scenario is not None and scenario not in SCENARIOS:
        raise UitwijkError(f"--scenario {scenario}: there are {', '.join(SCENARIOS)}")
    workspace = Workspace()
    toolchain = find_toolchain(build=True)
    said = ["no living guests, machines only: --guests none"]

    def say(line: str) -> None:
        said.append(line)
        console.print(line, highlight=False)

    template = find_template(guests, say)
    lessons = _lessons(workspace)
    begun = utc.now()
    directory = Path(os.path.realpath(out or workspace.evidence / utc.file_stamp(begun)))
    stage = Path(tempfile.mkdtemp(prefix="uitwijk-drill-"))
    evidence = Evidence(directory, _versions(toolchain), getpass.getuser())
    console.print(f"Evidence: {_shown(directory)}", highlight=False)
    try:
        with Progress(console) as progress:
            _begin(workspace, evidence, scenario, municipality, state, LIMITS if template else (*LIMITS, MACHINES_ONLY))
            evidence.carry_over(lessons)
            exercise = Exercise(workspace, stage, toolchain, evidence, progress, databases=state == "postgres")
            evidence.describe(exercise.region)
            victims = _victims(exercise, workspace.expectations, municipality)
            progress.step("start both sites")
            with exercise.open(), _living(exercise, template) as life:
                progress.ended("start both sites", f"{len(exercise.vcenters)} simulated vCenters")
                with evidence:
                    Play(workspace.expectations, exercise, evidence, life, said[-1]).play(
                        [scenario] if scenario else SCENARIOS, victims
                    )
                _conclude(console, evidence, directory)
                if keep:
                    _wait(exercise, progress)
    except BaseException as error:
        evidence.finish(error)
        render(directory)
        console.print(f"Broken off; whatever was started is stopped. Evidence so far: {_shown(directory)}")
        raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return 0 if evidence.passed else 1


def _conclude(console: Console, evidence: Evidence, directory: Path) -> None:
    report = render(directory)
    word = "[green]passed[/green]" if evidence.passed else "[red]failed[/red]"
    for failure in evidence.report.failures:
        console.print(Text.assemble(("✗ ", "red"), failure))
    console.print(f"The drill {word}. Report: {_shown(report)}", highlight=False)
    console.print(f"Seal of the evidence, for the minutes: {seal_of(directory)}", highlight=False, soft_wrap=True)


def _begin(
    workspace: Workspace,
    evidence: Evidence,
    scenario: str | None,
    municipality: str | None,
    state: str,
    limits: Sequence[str],
) -> None:
    chosen = [f"--scenario {scenario}"] if scenario else []
    chosen += [f"--municipality {municipality}"] if municipality else []
    chosen += [f"--state {state}"] if state != "files" else []
    evidence.reproduce(*checkout(workspace.root), " ".join(["uitwijk drill", *chosen]))
    for limit in limits:
        evidence.limit(limit)


def _lessons(workspace: Workspace) -> list[Lesson]:
    begun = (report.started.date() for report in reports(workspace.evidence) if report.ended)
    return to_report(load_lessons(workspace.lessons), max(begun, default=None))


def _victims(exercise: Exercise, expectations: Path, municipality: str | None) -> list[str]:
    known = exercise.region.municipalities
    if municipality == "all":
        return list(known)
    if municipality is None:
        tables = (slug for slug in known if _table(expectations, slug).exists())
        municipality = town_hall_to_close(expectations) or next(tables, next(iter(known)))
    if municipality not in known:
        raise UitwijkError(f"--municipality {municipality}: there are all, {', '.join(known)}")
    return [municipality]


def _table(expectations: Path, municipality: str) -> Path:
    return expectations / f"s1-{municipality}.yaml"


def _living(exercise: Exercise, template: Template | None) -> contextlib.AbstractContextManager[Life | None]:
    return Life(exercise, template).open() if template else contextlib.nullcontext()


class Play:
    """The scenarios, one after the other, on one stage.

    Args:
        expectations: folder of the tables that people wrote.
        life: None: machines only.
        machines_only: why, in that case.
    """

    def __init__(
        self, expectations: Path, exercise: Exercise, evidence: Evidence, life: Life | None, machines_only: str
    ) -> None:
        self._expectations = expectations
        self._exercise = exercise
        self._evidence = evidence
        self._life = life
        self._machines_only = machines_only
        self._normal = load_expectations(expectations / "normal.yaml")
        self._prepared = False

    def play(self, keys: Sequence[str], victims: Sequence[str]) -> None:
        """Plays the scenarios `keys`; in S1, the town halls of `victims` are closed in turn."""
        for key in keys:
            if key == "S1":
                for victim in victims:
                    self._close_hall(victim, f"S1-{victim}" if len(victims) > 1 else "S1")
            else:
                self._lose_site(key)

    def _close_hall(self, victim: str, key: str) -> None:
        written = _table(self._expectations, victim)
        expected = load_expectations(written) if written.exists() else None
        hall = self._exercise.region.buildings[self._exercise.region.municipalities[victim].town_hall]
        title = expected.title if expected else f"{hall.name}, is closed; its people work elsewhere"
        self._exercise.progress.scenario(f"{key}: {title}")
        with self._scenario(key, title, STEPS) as scenario:
            relocate(self._exercise, scenario, victim, expected, self._normal, self._life)

    def _lose_site(self, key: str) -> None:
        expected = load_expectations(self._expectations / f"{key.lower()}.yaml")
        self._exercise.progress.scenario(f"{key}: {expected.title}")
        survivor = next(site for site in self._exercise.region.sites if site not in expected.lost)
        milestones = Milestones(expected.lost[0], survivor, expected.returns == "rebuilt")
        with self._scenario(key, expected.title, milestones.all) as scenario:
            SiteLoss(self._exercise, scenario, expected, self._normal, self._life).play()

    @contextlib.contextmanager
    def _scenario(self, key: str, title: str, planned: Sequence[str]) -> Iterator[Scenario]:
        """One scenario, after whatever has to be there first; how the guests fared is told however it ends."""
        with self._evidence.scenario(key, title, planned=planned) as scenario:
            if self._life is None:
                scenario.machines_only(self._machines_only)
            try:
                if not self._prepared:
                    self._prepare(Acts(self._exercise, scenario))
                    self._prepared = True
                yield scenario
            finally:
                if self._life is not None:
                    self._life.conclude(scenario)

    def _prepare(self, acts: Acts) -> None:
        """A normal day: both stacks are brought up, and what stands there is what people wrote down."""
        exercise, scenario, machines = self._exercise, acts.scenario, self._normal.machines
        sites = tuple(exercise.region.sites)
        totals = {site: len(machines[site]) for site in sites}
        acts.up(*sites, name="bring up both stacks on a normal day", totals=totals)
        with acts.step("check both vCenters"):
            for site, inventory in exercise.inventories(*sites).items():
                checks.machines_as_written(scenario, site, machines[site], inventory)
                checks.data_disks_there(scenario, site, machines[site], inventory)
        acts.nothing_left(*sites)
        if self._life is not None:
            self._life.settle(acts, machines, exercise.status())


def _wait(exercise: Exercise, progress: Progress) -> None:
    """Leaves everything up until Ctrl-C."""
    progress.note("The sites stay up until Ctrl-C. Each file sets what any vSphere client, and plain `pulumi`, needs:")
    for site in exercise.vcenters:
        progress.note(f"  source {exercise.write_access(site)}")
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


def _versions(toolchain: Toolchain) -> dict[str, str]:
    packages = ("pulumi", "pulumi-vsphere", "pulumi-random", "pyvmomi")
    return {
        "uitwijk": version("uitwijk"),
        "python": platform.python_version(),
        **toolchain.versions(),
        **{f"python package {package}": version(package) for package in packages},
    }


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
