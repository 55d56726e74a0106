"""Records what the program registers, without engine or vCenter, so that a change can be tested in seconds.

    from uitwijk.resources.testing import record_site

    def test_the_counter_has_four_vcpus(tmp_path):
        catalogue = copytree("catalogue", tmp_path / "catalogue")
        ... change a file ...
        recording = record_site("bolsward", catalogue=catalogue)
        assert recording["harlingen-counter-application-1"].inputs["numCpus"] == 4

A recording fails by itself on what Pulumi's own mocks let pass and the engine or a provider would refuse: two resources
with one URN, a component that does not register its outputs, a resource without an explicit provider, an input that
the provider's package does not know.
"""

from __future__ import annotations

import asyncio
import json
import runpy
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pulumi
import yaml
from pulumi.runtime.settings import set_root_resource

from uitwijk.continuity import load_region
from uitwijk.continuity.guard import Facts, StackFacts
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.resources.testing.recording import Recording, RecordingMonitor

PROJECT = "uitwijk"
ROOT = Path(__file__).resolve().parents[3]
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
    config: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    preview: bool = False,
    missing: Iterable[str] = (),
) -> Recording:
    """Runs a program against recording mocks.

    Args:
        program: makes resources and exports.
        stack: the stack's name.
        config: configuration in the project's namespace.
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
        pulumi.runtime.set_mocks(monitor.mocks, PROJECT, stack, preview, monitor=monitor)
        plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in (config or {}).items()}
        everything = {f"{PROJECT}:{key}": value for key, value in {**plain, **(secrets or {})}.items()}
        pulumi.runtime.set_all_config(everything, [f"{PROJECT}:{key}" for key in secrets or {}])
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
    catalogue: Path = ROOT / "catalogue",
    facts: Facts | None = None,
    preview: bool = False,
    missing: Iterable[str] = (),
) -> Recording:
    """Runs the project's own program for one site.

    Args:
        site: whose stack.
        situation: left out: the delivered one, all normal.
        catalogue: folder of the region's catalogue.
        facts: what the guard is told; left out: nothing that it could refuse.
        preview: whether it is to believe that it is previewed.
        missing: names of datastores, networks, templates that the vCenter does not have.
    """
    region = load_region(catalogue)
    told = facts or harmless(region, site)
    with tempfile.TemporaryDirectory() as folder:
        path = ROOT / "situation.yaml"
        if situation is not None:
            path = Path(folder) / "situation.yaml"
            path.write_text(yaml.safe_dump(situation.model_dump(mode="json")), encoding="utf-8")
        config = {
            "site": site,
            "catalogue": str(catalogue),
            "situation": str(path),
            "vcenter": {"server": f"vcenter.{site}.uitwijk.example", "user": "uitwijk@vsphere.local"},
        }
        with mock.patch("uitwijk.observe.gather", return_value=told):
            return record(
                lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"),
                stack=site,
                config=config,
                secrets=SECRETS,
                preview=preview,
                missing=missing,
            )


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
