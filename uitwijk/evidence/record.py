"""What an exercise leaves behind: `report.json`, `events.jsonl` and logs, complete up to the last thing that happened.

Each record is on disk before the next action starts, so that Ctrl-C or a crash loses nothing, and nothing
counts as passed before it has ended.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from uitwijk import utc
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.evidence.scenario import Scenario, failures
from uitwijk.evidence.seal import BEGINNING, EVENTS, chain_anew, chained, digest, seal
from uitwijk.evidence.secrecy import Scrubber
from uitwijk.evidence.shape import shape
from uitwijk.files import write_atomically
from uitwijk.lessons.lesson import Lesson


class Evidence:
    """The evidence of one exercise, in one folder.

    Use it as a context manager: leaving it ends the exercise and decides the verdict.

    Args:
        directory: is created; must be empty if it exists.
        tools: version by tool.
        actor: who started the exercise.
        site_kind: `simulated` or `real`; says what the measured times mean.
        clock: the current moment, with a time zone.

    Raises:
        UitwijkError: `directory` holds something already, or cannot be made.
    """

    def __init__(
        self,
        directory: Path,
        tools: Mapping[str, str],
        actor: str,
        site_kind: str = "simulated",
        clock: Callable[[], datetime] = utc.now,
    ) -> None:
        _make_empty(directory)
        self.directory = directory
        self.actor = actor
        self.origin = f"uitwijk@{socket.gethostname()}"
        self.clock = clock
        self._lock = threading.RLock()
        self._scrubber = Scrubber()
        self._last_event = BEGINNING
        self._sealed = False
        self._report: dict[str, Any] = {
            "verdict": "failed",
            "started": self.now(),
            "ended": None,
            "interrupted": False,
            "actor": actor,
            "site_kind": site_kind,
            "tools": dict(tools),
            "scenarios": [],
            "lessons": [],
            "names": {},
            "reproduce": [],
            "limits": [],
        }
        self.event("begin exercise", directory.name, "begun")
        self.save()

    def now(self) -> str:
        """The current moment in UTC with milliseconds, as RFC 3339 writes it: `2026-11-28T08:12:00.000Z`."""
        return utc.stamp(self.clock())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish(error)

    @property
    def passed(self) -> bool:
        """Whether the exercise has ended and every scenario passed; at least one must have run."""
        return bool(self._report["verdict"] == "passed")

    @property
    def failures(self) -> list[str]:
        """What made the exercise fail, one line each: the scenario, the check or step, and what was seen."""
        return [
            f"{scenario['key']}: {failure}" for scenario in self._report["scenarios"] for failure in failures(scenario)
        ]

    def scenario(self, key: str, name: str, planned: Sequence[str] = ()) -> Scenario:
        """Begin a scenario, to be used in a `with` statement.

        Args:
            key: starts with S1, S2 or S3, for example `S1-harlingen`.
            name: one phrase for people.
            planned: the steps' names; those not begun when the scenario is broken off count as not executed.
        """
        lessons = [lesson for lesson in self._report["lessons"] if lesson["scenario"] in (None, key[:2])]
        scenario = Scenario(self, key, name, planned, lessons)
        self._report["scenarios"].append(scenario.record)
        self.event("begin scenario", key, "begun")
        self.save()
        return scenario

    def describe(self, region: Region) -> None:
        """Take the names that people know things by, for the readable report, and the shape of what is exercised."""
        self._report["shape"] = shape(region)
        self._report["names"] = self.plain(
            {
                kind: {key: getattr(thing, "name", key) for key, thing in things.items()}
                for kind, things in {
                    "organisations": region.organisations,
                    "buildings": region.buildings,
                    "services": region.services,
                    "processes": region.processes,
                }.items()
            }
        )
        self.save()

    def carry_over(self, lessons: Iterable[Lesson]) -> None:
        """Take along what earlier exercises taught; each scenario that begins later gets what is about it."""
        found = [lesson.facts(self.clock().astimezone(UTC).date()) for lesson in lessons]
        self._report["lessons"] = self.plain(found)
        self.event("carry over", "lessons of earlier exercises", ", ".join(lesson["id"] for lesson in found) or "none")
        self.save()

    def reproduce(self, *commands: str) -> None:
        """Say with which commands somebody else plays the same exercise again."""
        self._report["reproduce"].extend(self.plain(commands))
        self.save()

    def limit(self, text: str) -> None:
        """Say what this exercise cannot show."""
        self._report["limits"].append(self.plain(text))
        self.save()

    def event(self, action: str, on: str, result: str, origin: str | None = None, at: str | None = None) -> None:
        """Append one line to `events.jsonl`; it is on disk when this returns. After the exercise nothing is added.

        Args:
            action: what was done, a verb phrase.
            on: the object of the action.
            result: what came of it, one line.
            origin: where it was done from; this command on this machine by default.
            at: when it was done, as `now` writes it; now by default.
        """
        line = {
            "action": action,
            "object": on,
            "result": result,
            "origin": origin or self.origin,
            "actor": self.actor,
            "time": at or self.now(),
        }
        with self._lock:
            if self._sealed:
                return
            text = chained(self.plain(line), self._last_event)
            with (self.directory / EVENTS).open("a", encoding="utf-8") as file:
                file.write(text + "\n")
            self._last_event = digest(text.encode())

    def log_file(self, name: str) -> Path:
        """Where a log of this name belongs. Every log is scrubbed of secrets when the exercise ends."""
        if Path(name).name != name:
            raise ValueError(f"{name!r} is no file name")
        logs = self.directory / "logs"
        logs.mkdir(exist_ok=True)
        return logs / name

    def forbid(self, secrets: Iterable[str]) -> None:
        """Replace these texts by `[secret]` in all evidence, also in what has been written.

        Raises:
            ValueError: a secret of fewer than 4 characters, which would mask ordinary text.
        """
        with self._lock:
            self._scrubber.forbid(secrets)
            self._scrub_in_place(self._report)
            self.scrub_file(self.directory / EVENTS)
            self._last_event = chain_anew(self.directory / EVENTS)
            self.save()

    def scrub_file(self, path: Path) -> None:
        """Replace every forbidden text in the file at `path` by `[secret]`."""
        self._scrubber.scrub_file(path)

    def _scrub_in_place(self, value: dict[str, Any] | list[Any]) -> None:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, str):
                value[key] = self._scrubber.scrub(item)  # type: ignore[index]
            elif isinstance(item, dict | list):
                self._scrub_in_place(item)

    def plain(self, value: object) -> Any:
        """`value` as plain JSON data without secrets: sets become sorted lists, other objects their text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {self.plain(str(key)): self.plain(item) for key, item in value.items()}
        if isinstance(value, set | frozenset):
            return sorted((self.plain(item) for item in value), key=str)
        if isinstance(value, list | tuple):
            return [self.plain(item) for item in value]
        return self._scrubber.scrub(str(value))

    def save(self) -> None:
        """Rewrite `report.json`, whole or not at all."""
        with self._lock:
            indent = 1 if self._report["ended"] else None
            text = json.dumps(self._report, ensure_ascii=False, indent=indent)
            write_atomically(self.directory / "report.json", text + "\n")

    def finish(self, error: BaseException | None = None) -> None:
        """End the exercise and decide its verdict; `error` is what broke it off, if anything."""
        with self._lock:
            if self._report["ended"]:
                return
            scenarios = self._report["scenarios"]
            fine = error is None and scenarios and all(record["verdict"] == "passed" for record in scenarios)
            self._report["verdict"] = "passed" if fine else "failed"
            self._report["interrupted"] = error is not None
            self._report["ended"] = self.now()
            self.event("end exercise", self.directory.name, self._report["verdict"])
            for log in sorted((self.directory / "logs").rglob("*")):
                if log.is_file():
                    self.scrub_file(log)
            self.save()
            seal(self.directory)
            self._sealed = True


def _make_empty(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        holds = any(directory.iterdir())
    except OSError as error:
        raise UitwijkError(f"{directory}: no folder for evidence can be made there: {error.strerror}") from error
    if holds:
        raise UitwijkError(f"{directory} holds files already, and evidence is never overwritten: name a new folder")
