"""What scenarios have in common: steps that a person can follow, engine runs that leave a record."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from uitwijk.drill.exercise import Exercise
from uitwijk.drill.report.scenario_facts import OPERATIONS
from uitwijk.evidence.scenario import OpenStep, Scenario
from uitwijk.evidence.scenario_report import ChangedResource
from uitwijk.running.engine import Operation, Run
from uitwijk.wording import up_command


class Acts:
    """The acts of one scenario on one exercise."""

    def __init__(self, exercise: Exercise, scenario: Scenario) -> None:
        self.exercise = exercise
        self.scenario = scenario

    @contextlib.contextmanager
    def step(self, name: str, command: str | None = None) -> Iterator[OpenStep]:
        """One step, shown while it runs and recorded with its result."""
        progress = self.exercise.progress
        progress.step(name)
        step = self.scenario.step(name, command)
        try:
            with step:
                yield step
        except BaseException:
            progress.ended(name, step.report.result, good=False)
            raise
        progress.ended(name, step.report.result)

    def declare(self, *words: str, reason: str) -> None:
        """`uitwijk declare …`, as its own step."""
        command = f"uitwijk declare {' '.join(words)}"
        with self.step(f"declare {' '.join(words)}", f'{command} --by … --reason "{reason}"') as step:
            self.exercise.declare(*words, reason=reason)
            step.result = f"epoch {self.exercise.situation.epoch}"

    def up(self, *sites: str, name: str, totals: Mapping[str, int] | None = None) -> dict[str, Run]:
        """`pulumi up` of some stacks, side by side, as one step."""
        command = "; ".join(map(up_command, sites))
        with self.step(name, command) as step:
            runs = self.exercise.up(*sites, totals=totals)
            step.result = "; ".join(f"{site}: {_outcome(run, OPERATIONS)}" for site, run in runs.items())
        for site, run in runs.items():
            self.scenario.changes(site, run.counts, [_resource(operation) for operation in run.changed])
        return runs

    def preview(self, *sites: str, name: str) -> dict[str, Run]:
        """`pulumi preview` of some stacks, side by side, as one step."""
        command = "; ".join(f"pulumi preview --stack {site}" for site in sites)
        with self.step(name, command) as step:
            runs = self.exercise.preview(*sites)
            step.result = "; ".join(f"{site}: {_outcome(run, _TO_DO)}" for site, run in runs.items())
        return runs

    def refused(self, site: str, *, name: str, because: str) -> None:
        """A preview that the guard must refuse, with words that name the remedy."""
        with self.step(name, f"pulumi preview --stack {site}") as step:
            run = self.exercise.preview(site, expect_failure=True)[site]
            step.result = "refused" if run.code else "not refused"
        said = " ".join(run.errors)
        self.scenario.check(
            f"{site}: {name}", f"refused, because: {because}", said[:400], run.code != 0 and because in said
        )

    def left_to_people(self, status: Mapping[str, Any]) -> None:
        """The manual steps of the situation: a drill names them and does none."""
        for manual in status["manual_steps"]:
            why = "left to people: a drill on simulated sites only shows that it is named"
            self.scenario.not_executed(manual["step"], why, manual["owner"])

    def nothing_left(self, *sites: str) -> None:
        """A second preview finds nothing more to do."""
        for site, run in self.preview(*sites, name="preview again").items():
            left = [f"{o.op} {o.type.rsplit(':', 1)[1]} {o.name}" for o in run.changed]
            self.scenario.check(
                f"{site}: the second preview is empty", "nothing to do", left[:5] or "nothing to do", not left
            )


_TO_DO = {operation: f"to {operation}" for operation in OPERATIONS}


def _outcome(run: Run, words: Mapping[str, str]) -> str:
    counts = [
        f"{number} {words.get(op, op)}" for op, number in sorted(run.counts.items()) if op not in ("same", "read")
    ]
    return f"{', '.join(counts) or 'nothing to do'} in {run.seconds:.1f} s"


def _resource(operation: Operation) -> ChangedResource:
    return ChangedResource(op=operation.op, type=operation.type.rsplit(":", 1)[1], name=operation.name)
