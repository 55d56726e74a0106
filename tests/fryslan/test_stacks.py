"""What Fryslân's two stacks consist of, and what a loss adds to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from uitwijk.resources.testing.recording import Recording, Registration

GOLDEN = Path(__file__).parent / "golden"
MACHINE = "vsphere:index/virtualMachine:VirtualMachine"
RULE = "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule"


def by_urn(recording: Recording) -> dict[str, Registration]:
    return {registration.urn: registration for registration in recording}


@pytest.mark.parametrize(
    ("site", "situation"), [("bolsward", "normal"), ("leeuwarden", "normal"), ("leeuwarden", "S2"), ("bolsward", "S3")]
)
def test_a_stack_consists_of_the_agreed_resources(recorded, site, situation):
    """A changed URN replaces what runs. After a change that is meant: `UPDATE_GOLDEN=1 make test-fast`; review it."""
    golden = GOLDEN / f"{site}-{situation}.txt"
    urns = "".join(f"{urn}\n" for urn in recorded(site, situation).urns)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(urns, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == urns


@pytest.mark.parametrize(("site", "situation", "machines"), [("leeuwarden", "S2", 139), ("bolsward", "S3", 70)])
def test_a_failover_only_adds_machines_and_their_separation(recorded, site, situation, machines):
    before, after = by_urn(recorded(site, "normal")), by_urn(recorded(site, situation))
    added = [after[urn] for urn in after.keys() - before.keys()]
    assert not before.keys() - after.keys()
    assert {registration.type for registration in added} == {MACHINE, RULE}
    assert sum(registration.type == MACHINE for registration in added) == machines
