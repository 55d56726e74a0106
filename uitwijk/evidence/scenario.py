"""One scenario of an exercise, recorded while it is played: its steps, checks, times and changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from uitwijk.continuity.errors import UitwijkError
from uitwijk.evidence.work import WorkRecord

if TYPE_CHECKING:
    from uitwijk.evidence.record import Evidence


def one_line(error: BaseException) -> str:
    """What a person needs to know of `error`, on one line."""
    if isinstance(error, KeyboardInterrupt):
        return "stopped by the operator"
    problems = error.problems if isinstance(error, UitwijkError) else (str(error),)
    return " ".join("; ".join(problems).split()) or type(error).__name__


def failures(record: Mapping[str, Any]) -> Iterator[str]:
    """What failed in a scenario that has ended, one line each: the step or the check, and what was seen."""
    for step in record["steps"]:
        if not step["ended"] or step["result"].startswith("failed"):
            yield f"{step['name']}: {step['result']}"
    for check in record["checks"]:
        if check["verdict"] != "passed":
            yield f"{check['name']}: expected {check['expected']}, observed {check['observed']}"
    if not record["checks"]:
        yield "nothing was checked"


class Scenario(WorkRecord):
    """One calamity and what was done and seen in it. Made by `Evidence.scenario`.

    Args:
        lessons: what earlier exercises taught about it.
    """

    def __init__(self, evidence: Evidence, key: str, name: str, planned: Sequence[str], lessons: Sequence[Any]) -> None:
        self._evidence = evidence
        self._planned = evidence.plain(list(planned))
        self.record: dict[str, Any] = {
            "key": evidence.plain(key),
            "name": evidence.plain(name),
            "verdict": "failed",
            "started": evidence.now(),
            "ended": None,
            "declared": None,
            "failback": None,
            "interrupted": False,
            "interrupted_by": None,
            "steps": [],
            "checks": [],
            "checked_in": [],
            "lessons": list(lessons),
            "not_executed": [],
            "placements": {},
            "recovery": [],
            "changes": [],
            "data_loss": [],
        }
        self._begin_work()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.record["interrupted"] = True
            self.record["interrupted_by"] = self._evidence.plain(one_line(error))
            begun = {step["name"] for step in self.record["steps"]}
            told = {item["step"] for item in self.record["not_executed"]}
            for name in self._planned:
                if name not in begun | told:
                    self.not_executed(name, "the scenario was broken off before it")
        self.record["ended"] = self._evidence.now()
        self.record["verdict"] = "passed" if self._succeeded() else "failed"
        self._evidence.event("end scenario", self.record["key"], self.record["verdict"])
        self._evidence.save()

    @property
    def passed(self) -> bool:
        """Whether the scenario ended whole, no step or check failed, and at least one check was made."""
        return bool(self.record["verdict"] == "passed")

    def _succeeded(self) -> bool:
        return not self.record["interrupted"] and not any(failures(self.record))

    def step(self, name: str, command: str | None = None) -> Step:
        """Begin a step, to be used in a `with` statement; set its `result` in there.

        Args:
            name: one phrase for people.
            command: what somebody would type to do the same.
        """
        step = Step(self._evidence, self.record["key"], name, command)
        self.record["steps"].append(step.record)
        self._evidence.event("begin step", f"{self.record['key']}: {name}", "begun")
        self._evidence.save()
        return step

    def check(self, name: str, expected: object, observed: object, passed: bool) -> bool:
        """Record a check: what was expected, what was observed, and whether that is right. Returns `passed`."""
        verdict = "passed" if passed else "failed"
        self.record["checked_in"].append(len(self.record["steps"]))
        self._add("checks", {"name": name, "expected": expected, "observed": observed, "verdict": verdict})
        self._evidence.event("check", f"{self.record['key']}: {name}", verdict)
        return passed

    def not_executed(self, step: str, why: str, owner: str | None = None) -> None:
        """Record a step that was planned and not done.

        Args:
            owner: who does it in a calamity, when it is a step that no exercise without people does.
        """
        self._add("not_executed", {"step": step, "why": why} | ({"owner": owner} if owner else {}))
        self._evidence.event("leave out step", f"{self.record['key']}: {step}", why)

    def declared(self) -> None:
        """Start the clock of the recovery times: the calamity is declared now."""
        self.record["declared"] = self._evidence.now()
        self._evidence.event("declare", self.record["key"], "declared")
        self._evidence.save()

    def failback(self) -> None:
        """The workloads begin to return home now."""
        self.record["failback"] = self._evidence.now()
        self._evidence.event("begin failback", self.record["key"], "begun")
        self._evidence.save()

    def placement(self, when: str, placement: Mapping[str, Any]) -> None:
        """Record `Placement.to_dict()` of `before`, `during` or `after` the calamity."""
        if when not in ("before", "during", "after"):
            raise ValueError(f"{when!r} is none of before, during, after")
        self.record["placements"][when] = self._evidence.plain(placement)
        self._evidence.save()

    def recovery(self, recovery_class: str, target_hours: float, seconds: float | None, machines: int) -> None:
        """Record how long a recovery class took.

        Args:
            recovery_class: R0 to R3.
            target_hours: what the catalogue allows, in hours.
            seconds: from the declaration to the last machine of the class powered on; None if that never came.
            machines: how many machines of the class were started.
        """
        self._add(
            "recovery",
            {"class": recovery_class, "target_hours": target_hours, "seconds": seconds, "machines": machines},
        )
        took = "not recovered" if seconds is None else f"{seconds:.1f} s of engine time"
        self._evidence.event("power on", f"{self.record['key']}: {machines} machines of class {recovery_class}", took)

    def changes(self, stack: str, counts: Mapping[str, int], resources: Iterable[Mapping[str, str]] = ()) -> None:
        """Record what the engine did to a stack in the step that was begun last.

        Args:
            stack: the stack's name.
            counts: number of resources by operation: create, update, delete, same.
            resources: those not left the same, each with op, type and name.
        """
        step = self.record["steps"][-1]["name"] if self.record["steps"] else None
        self._add("changes", {"step": step, "stack": stack, "counts": counts, "resources": list(resources)})
        self._evidence.event("change resources", f"{self.record['key']}: stack {stack}", json.dumps(dict(counts)))

    def data_loss(self, dataset: str, found: Sequence[str], lost: Sequence[Mapping[str, Any]]) -> None:
        """Record which markers written into a dataset were found at the other site.

        Args:
            dataset: home site of the data.
            found: markers that were there.
            lost: markers that were not, each with marker and age_seconds (age when the site was lost, in seconds).
        """
        self._add("data_loss", {"dataset": dataset, "found": list(found), "lost": list(lost)})
        self._evidence.event(
            "look for data", f"{self.record['key']}: dataset {dataset}", f"{len(found)} found, {len(lost)} lost"
        )

    def _add(self, part: str, item: Mapping[str, Any]) -> None:
        self.record[part].append(self._evidence.plain(item))
        self._evidence.save()


class Step:
    """One thing that was done. Made by `Scenario.step`."""

    def __init__(self, evidence: Evidence, scenario: str, name: str, command: str | None) -> None:
        self._evidence = evidence
        self._scenario = scenario
        self.result = "done"
        """What came of it, one line."""
        self.record: dict[str, Any] = {
            "name": evidence.plain(name),
            "command": evidence.plain(command) if command else None,
            "started": evidence.now(),
            "ended": None,
            "result": "failed: not ended",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        result = self.result if error is None else f"failed: {one_line(error)}"
        self.record["result"] = self._evidence.plain(" ".join(result.split()))
        self.record["ended"] = self._evidence.now()
        self._evidence.event("end step", f"{self._scenario}: {self.record['name']}", self.record["result"])
        self._evidence.save()
