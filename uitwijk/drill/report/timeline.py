"""The geometry of a scenario's timeline: when each step ran, and when each recovery class was powered on."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime

from uitwijk.evidence.scenario_report import ScenarioReport, Step
from uitwijk.wording import clock, duration

WIDTH = 960
"""Of the drawing, in its own units; about one CSS pixel each on a screen."""
LEFT, RIGHT = 286, 862
"""Where the time axis begins and ends."""
TOP = 30
ROW = 34
GLYPH = 276
"""Where the sign for a step's kind stands."""
LETTERS = 37
"""That fit on one line of a label."""
THINNEST = 3.0
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)
_MOST_TICKS = 8

KINDS = {"declaration": "declaration", "engine": "Pulumi", "check": "checks", "other": "other"}
"""What a step can be, with the word for it."""


@dataclass(frozen=True)
class Row:
    """One line of the drawing."""

    y: float
    """Its middle."""
    label: tuple[str, ...]
    """One or two lines."""
    x: float
    width: float
    value: str
    """How long it took."""
    kind: str
    """One of `KINDS` for a step, `recovery` for a class."""
    failed: bool


@dataclass(frozen=True)
class Tick:
    """A mark on the time axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Timeline:
    """A drawing, ready for the template."""

    height: float
    bottom: float
    ticks: tuple[Tick, ...]
    steps: tuple[Row, ...]
    recovery: tuple[Row, ...]
    recovery_y: float
    """Where the heading of the recovery rows stands."""
    declared_x: float | None
    failback_x: float | None


def draw(scenario: ScenarioReport) -> Timeline | None:
    """The timeline of `scenario`; None if it has no steps."""
    began = scenario.began
    if began is None or not scenario.steps:
        return None
    declared = (scenario.declared or began) - began
    offset = declared.total_seconds()
    length = max(scenario.seconds or 0.0, *(offset + (item.seconds or 0.0) for item in scenario.recovery), 1.0)
    scale = (RIGHT - LEFT) / length
    middle = TOP + ROW / 2
    steps = tuple(
        _step_row(step, number, kind(scenario, number), began, length, scale, middle + (number - 1) * ROW)
        for number, step in enumerate(scenario.steps, start=1)
    )
    recovery_y = TOP + len(steps) * ROW + ROW
    recovery = tuple(
        Row(
            y=recovery_y + ROW * (number + 0.5) - 8,
            label=(f"{item.recovery_class}: {item.machines} machine{'' if item.machines == 1 else 's'}",),
            x=_round(LEFT + offset * scale),
            width=_round(max(((length - offset) if item.seconds is None else item.seconds) * scale, THINNEST)),
            value="never" if item.seconds is None else duration(item.seconds),
            kind="recovery",
            failed=item.seconds is None,
        )
        for number, item in enumerate(scenario.recovery)
    )
    bottom = (recovery[-1] if recovery else steps[-1]).y + ROW / 2
    every = next((tick for tick in _TICKS if length / tick <= _MOST_TICKS), _TICKS[-1])
    return Timeline(
        height=bottom + 20,
        bottom=bottom,
        ticks=tuple(Tick(_round(LEFT + second * scale), clock(second)) for second in range(0, int(length) + 1, every)),
        steps=steps,
        recovery=recovery,
        recovery_y=recovery_y,
        declared_x=_round(LEFT + offset * scale) if scenario.declared else None,
        failback_x=_round(LEFT + (scenario.failback - began).total_seconds() * scale) if scenario.failback else None,
    )


def kind(scenario: ScenarioReport, number: int) -> str:
    """What a step of `scenario` was, one of `KINDS`; the first step is number 1."""
    command = scenario.steps[number - 1].command or ""
    if "pulumi " in command:
        return "engine"
    if command.startswith("uitwijk declare"):
        return "declaration"
    return "check" if scenario.checks_of(number) else "other"


def _step_row(step: Step, number: int, what: str, began: datetime, length: float, scale: float, y: float) -> Row:
    start = (step.started - began).total_seconds()
    seconds = length - start if step.seconds is None else step.seconds
    return Row(
        y=y,
        label=tuple(textwrap.wrap(f"{number}. {step.name}", LETTERS, max_lines=2, placeholder=" …")),
        x=_round(LEFT + start * scale),
        width=_round(max(seconds * scale, THINNEST)),
        value=duration(step.seconds),
        kind=what,
        failed=step.failed,
    )


def _round(value: float) -> float:
    return round(value, 1)
