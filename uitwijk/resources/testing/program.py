"""Records what the program registers, without engine or vCenter, so that a change can be tested in seconds.

    from uitwijk.resources.testing import record_site

    def test_the_counter_has_four_vcpus(tmp_path):
        catalogue = copytree("catalogue", tmp_path / "catalogue")
        ... change a file ...
        recording = record_site("north", catalogue=catalogue)
        assert recording["elmford-counter-application-1"].inputs["numCpus"] == 4

A recording fails by itself on what Pulumi's own mocks let pass and the engine or a provider would refuse: two resources
with one URN, a component that does not register its outputs, a resource without an explicit provider, an input that
the provider's package does not know.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import runpy
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pulumi
from pulumi.runtime.settings import set_root_resource

from uitwijk.continuity import load_region
from uitwijk.continuity.facts import Facts, StackFacts
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.continuity.strict_yaml import to_yaml
from uitwijk.project import NAMESPACE, find_project, project_name
from uitwijk.resources.testing.recording import Recording, RecordingMonitor

SECRETS = {
    "vcenterPassword": "sentinel-vcenter-password",
    "dnsUpdateKey": "c2VudGluZWwtZG5zLXVwZGF0ZS1rZXktMzItYnl0ZXM=",
    "carrierPassword": "sentinel-carrier-password",
}
"""Secret configuration of a recorded site. Whatever stands here may nowhere be found unprotected."""


def record(
    program: Callable[[], object],
    *,
    stack: str,
    project: str = NAMESPACE,
    config: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    preview: bool = False,
    missing: Iterable[str] = (),
) -> Recording:
    """Runs a program against recording mocks.

    Args:
        program: makes resources and exports.
        stack: the stack's name.
        project: what Pulumi calls the project.
        config: configuration in the library's namespace.
        secrets: the same, marked secret.
        preview: whether it is to believe that it is previewed.
        missing: names that a look-up does not find.

    Raises:
        AssertionError: on what engine or provider would refuse.
    """

    def run() -> None:
        program()

    monitor = RecordingMonitor(missing)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        pulumi.runtime.set_mocks(monitor.mocks, project, stack, preview, monitor=monitor)
        plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in (config or {}).items()}
        everything = {f"{NAMESPACE}:{key}": value for key, value in {**plain, **(secrets or {})}.items()}
        pulumi.runtime.set_all_config(everything, [f"{NAMESPACE}:{key}" for key in secrets or {}])
        set_root_resource(None)  # type: ignore[arg-type]
        loop.run_until_complete(pulumi.runtime.run_in_stack(run))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    recording = monitor.recording()
    assert not recording.faults, "\n".join(recording.faults)
    return recording


def record_site(
    site: str,
    *,
    situation: Situation | None = None,
    project: Path | None = None,
    catalogue: Path | None = None,
    facts: Facts | None = None,
    preview: bool = False,
    missing: Iterable[str] = (),
) -> Recording:
    """Runs a region's own program for one site.

    Args:
        site: whose stack.
        situation: what is declared; None: what the project's own file says.
        project: the region's project; None: the one around the working folder.
        catalogue: folder of the region's catalogue; None: the project's own.
        facts: what the guard is told; left out: nothing that it could refuse.
        preview: whether it is to believe that it is previewed.
        missing: names of datastores, networks, templates that the vCenter does not have.

    Raises:
        AssertionError: on what engine or provider would refuse.
        UitwijkError: when there is no project, or its catalogue or situation is not valid.
    """
    home = find_project(project)
    catalogue = catalogue or home / "catalogue"
    region = load_region(catalogue)
    told = facts or harmless(region, site)
    with tempfile.TemporaryDirectory() as folder:
        path = home / "situation.yaml"
        if situation is not None:
            path = Path(folder) / "situation.yaml"
            path.write_text(to_yaml(_stated(situation)), encoding="utf-8")
        config = {
            "site": site,
            "catalogue": str(catalogue),
            "situation": str(path),
            "vcenter": {"server": f"vcenter.{site}.uitwijk.example", "user": "uitwijk@vsphere.local"},
        }
        with mock.patch("uitwijk.observe.gather", return_value=told), _importing_from(home):
            return record(
                lambda: runpy.run_path(str(home / "__main__.py"), run_name="__main__"),
                stack=site,
                project=project_name(home),
                config=config,
                secrets=SECRETS,
                preview=preview,
                missing=missing,
            )


def _stated(situation: Situation) -> dict[str, Any]:
    """As it stands in a file, which says how its epoch came."""
    entry = {
        "epoch": situation.epoch,
        "at": "2026-11-01T09:00:00Z",
        "by": "a test",
        "change": "this",
        "reason": "a test",
    }
    content = situation.model_dump(mode="json")
    return {**content, "log": content["log"] or [entry]}


@contextlib.contextmanager
def _importing_from(project: Path) -> Iterator[None]:
    """Inside, imports find the project's own modules, and none of the same name that another project left."""
    own = {path.stem for path in project.glob("*.py")} | {path.parent.name for path in project.glob("*/__init__.py")}
    own -= {"__main__", "uitwijk"}
    before = _take_out(own)
    sys.path.insert(0, str(project))
    try:
        yield
    finally:
        sys.path.remove(str(project))
        _take_out(own)
        sys.modules.update(before)


def _take_out(packages: Collection[str]) -> dict[str, ModuleType]:
    """Forgets that these packages and their modules were imported, and returns them."""
    found = [name for name in sys.modules if name.partition(".")[0] in packages]
    return {name: sys.modules.pop(name) for name in found}


def harmless(region: Region, site: str) -> Facts:
    """Facts of a site whose vCenter answers and whose data disks exist; no other site holds anything."""
    disks = {
        f"{machine.name}-{disk}": size
        for machine in region.machines.values()
        if region.workloads[machine.workload].home == site
        for disk, size in machine.disks.items()
    }
    peers = {peer: StackFacts(site=peer, readable=True) for peer in region.sites if peer != site}
    return Facts(site=site, own=StackFacts(site=site, readable=True, disks=disks), peers=peers, vcenter_problem=None)
