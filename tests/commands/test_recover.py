"""`uitwijk recover`: what it makes of state and vCenter, and what it refuses. What it does is tested on the engine."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.commands.conftest import Desk
from tests.commands.inventories import inventory, machine
from tests.continuity.situations import situation
from uitwijk.commands.deployment import Deployment
from uitwijk.commands.recover.findings import Act, Finding, Scene, findings, put_in_order
from uitwijk.continuity import place
from uitwijk.continuity.region import Region
from uitwijk.observe.inventory import Disk, VirtualMachine
from uitwijk.observe.stacks import DISK, MACHINE, MADE

SITE = "veldoord"
NAME = "kolkwijde-civil-affairs-database-1"
OTHER = "kolkwijde-taxes-application-1"
PATH = "kolkwijde/civil-affairs/database-1-data.vmdk"
STACK = f"urn:pulumi:{SITE}::uitwijk::"
WORKLOAD = f"{STACK}uitwijk:index:Municipality$uitwijk:index:Applications::kolkwijde/civil-affairs"
PROVIDER = {
    "urn": f"{STACK}pulumi:providers:vsphere::vcenter",
    "type": "pulumi:providers:vsphere",
    "id": "p",
    "custom": True,
}
COMPONENT = {"urn": WORKLOAD, "type": "uitwijk:index:Applications"}


def held(name: str = NAME, **more: Any) -> dict[str, Any]:
    """A machine in the state."""
    disks = [{"label": "disk0"}, {"label": "data", "attach": True, "path": PATH}]
    inputs = {"disks": disks if name == NAME else disks[:1]}
    return {"urn": f"{STACK}{MACHINE}::{name}", "type": MACHINE, "id": f"bios-{name}", "inputs": inputs, **more}


def standing(
    name: str = NAME,
    *,
    on: bool = True,
    attached: bool = True,
    called: str = "",
    tagged: bool = True,
    told_anything: bool = True,
) -> VirtualMachine:
    """A machine in the vCenter."""
    disks = (Disk("Hard disk 2", f"data-{SITE}", PATH, 200),) if attached and name == NAME else ()
    found = machine(called or name, powered_on=on)
    tags = {"municipality": "kolkwijde", "service": "civil-affairs", "class": "R1"} if tagged else {}
    told = "#cloud-config" if told_anything else None
    return replace(found, bios_uuid=f"bios-{name}", disks=disks, tags=tags, user_data=told)


def pending(kind: str, name: str = NAME) -> dict[str, Any]:
    return {"type": kind, "resource": held(name)}


def look(
    region: Region,
    resources: list[dict[str, Any]],
    *machines: VirtualMachine,
    operations: list[dict[str, Any]] | None = None,
    disks: frozenset[str] = frozenset({PATH}),
    **declared: Any,
) -> tuple[Finding, ...]:
    state = {"deployment": {"resources": [PROVIDER, COMPONENT, *resources], "pending_operations": operations or []}}
    now = situation(region, **declared)
    return findings(
        Scene(
            region=region,
            situation=now,
            placement=place(region, now),
            site=SITE,
            deployment=Deployment(json.dumps(state)),
            inventory=replace(inventory(region, SITE), machines=machines),
            disks=disks,
        )
    )


def disk(name: str = f"{NAME}-data") -> dict[str, Any]:
    return {"urn": f"{STACK}{DISK}::{name}", "type": DISK, "inputs": {"size": 200}}


def acts(found: tuple[Finding, ...]) -> list[tuple[str, Act]]:
    return [(finding.name, finding.act) for finding in found]


def test_what_is_in_order_is_left_alone(region: Region) -> None:
    assert look(region, [held(), disk()], standing()) == ()


@pytest.mark.parametrize(
    ("resources", "machines", "operations", "expected"),
    [
        pytest.param([held()], [], [], [(NAME, Act.FORGET)], id="deleted by hand"),
        pytest.param([held()], [standing(called="old")], [], [(NAME, Act.RENAME)], id="renamed by hand"),
        pytest.param([held()], [standing(on=False)], [], [(NAME, Act.POWER_ON)], id="switched off"),
        pytest.param([held()], [standing(attached=False)], [], [(NAME, Act.REMOVE)], id="without its data disk"),
        pytest.param([held(initErrors=["no"])], [standing(on=False)], [], [(NAME, Act.REMOVE)], id="its making failed"),
        pytest.param([held(initErrors=["no"])], [standing(tagged=False)], [], [(NAME, Act.REMOVE)], id="without tags"),
        pytest.param(
            [held(initErrors=["no"])], [standing(told_anything=False)], [], [(NAME, Act.REMOVE)], id="told nothing"
        ),
        pytest.param([held(initErrors=["no"])], [standing()], [], [], id="its making failed at the very end"),
        pytest.param([], [standing(on=False)], [], [(NAME, Act.REMOVE)], id="stray"),
        pytest.param(
            [],
            [standing()],
            [pending("creating")],
            [(NAME, Act.REMOVE), (NAME, Act.SETTLE)],
            id="killed, creating",
        ),
        pytest.param([], [], [pending("creating")], [(NAME, Act.SETTLE)], id="killed before it was created"),
        pytest.param(
            [held()],
            [],
            [pending("deleting")],
            [(NAME, Act.FORGET), (NAME, Act.SETTLE)],
            id="killed, deleted",
        ),
        pytest.param(
            [held()],
            [standing(on=False)],
            [pending("deleting")],
            [(NAME, Act.REMOVE), (NAME, Act.SETTLE)],
            id="killed while deleting",
        ),
        pytest.param([held()], [standing()], [pending("deleting")], [(NAME, Act.SETTLE)], id="killed, not deleted"),
        pytest.param([held()], [standing()], [pending("updating")], [(NAME, Act.SETTLE)], id="killed while updating"),
    ],
)
def test_each_thing_that_a_broken_run_leaves_has_its_way_out(
    region: Region,
    resources: list[dict[str, Any]],
    machines: list[VirtualMachine],
    operations: list[dict[str, Any]],
    expected: list[tuple[str, Act]],
) -> None:
    assert acts(look(region, [*resources, disk()], *machines, operations=operations)) == expected


def test_a_machine_that_is_placed_elsewhere_or_whose_data_is_elsewhere_is_not_switched_on(region: Region) -> None:
    for declared in ({"drained": [SITE]}, {"promoted": {SITE: "zandermeer"}}):
        found = look(region, [held(), disk()], standing(on=False), **declared)  # type: ignore[arg-type]
        assert Act.POWER_ON not in {finding.act for finding in found}


def test_a_disk_whose_file_is_there_is_taken_in_behind_its_component_and_stays_protected(region: Region) -> None:
    made = {"urn": f"{STACK}{MADE}::{NAME}-data", "type": MADE, "inputs": {"path": PATH, "size": 150}}
    (finding,) = look(region, [made])
    assert finding.act is Act.TAKE_IN
    state = Deployment(json.dumps({"deployment": {"resources": [PROVIDER, COMPONENT, made]}}))
    put_in_order(state, [finding])
    urns = [resource["urn"] for resource in state.resources]
    taken = state.of(DISK)[f"{NAME}-data"]
    assert urns.index(WORKLOAD) < urns.index(taken["urn"]) < urns.index(made["urn"])
    assert (taken["id"], taken["inputs"]["size"], taken["inputs"]["datastore"]) == (PATH, 150, f"data-{SITE}")
    assert (taken["protect"], taken["retainOnDelete"], taken["parent"]) == (True, True, WORKLOAD)
    assert taken["provider"] == f"{PROVIDER['urn']}::p"


def test_a_disk_whose_file_is_gone_is_for_a_person_where_its_data_is_writable(region: Region) -> None:
    gone: frozenset[str] = frozenset()
    (finding,) = look(region, [disk()], disks=gone)
    assert (finding.act, PATH in finding.why) == (Act.NONE, True)
    assert look(region, [disk()], disks=gone, drained=[SITE], promoted={SITE: "zandermeer"}) == ()


def test_what_is_forgotten_is_depended_on_by_nothing() -> None:
    needing = {"urn": "b", "type": MACHINE, "dependencies": ["a"], "propertyDependencies": {"x": ["a", "c"], "y": None}}
    state = Deployment(json.dumps({"deployment": {"resources": [{"urn": "a", "type": DISK}, needing]}}))
    state.forget({"a"})
    assert state.resources == [{**needing, "dependencies": [], "propertyDependencies": {"x": ["c"], "y": []}}]


def test_an_unknown_site_and_a_lost_one_are_refused(desk: Desk) -> None:
    said = desk.uitwijk("recover", "elmford", "--yes")
    assert (said.code, said.err) == (
        2,
        "error: recover elmford: there is no such site; there are: veldoord, zandermeer\n",
    )
    desk.must_declare("lost veldoord")
    said = desk.uitwijk("recover", SITE, "--yes")
    assert said.code == 2
    assert said.err.startswith("error: veldoord is declared lost, so nothing of it is touched. If it is back: ")
