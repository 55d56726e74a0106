"""What the administrator's program registers, without engine and vCenter."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.regions import SMALL
from uitwijk.access.table import load_table
from uitwijk.continuity.region import Region
from uitwijk.resources.testing import record
from uitwijk.resources.testing.recording import Recording

ROOT = Path(__file__).parent.parent.parent
PROGRAM, READER = r"VSPHERE.LOCAL\uitwijk", r"VSPHERE.LOCAL\uitwijk-reader"
GOOD = {
    "catalogue": str(SMALL.catalogue),
    "vcenter": {"server": "vcenter.example", "user": "administrator@vsphere.local"},
    "accounts": {"program": PROGRAM, "reader": READER},
}
SECRET = {"vcenterPassword": "sentinel-administrator"}


def run(site: str = "veldoord", secrets: dict[str, str] = SECRET, **changed: Any) -> Recording:
    return record(
        lambda: runpy.run_path(str(ROOT / "access" / "__main__.py")), stack=site, config=GOOD | changed, secrets=secrets
    )


def refused(caplog: pytest.LogCaptureFixture, **changed: Any) -> str:
    caplog.clear()
    with pytest.raises(SystemExit):
        run(**changed)
    return caplog.text


def permissions(recording: Recording) -> set[tuple[str, str, str, bool]]:
    """Who, by name of the object, with which role, and whether below it, too."""
    found = set()
    for registration in recording.of_type("EntityPermissions"):
        (given,) = registration.inputs["permissions"]
        role = given["roleId"].removesuffix(":id")
        found.add((given["userOrGroup"], registration.inputs["entityId"], role, given["propagate"]))
    return found


def test_every_role_has_exactly_the_privileges_of_the_table():
    made = {role.inputs["name"]: role.inputs["rolePrivileges"] for role in run().of_type("Role")}
    assert made == {name: sorted(role.privileges) for name, role in load_table().roles.items()}


@pytest.mark.parametrize("site", ["veldoord", "zandermeer"])
def test_each_permission_stands_where_the_table_says(site: str, region: Region):
    other = {"veldoord": "zandermeer", "zandermeer": "veldoord"}[site]
    networks = {machine.network for machine in region.machines.values()}
    assert permissions(run(site)) == {
        (PROGRAM, "getFolder:/", "uitwijk-storage-policies", False),
        (PROGRAM, f"getDatacenter:{site}", "uitwijk-read", True),
        (PROGRAM, f"getComputeCluster:{site}", "uitwijk-cluster", True),
        (PROGRAM, "getDatastore:local", "uitwijk-local", False),
        (PROGRAM, f"getDatastore:data-{site}", "uitwijk-own-data", False),
        (PROGRAM, f"getDatastore:data-{other}", "uitwijk-other-data", False),
        *((PROGRAM, f"getNetwork:{network}", "uitwijk-network", False) for network in networks),
        (PROGRAM, f"getFolder:/{site}/vm", "uitwijk-machines", True),
        (PROGRAM, f"getFolder:/{site}/vm/templates", "uitwijk-templates", True),
        (READER, "getFolder:/", "uitwijk-read", False),
        (READER, f"getDatacenter:{site}", "uitwijk-read", True),
        *((READER, f"getDatastore:data-{each}", "uitwijk-browse", False) for each in (site, other)),
    }


def test_what_others_may_do_is_neither_changed_nor_taken_away():
    for registration in run().of_type("EntityPermissions"):
        assert registration.ignore_changes == ("permissions",)


def test_whoever_destroys_the_stack_takes_nothing_away():
    recording = run()
    assert all(made.retain_on_delete for kind in ("Role", "EntityPermissions") for made in recording.of_type(kind))


def test_another_user_gets_a_permission_of_his_own():
    before = {registration.name for registration in run().of_type("EntityPermissions")}
    renamed = {"program": r"VSPHERE.LOCAL\uitwijk-2", "reader": READER}
    after = {registration.name for registration in run(accounts=renamed).of_type("EntityPermissions")}
    assert before & after == {name for name in before if "uitwijk-reader" in name}


def test_what_only_a_person_can_do_is_told():
    assert run().outputs["byHand"] == [
        rf"Administration, Global Permissions, Add: user {PROGRAM}, role uitwijk-tags, propagate to children",
        rf"Administration, Global Permissions, Add: user {READER}, role uitwijk-read, propagate to children",
    ]


def test_the_administrators_password_is_a_secret():
    (provider,) = run().of_type("vsphere")
    assert provider.secrets == {"password"}
    assert provider.inputs["allowUnverifiedSsl"] is False


def test_mistakes_in_the_stacks_file_are_told_together(caplog):
    told = refused(caplog, accounts={"program": PROGRAM}, vcenter={"server": "https://x"}, secrets={})
    for part in ("vcenter.user: is missing", "vcenter.server", "vcenterPassword: is missing"):
        assert part in told
    assert "accounts.reader: is missing" in refused(caplog, accounts={"program": PROGRAM})
    same = {"program": PROGRAM, "reader": PROGRAM.lower()}
    assert "must be different users" in refused(caplog, accounts=same)


def test_a_stack_of_no_site_is_refused(caplog):
    assert "stack elders is not named after a site; there are: veldoord, zandermeer" in refused(caplog, site="elders")
