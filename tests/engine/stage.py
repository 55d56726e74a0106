"""A small region on real simulators under the real engine, and what its vCenters saw."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from tests.conftest import ROOT
from tests.regions import SMALL
from uitwijk.access.table import load_table
from uitwijk.continuity import load_region, load_situation, place
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.situation import Situation
from uitwijk.observe.inventory import Inventory
from uitwijk.observe.stacks import parse_export
from uitwijk.running.engine import Run
from uitwijk.running.toolchain import Toolchain
from uitwijk.simulated.control import control
from uitwijk.simulated.sites import SimulatedSites

HOME, OTHER = "veldoord", "zandermeer"
EPOCH = 5
"""Of the situation in which a stage begins; there is room below it."""

BY_AN_ADMINISTRATOR = {
    "CreateSnapshot_Task",
    "PATCH /rest/com/vmware/cis/tagging/category/{id}",
    "RemoveAllSnapshots_Task",
    "UnregisterVM",
}
"""Methods that tests call as a person with an account of his own would, in the vSphere Client."""


@dataclass(frozen=True)
class Ground:
    """What a calamity is played on."""

    catalogue: Path
    home: str
    """The site that is lost."""
    other: str
    """The site that takes over."""
    building: str
    """At home, without its workplaces while home is lost."""


SMALL_GROUND = Ground(SMALL.catalogue, HOME, OTHER, "kust-office")


class Stage:
    """Two simulated sites, each with a stack, a state backend and secrets of its own."""

    def __init__(
        self, folder: Path, toolchain: Toolchain, ground: Ground = SMALL_GROUND, *, databases: bool = False
    ) -> None:
        self.folder = folder
        self.toolchain = toolchain
        self.ground = ground
        self.home, self.other = ground.home, ground.other
        self.catalogue = Path(shutil.copytree(ground.catalogue, folder / "catalogue"))
        self.region = load_region(self.catalogue)
        self.situation_file = folder / "situation.yaml"
        self.sites = SimulatedSites(
            self.region,
            toolchain,
            folder,
            program=ROOT,
            catalogue=self.catalogue,
            situation=self.situation_file,
            apart=True,
            databases=databases,
        )
        self.vcenters, self.engines = self.sites.vcenters, self.sites.engines
        self.epoch = EPOCH
        self.declare()

    @contextlib.contextmanager
    def open(self) -> Iterator[Stage]:
        """Starts the simulators and initialises the stacks; ends whatever runs on leaving."""
        with self.sites:
            yield self
            for site, vcenter in self.vcenters.items():
                called = vcenter.observed()["requests"]["methods"]
                unexplained = load_table().unexplained(called.keys() - BY_AN_ADMINISTRATOR)
                assert not unexplained, f"{site}: add {unexplained} to access/roles.yaml"

    def declare(self, epoch: int | None = None, **stated: Any) -> None:
        """Writes the situation file: all normal but for what is `stated`, in the stage's epoch or another.

        Its log tells nothing, unless `changes` are stated: what was declared until now, the newest last.
        """
        changes = stated.pop("changes", ["this"])
        situation = {
            "epoch": epoch or self.epoch,
            "sites": dict.fromkeys(self.region.sites, "normal") | stated.pop("sites", {}),
            "data": {site: site for site in self.region.sites} | stated.pop("data", {}),
            **{"closed_buildings": {}, "override": [], "hypothetical": False},
            **stated,
        }
        situation["log"] = [
            {
                "epoch": situation["epoch"] - ago,
                "at": "2026-11-01T09:00:00Z",
                "by": "test",
                "change": change,
                "reason": "test",
            }
            for ago, change in reversed(list(enumerate(reversed(changes))))
        ]
        self.situation_file.write_text(yaml.safe_dump(situation), encoding="utf-8")

    def declare_next(self, **stated: Any) -> None:
        """The same, in the next epoch, from which there is no way back."""
        self.epoch += 1
        self.declare(**stated)

    def up(self, *sites: str, **options: Any) -> dict[str, Run]:
        """`pulumi up` of the stacks of `sites`, side by side; of all, if none is named."""
        return self.sites.side_by_side(lambda site: self.engines[site].up(**options), *sites)

    def preview(self, *sites: str, **options: Any) -> dict[str, Run]:
        """`pulumi preview`, in the same way."""
        return self.sites.side_by_side(lambda site: self.engines[site].preview(**options), *sites)

    @property
    def situation(self) -> Situation:
        """What is declared now."""
        return load_situation(self.situation_file, self.region)

    def facts(self, site: str) -> StackFacts:
        """What the stack's state says."""
        return parse_export(site, self.exported(site))

    def expected(self, site: str) -> set[str]:
        """Names of the machines that the declared situation gives the site."""
        placement = place(self.region, self.situation)
        return {machine.name for key in placement.runs_at(site) for machine in self.region.workloads[key].machines}

    def cold(self, home: str) -> set[str]:
        """Names of the machines that move when the site `home` is lost."""
        workloads = self.region.workloads.values()
        return {
            m.name for workload in workloads if workload.home == home and not workload.hot for m in workload.machines
        }

    def inventory(self, site: str) -> Inventory:
        """What stands in the site's vCenter, by a client that knows nothing of Pulumi."""
        return self.sites.inventory(site)

    def rebuild(self, site: str) -> None:
        """Puts an empty new vCenter with empty storage in the place of the site's, under its old name and account."""
        self.sites.rebuild(site)

    def fail(self, site: str, **rule: Any) -> None:
        """Makes calls to the site's vCenter fail, from now on."""
        control(self.vcenters[site].address.control, "POST", "/faults", rule)

    def heal(self, site: str) -> None:
        """Ends what `fail` began."""
        control(self.vcenters[site].address.control, "DELETE", "/faults")

    def exported(self, site: str, *, show_secrets: bool = False) -> str:
        """`pulumi stack export`."""
        return self.engines[site].pulumi.export(site, show_secrets=show_secrets)

    def log(self, site: str) -> str:
        """What the engine printed in its last run."""
        return max((self.folder / "logs").glob(f"*-{site}.log")).read_text(encoding="utf-8")

    def refused(self, verb: Literal["preview", "up"], *sites: str) -> dict[str, list[str]]:
        """Runs the stacks of `sites`, which must end with one plain error and without any change; returns its lines."""
        with self.nothing_changes():
            runs = getattr(self, verb)(*sites, expect_failure=True)
        assert all(run.code for run in runs.values()), {site: run.counts for site, run in runs.items()}
        return {site: the_one_error(self.log(site)) for site in runs}

    @contextlib.contextmanager
    def reconfigured(self, stack: str, /, **settings: Any) -> Iterator[None]:
        """Inside, the stack's file states other settings of the project."""
        file = self.engines[stack].stack.project / f"Pulumi.{stack}.yaml"
        before = file.read_bytes()
        content = yaml.safe_load(before)
        content["config"] |= {f"uitwijk:{key}": value for key, value in settings.items()}
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        try:
            yield
        finally:
            file.write_bytes(before)

    @contextlib.contextmanager
    def environment(self, site: str, **variables: str) -> Iterator[None]:
        """Inside, the site's engine has other environment variables."""
        engine = self.engines[site]
        engine.stack, before = replace(engine.stack, env={**engine.stack.env, **variables}), engine.stack
        try:
            yield
        finally:
            engine.stack = before

    @contextlib.contextmanager
    def unreadable_state(self, site: str) -> Iterator[None]:
        """Inside, the site's state backend is not where it was."""
        state = self.sites.offices[site].folder / "state"
        away = state.with_name("state-elsewhere")
        state.rename(away)
        try:
            yield
        finally:
            shutil.rmtree(state, ignore_errors=True)
            away.rename(state)

    @contextlib.contextmanager
    def nothing_changes(self) -> Iterator[None]:
        """Sees that inside, no machine of either site is made, changed, switched or removed, and no state changes."""
        before = {site: self._watched(site) for site in self.region.sites}
        marks = {site: vcenter.mark() for site, vcenter in self.vcenters.items()}
        yield
        for site, vcenter in self.vcenters.items():
            seen = vcenter.observed(marks[site])
            changes = {kind: seen[kind] for kind in ("power", "created", "reconfigured", "destroyed") if seen[kind]}
            assert not changes, f"{site}: {changes}"
            assert self._watched(site) == before[site], f"the state of {site}"

    def _watched(self, site: str) -> Mapping[str, object]:
        """What the site's backend says of resources; secrets are encrypted anew each time that it is written."""
        folder = self.sites.offices[site].folder / "state" / ".pulumi" / "stacks"
        states = {}
        for file in sorted(folder.rglob("*.json")):
            content = json.loads(file.read_bytes(), object_hook=_without_what_each_writing_changes)
            states[str(file)] = content["checkpoint"]["latest"]
        return states


def _without_what_each_writing_changes(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key not in ("ciphertext", "manifest", "modified")}


def the_one_error(log: str) -> list[str]:
    """The lines of the only error that the engine reports at the end of a run; no traceback is near it."""
    assert "Traceback" not in log
    assert 'File "' not in log
    report = log.partition("\nDiagnostics:\n")[2].partition("\n\n")[0]
    assert report.count("error: ") == 1, log
    lines = [line.strip() for line in report.partition("error: ")[2].splitlines()]
    assert len(lines) == len(set(lines)), log
    return lines


def processes_of(folder: Path) -> dict[int, str]:
    """Command lines by process id of all whose arguments or environment name `folder`: engine, plugins, simulators."""
    mark, found = os.fsencode(folder), {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(ValueError, OSError):
            command = (entry / "cmdline").read_bytes()
            if int(entry.name) != os.getpid() and mark in command + b"\0" + (entry / "environ").read_bytes():
                found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found
