"""`uitwijk drill`: plays the scenarios, one after the other, and leaves evidence."""

from __future__ import annotations

import contextlib
import datetime
import getpass
import platform
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from continuity.errors import UitwijkError
from uitwijk.drill import checks
from uitwijk.drill.acts import Acts
from uitwijk.drill.exercise import Exercise
from uitwijk.drill.expectations import Expectations, load_expectations
from uitwijk.drill.progress import Progress
from uitwijk.drill.relocation import STEPS, relocate
from uitwijk.drill.revision import checkout
from uitwijk.drill.site_loss import Milestones, SiteLoss
from uitwijk.evidence.record import Evidence
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.seal import seal_of
from uitwijk.lessons.lesson import Lesson, load_lessons, to_report
from uitwijk.report.command import render
from uitwijk.report.data import reports
from uitwijk.toolchain import ROOT, Toolchain, find_toolchain
from uitwijk.workspace import Workspace

SCENARIOS = ("S1", "S2", "S3")
EXPECTATIONS = ROOT / "tests" / "expectations"
LIMITS = (
    "Simulated vCenters: no hardware, no storage array, no guest boots. Times are engine times, not recovery times.",
    "A simulator admits every machine: capacity is the model's arithmetic, host failures and DRS are not shown.",
    "A simulator does not lock disks: that two sites never write one copy is shown by the guard, not by the storage.",
    "Carrier, travel-document stations and personal cards are manual steps; the drill only shows that they are named.",
)


def drill(scenario: str | None, municipality: str, keep: bool, out: Path | None) -> int:
    """Plays one scenario, or all three, and returns the exit code: 0 when everything passed.

    Args:
        scenario: S1, S2 or S3; None: all of them.
        municipality: whose town hall is closed in S1, or `all` in turn.
        keep: leave the sites up at the end, until Ctrl-C.
        out: folder of the evidence; None: a new one in `evidence/`.

    Raises:
        UitwijkError: when the drill cannot begin.
    """
    console = Console(soft_wrap=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    if scenario is not None and scenario not in SCENARIOS:
        raise UitwijkError(f"--scenario {scenario}: there are {', '.join(SCENARIOS)}")
    toolchain = find_toolchain()
    lessons = _lessons(Workspace())
    begun = datetime.datetime.now(datetime.UTC)
    directory = (out or ROOT / "evidence" / begun.strftime("%Y%m%d-%H%M%S")).resolve()
    stage = Path(tempfile.mkdtemp(prefix="uitwijk-drill-"))
    evidence = Evidence(directory, _versions(toolchain), getpass.getuser())
    console.print(f"Evidence: {_shown(directory)}", highlight=False)
    try:
        with Progress(console) as progress:
            _begin(evidence, scenario, municipality)
            evidence.carry_over(lessons)
            exercise = Exercise(stage, toolchain, evidence, progress)
            evidence.describe(exercise.region)
            victims = _victims(exercise, municipality)
            progress.step("start both sites")
            with exercise.open():
                progress.ended("start both sites", f"{len(exercise.vcenters)} simulated vCenters")
                with evidence:
                    _play(exercise, evidence, [scenario] if scenario else list(SCENARIOS), victims)
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
    console.print(f"The drill {word}. Report: {_shown(report)}", highlight=False)
    console.print(f"Seal of the evidence, for the minutes: {seal_of(directory)}", highlight=False, soft_wrap=True)


def _begin(evidence: Evidence, scenario: str | None, municipality: str) -> None:
    words = ["make drill"]
    chosen = ([f"--scenario {scenario}"] if scenario else []) + (
        [f"--municipality {municipality}"] if municipality != "harlingen" else []
    )
    evidence.reproduce(*checkout(ROOT), " ".join(words + ([f'DRILL_ARGS="{" ".join(chosen)}"'] if chosen else [])))
    for limit in LIMITS:
        evidence.limit(limit)


def _lessons(workspace: Workspace) -> list[Lesson]:
    begun = (report.started.date() for report in reports(workspace.evidence) if report.ended)
    return to_report(load_lessons(workspace.lessons), max(begun, default=None))


def _victims(exercise: Exercise, municipality: str) -> list[str]:
    known = exercise.region.municipalities
    if municipality != "all" and municipality not in known:
        raise UitwijkError(f"--municipality {municipality}: there are all, {', '.join(known)}")
    return list(known) if municipality == "all" else [municipality]


def _play(exercise: Exercise, evidence: Evidence, keys: list[str], victims: list[str]) -> None:
    normal = load_expectations(EXPECTATIONS / "normal.yaml")
    prepared = False

    def begin(scenario: Scenario) -> None:
        nonlocal prepared
        if not prepared:
            _prepare(exercise, scenario, normal)
            prepared = True

    for key in keys:
        if key == "S1":
            for victim in victims:
                _close_hall(exercise, evidence, victim, f"S1-{victim}" if len(victims) > 1 else "S1", begin)
        else:
            _lose_site(exercise, evidence, key, normal, begin)


def _close_hall(
    exercise: Exercise, evidence: Evidence, victim: str, key: str, begin: Callable[[Scenario], None]
) -> None:
    written = EXPECTATIONS / f"s1-{victim}.yaml"
    expected = load_expectations(written) if written.exists() else None
    hall = exercise.region.buildings[exercise.region.municipalities[victim].town_hall]
    title = expected.title if expected else f"{hall.name}, is closed; its people work elsewhere"
    exercise.progress.scenario(f"{key}: {title}")
    with evidence.scenario(key, title, planned=STEPS) as scenario:
        begin(scenario)
        relocate(exercise, scenario, victim, expected)


def _lose_site(
    exercise: Exercise, evidence: Evidence, key: str, normal: Expectations, begin: Callable[[Scenario], None]
) -> None:
    expected = load_expectations(EXPECTATIONS / f"{key.lower()}.yaml")
    exercise.progress.scenario(f"{key}: {expected.title}")
    survivor = next(site for site in exercise.region.sites if site not in expected.lost)
    milestones = Milestones(expected.lost[0], survivor, expected.returns == "rebuilt")
    with evidence.scenario(key, expected.title, planned=milestones.all) as scenario:
        begin(scenario)
        SiteLoss(exercise, scenario, expected, normal).play()


def _prepare(exercise: Exercise, scenario: Scenario, normal: Expectations) -> None:
    """A normal day: both stacks are brought up, and what stands there is what people wrote down."""
    acts = Acts(exercise, scenario)
    sites = tuple(exercise.region.sites)
    acts.up(*sites, name="bring up both stacks on a normal day", totals={s: len(normal.machines[s]) for s in sites})
    with acts.step("check both vCenters"):
        for site, inventory in exercise.inventories(*sites).items():
            checks.machines_as_written(scenario, site, normal.machines[site], inventory)
            checks.data_disks_there(scenario, site, normal.machines[site], inventory)
    acts.nothing_left(*sites)


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
