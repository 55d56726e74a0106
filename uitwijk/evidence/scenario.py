"""One scenario of an exercise, recorded while it is played: its steps, checks, times and changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self, get_args

from uitwijk.continuity.errors import UitwijkError
from uitwijk.evidence.folder import EvidenceFolder
from uitwijk.evidence.piece import Phase, Verdict
from uitwijk.evidence.placement_report import PlacementReport
from uitwijk.evidence.scenario_report import (
    ChangedResource,
    Check,
    DataLoss,
    LeftOut,
    LostMarker,
    RecoveryTime,
    StackChanges,
    Step,
)
from uitwijk.evidence.work import WorkRecorder


def one_line(error: BaseException) -> str:
    """What a person needs to know of `error`, on one line."""
    if isinstance(error, KeyboardInterrupt):
        return "stopped by the operator"
    problems = error.problems if isinstance(error, UitwijkError) else (str(error),)
    return " ".join("; ".join(problems).split()) or type(error).__name__


class Scenario(WorkRecorder):
    """One calamity and what was done and seen in it. Made by `Evidence.scenario`.

    Args:
        place: of its report among the exercise's scenarios.
        planned: the steps' names.
    """

    def __init__(self, folder: EvidenceFolder, place: int, planned: Sequence[str]) -> None:
        super().__init__(folder, place)
        self._planned = folder.scrubbed(list(planned))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.report.interrupted = True
            self.report.interrupted_by = self._folder.scrubbed(one_line(error))
            begun = {step.name for step in self.report.steps}
            told = {left.step for left in self.report.not_executed}
            for name in self._planned:
                if name not in begun | told:
                    self.not_executed(name, "the scenario was broken off before it")
        self.report.ended = self._folder.now()
        succeeded = not self.report.interrupted and not self.report.failures
        self.report.verdict = "passed" if succeeded else "failed"
        self._folder.event("end scenario", self.report.key, self.report.verdict)
        self._folder.save()

    @property
    def passed(self) -> bool:
        """Whether the scenario ended whole, no step or check failed, and at least one check was made."""
        return self.report.verdict == "passed"

    def step(self, name: str, command: str | None = None) -> OpenStep:
        """Begin a step, to be used in a `with` statement; set its `result` in there.

        Args:
            name: one phrase for people.
            command: what somebody would type to do the same.
        """
        begun = Step(
            name=name, command=command or None, started=self._folder.now(), ended=None, result="failed: not ended"
        )
        self.report.steps.append(self._folder.scrubbed(begun))
        self._tell("begin step", name, "begun")
        self._folder.save()
        return OpenStep(self._folder, self, len(self.report.steps) - 1)

    def check(self, name: str, expected: object, observed: object, passed: bool) -> bool:
        """Record a check: what was expected, what was observed, and whether that is right. Returns `passed`."""
        verdict: Verdict = "passed" if passed else "failed"
        self.report.checked_in.append(len(self.report.steps))
        self._add(self.report.checks, Check(name=name, expected=expected, observed=observed, verdict=verdict))
        self._tell("check", name, verdict)
        return passed

    def not_executed(self, step: str, why: str, owner: str | None = None) -> None:
        """Record a step that was planned and not done.

        Args:
            owner: who does it in a calamity, when it is a step that no exercise without people does.
        """
        self._add(self.report.not_executed, LeftOut(step=step, why=why, owner=owner))
        self._tell("leave out step", step, why)

    def declared(self) -> datetime:
        """Start the clock of the recovery times: the calamity is declared now. Returns the moment."""
        self.report.declared = moment = self._folder.now()
        self._folder.event("declare", self.report.key, "declared")
        self._folder.save()
        return moment

    def failback(self) -> None:
        """The workloads begin to return home now."""
        self.report.failback = self._folder.now()
        self._folder.event("begin failback", self.report.key, "begun")
        self._folder.save()

    def placement(self, when: Phase, placement: Mapping[str, Any]) -> None:
        """Record `Placement.to_dict()` of `before`, `during` or `after` the calamity.

        Raises:
            ValueError: `when` is none of these.
        """
        if when not in get_args(Phase):
            raise ValueError(f"{when!r} is none of {', '.join(get_args(Phase))}")
        self.report.placements[when] = self._folder.scrubbed(PlacementReport.model_validate(placement))
        self._folder.save()

    def recovery(self, recovery_class: str, target_hours: float, seconds: float | None, machines: int) -> None:
        """Record how long a recovery class took.

        Args:
            recovery_class: R0 to R3.
            target_hours: what the catalogue allows, in hours.
            seconds: from the declaration to the last machine of the class powered on; None if that never came.
            machines: how many machines of the class were started.
        """
        self._add(
            self.report.recovery,
            RecoveryTime(recovery_class=recovery_class, target_hours=target_hours, seconds=seconds, machines=machines),
        )
        took = "not recovered" if seconds is None else f"{seconds:.1f} s of engine time"
        self._tell("power on", f"{machines} machines of class {recovery_class}", took)

    def changes(self, stack: str, counts: Mapping[str, int], resources: Iterable[ChangedResource] = ()) -> None:
        """Record what the engine did to a stack in the step that was begun last.

        Args:
            stack: the stack's name.
            counts: number of resources by operation: create, update, delete, same.
            resources: those not left the same.
        """
        step = self.report.steps[-1].name if self.report.steps else None
        done = StackChanges(step=step, stack=stack, counts=dict(counts), resources=list(resources))
        self._add(self.report.changes, done)
        self._tell("change resources", f"stack {stack}", json.dumps(done.counts))

    def data_loss(self, dataset: str, found: Sequence[str], lost: Sequence[LostMarker]) -> None:
        """Record which markers written into a dataset were found at the other site.

        Args:
            dataset: home site of the data.
            found: markers that were there.
            lost: markers that were not.
        """
        self._add(self.report.data_loss, DataLoss(dataset=dataset, found=list(found), lost=list(lost)))
        self._tell("look for data", f"dataset {dataset}", f"{len(found)} found, {len(lost)} lost")


class OpenStep:
    """One thing that is being done. Made by `Scenario.step`."""

    def __init__(self, folder: EvidenceFolder, scenario: Scenario, place: int) -> None:
        self._folder = folder
        self._scenario = scenario
        self._place = place
        self.result = "done"
        """What came of it, one line."""

    @property
    def report(self) -> Step:
        """What is recorded of it up to now."""
        return self._scenario.report.steps[self._place]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        result = self.result if error is None else f"failed: {one_line(error)}"
        self.report.result = self._folder.scrubbed(" ".join(result.split()))
        self.report.ended = self._folder.now()
        key = self._scenario.report.key
        self._folder.event("end step", f"{key}: {self.report.name}", self.report.result)
        self._folder.save()
