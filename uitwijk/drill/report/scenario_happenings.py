"""A scenario's timeline in words: its steps, and the moments between them, in the order in which they came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from uitwijk.drill.report.timeline import KINDS, kind
from uitwijk.evidence.scenario_report import Check, ScenarioReport, Step
from uitwijk.wording import count, duration


@dataclass(frozen=True)
class Happening:
    """One line of the timeline in words: a step, or a moment."""

    at: datetime | None
    """None: it never came."""
    name: str
    result: str
    step: Step | None = None
    kind: str = ""
    """The word for what the step was."""
    checks: str = ""
    """How the checks made in it ended."""
    failed: bool = False


def happenings(scenario: ScenarioReport) -> list[Happening]:
    """Everything that the timeline of `scenario` draws, in its order; what never came is last."""
    found = [*_moments(scenario), *_steps(scenario)]
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda one: one.at or never)


def _moments(scenario: ScenarioReport) -> Iterator[Happening]:
    if scenario.declared:
        yield Happening(scenario.declared, "The calamity is declared", "the clock of the recovery starts")
    if scenario.failback:
        yield Happening(scenario.failback, "Failback begins", "the workloads return home")
    for item in scenario.recovery:
        machines = f"class {item.recovery_class}, {count(item.machines, 'machine')}"
        if item.seconds is None:
            yield Happening(None, f"Never powered on: {machines}", "not recovered", failed=True)
        elif scenario.declared:
            at = scenario.declared + timedelta(seconds=item.seconds)
            yield Happening(at, f"Powered on: {machines}", f"{duration(item.seconds)} after the declaration")


def _steps(scenario: ScenarioReport) -> Iterator[Happening]:
    for number, step in enumerate(scenario.steps, start=1):
        yield Happening(
            step.started,
            f"{number}. {step.name}",
            step.result,
            step,
            KINDS[kind(scenario, number)],
            _ended(scenario.checks_of(number)),
            step.failed,
        )


def _ended(checks: list[Check]) -> str:
    failed = sum(check.failed for check in checks)
    if failed:
        return f"{failed} of {count(len(checks), 'check')} failed"
    return f"{count(len(checks), 'check')} passed" if checks else ""
