"""What runs first. An order on paper alone would let an application look for a database that is not there."""

from __future__ import annotations

import pytest

from uitwijk.continuity.region import Region
from uitwijk.resources.testing.recording import Recording

FAILOVERS = [("veldoord", "normal"), ("zandermeer", "normal"), ("zandermeer", "S2"), ("veldoord", "S3")]


def first(recording: Recording) -> dict[str, set[str]]:
    """All machines that must run before each machine, directly or not."""
    urns = {machine.urn: name for name, machine in recording.machines.items()}
    before: dict[str, set[str]] = {}
    for name, machine in recording.machines.items():
        direct = {urns[urn] for urn in machine.waits_for if urn in urns}
        before[name] = direct.union(*(before[earlier] for earlier in direct))
    return before


@pytest.mark.parametrize(("site", "situation"), FAILOVERS)
def test_a_role_starts_after_the_roles_that_it_waits_for(recorded, region: Region, site, situation):
    before = first(recorded(site, situation))
    for workload in region.workloads.values():
        roles = region.services[workload.service].roles
        for machine in workload.machines:
            earlier = {m.name for m in workload.machines if m.role in roles[machine.role].after}
            assert machine.name not in before or earlier <= before[machine.name]


@pytest.mark.parametrize(("site", "situation"), FAILOVERS)
def test_a_service_starts_after_all_of_the_services_that_it_needs_and_that_run_here(
    recorded, region: Region, site, situation
):
    before = first(recorded(site, situation))
    for workload in region.workloads.values():
        needed = {m.name for key in workload.depends_on for m in region.workloads[key].machines} & before.keys()
        for machine in workload.machines:
            assert machine.name not in before or needed <= before[machine.name]


def test_the_order_reaches_across_organisations(recorded):
    before = first(recorded("zandermeer", "S2"))
    assert {"kust-directory-server-1", "kust-service-bus-node-2", "kolkwijde-civil-affairs-database-1"} <= before[
        "kolkwijde-civil-affairs-application-1"
    ]
    assert "kust-databases-server-1" in before["kolkwijde-taxes-application-1"]


def test_telephony_waits_for_nothing_but_names_and_border_controllers(recorded):
    before = first(recorded("veldoord", "normal"))
    assert before["kolkwijde-telephony-call-server-1"] == {
        "kust-directory-server-1",
        "kust-directory-server-2",
        "kust-session-border-controller-1",
        "kust-session-border-controller-2",
    }


def test_the_situation_is_recorded_before_the_first_machine(recorded):
    kinds = [registration.type.rsplit(":", 1)[1] for registration in recorded("zandermeer", "S2")]
    assert kinds.index("Situation") < kinds.index("VirtualMachine")


def test_the_state_says_which_situation_is_applied(recorded):
    (record,) = recorded("zandermeer", "S2").of_type("Situation")
    assert record.urn == "urn:pulumi:zandermeer::uitwijk::uitwijk:index:Situation::situation"
    assert record.inputs["epoch"] == 2
    assert len(record.inputs["digest"]) == 16
