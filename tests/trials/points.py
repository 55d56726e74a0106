"""Points at which a run is killed: what is killed, at which step, and what becomes of the step that was under way."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.engine.mishaps import held_back
from tests.engine.stage import Stage, processes_of

VICTIMS: Mapping[str, tuple[str, ...]] = {
    "power": ("",),
    "engine": ("/pulumi ",),
    "language host": ("pulumi-language-python ", "pulumi-language-python-exec "),
    "provider": ("pulumi-resource-vsphere ",),
}
"""What is killed, with what the command lines of its processes have in them. `power`: everything in the office."""

TAKING = ("CloneVM_Task", "CustomizeVM_Task", "ReconfigVM_Task", "PowerOnVM_Task", "tag", "rule")
GIVING = ("PowerOffVM_Task", "ReconfigVM_Task", "Destroy_Task", "rule")
STEPS: Mapping[str, tuple[str, ...]] = {
    "failover": ("start", *TAKING),
    "drain": ("start", *GIVING),
    "release": ("start", *GIVING),
    "take back": ("start", *TAKING),
}
"""The steps of each phase: `start` is before any call, `tag` attaches one, `rule` makes or ends a rule of placement."""
STEPS_OF_RECOVER = ("stack export", "cancel", "PowerOffVM_Task", "Destroy_Task", "stack import")
"""Commands of the engine, and calls to the vCenter, while `uitwijk recover` is at work."""

_CALLS = {
    "tag": "POST /rest/com/vmware/cis/tagging/tag-association/*",
    "rule": "ReconfigureComputeResource_Task",
}
_FEW = {"rule": 5, "ReconfigVM_Task": 8}
"""Calls of which a giving run makes not one for each machine."""


@dataclass(frozen=True)
class Point:
    """Where a run is killed."""

    victim: str
    step: str
    number: int
    """Which of the step's calls: 0 is the first."""
    lands: bool
    """Whether the vCenter carries out the call that was under way; else it never reached it."""

    @classmethod
    def chosen(cls, chance: random.Random, steps: tuple[str, ...], machines: int, *, lone: bool = False) -> Point:
        """One of all; `machines` are on the way. `lone`: only what has neither language host nor provider is killed."""
        step = chance.choice(steps)
        most = min(machines - 1, _FEW.get(step, machines))
        return cls(
            victim="power" if lone else chance.choice(list(VICTIMS)),
            step=step,
            number=chance.randint(0, 1 if lone else most),
            lands=chance.random() < 0.5,
        )

    def __str__(self) -> str:
        if not self.of_vcenter:
            return f"{self.victim} at `{self.step}`"
        return f"{self.victim} at {self.step} {self.number + 1}, {'done' if self.lands else 'not done'}"

    @property
    def of_vcenter(self) -> bool:
        """Whether the step is a call to the vCenter."""
        return self.step not in ("start", "stack export", "cancel", "stack import")

    def lay(self, stage: Stage, site: str) -> None:
        """Makes the vCenter of `site` hold the call back."""
        if self.of_vcenter:
            never = {} if self.lands else {"fault": "HostCommunication"}
            rule = {"method": _CALLS.get(self.step, self.step), "after": self.number, "count": 1, "delay_seconds": 3600}
            stage.fail(site, **rule, **never)

    def reached(self, stage: Stage, site: str) -> bool:
        """Whether the run is at the point now."""
        if self.of_vcenter:
            return held_back(stage, site)
        office = stage.sites.offices[site]
        if self.step == "start":
            return bool(stage.engines[site].pulumi.locks(site))
        return any(f"/pulumi {self.step} " in command for command in processes_of(office.home).values())

    def strike(self, home: Path) -> None:
        """Kills the victim: `home` is the engine's, of the office it works in."""
        marks = VICTIMS[self.victim]
        for process, command in sorted(processes_of(home).items()):
            if any(mark in f"{command} " for mark in marks):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
