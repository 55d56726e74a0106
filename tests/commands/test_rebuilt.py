"""`uitwijk rebuilt`: what the state forgets, what it keeps, and when the command refuses."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Desk
from tests.commands.inventories import inventory, machine
from uitwijk.commands import forgetting
from uitwijk.continuity.region import Region

SITE = "veldoord"
URN = f"urn:pulumi:{SITE}::uitwijk::"
MACHINE = "uitwijk:index:Telephony$vsphere:index/virtualMachine:VirtualMachine"
DISK, FOLDER = "vsphere:index/virtualDisk:VirtualDisk", "vsphere:index/folder:Folder"
PASSWORD = "random:index/randomPassword:RandomPassword"

PULUMI = f"""#!{sys.executable}
import pathlib, sys
here = pathlib.Path(__file__).parent
if sys.argv[1] == "config":
    print((here / "config").read_text())
elif sys.argv[1] == "whoami":
    print('{{"url": "s3://states"}}')
elif sys.argv[2] == "export":
    print((here / "state").read_text())
else:
    (here / "state").write_text(sys.stdin.read())
"""


def resource(kind: str, name: str, *needs: str) -> dict[str, Any]:
    return {
        "urn": f"{URN}{kind}::{name}",
        "type": kind.rpartition("$")[2],
        "dependencies": list(needs),
        "propertyDependencies": {"folder": list(needs), "name": None},
    }


GONE = f"{URN}{FOLDER}::kolkwijde"
STATE = {
    "version": 3,
    "deployment": {
        "resources": [
            resource("uitwijk:index:Site", "site"),
            resource(PASSWORD, "kolkwijde-break-glass"),
            resource(FOLDER, "kolkwijde"),
            resource(DISK, "kolkwijde-taxes-database-1-data", GONE),
            resource(MACHINE, "kolkwijde-telephony-call-server-1", GONE),
        ],
        "pending_operations": [
            {"type": "creating", "resource": resource(MACHINE, "kolkwijde-taxes-database-1")},
        ],
    },
}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a `pulumi` on PATH keeps the stack."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "pulumi"
    program.write_text(PULUMI, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    settings = {"vcenter": {"server": "vcenter.example", "user": "checker"}, "vcenterPassword": "sentinel"}
    (folder / "config").write_text(json.dumps({f"uitwijk:{key}": {"objectValue": v} for key, v in settings.items()}))
    (folder / "state").write_text(json.dumps(STATE), encoding="utf-8")
    monkeypatch.setenv("PATH", str(folder))
    return folder / "state"


@pytest.fixture
def stands(region: Region, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the machines that stand in the vCenter: none, until a test puts some there."""
    names: list[str] = []
    monkeypatch.setattr(
        forgetting, "read_inventory", lambda *_: inventory(region, SITE, [machine(name) for name in names])
    )
    return names


def drained(desk: Desk) -> None:
    desk.must_declare(f"lost {SITE}")
    desk.must_declare(f"drained {SITE}")


@pytest.mark.usefixtures("stands")
def test_the_state_forgets_what_stood_in_the_old_vcenter_and_keeps_disks_and_secrets(desk: Desk, state: Path) -> None:
    drained(desk)
    said = desk.uitwijk("rebuilt", SITE, "--yes")
    assert said.code == 0, said.err
    deployment = json.loads(state.read_text(encoding="utf-8"))["deployment"]
    names = [kept["urn"].rsplit("::", 1)[1] for kept in deployment["resources"]]
    assert names == ["site", "kolkwijde-break-glass", "kolkwijde-taxes-database-1-data"]
    assert GONE not in json.dumps(deployment)
    assert deployment["pending_operations"] == []
    assert "holds 1 machine of an old vCenter" in " ".join(said.out.split())
    assert f"pulumi up --stack {SITE} --continue-on-error" in said.out


@pytest.mark.usefixtures("stands")
def test_the_old_state_is_kept_where_only_its_owner_reads_it(desk: Desk, state: Path) -> None:
    drained(desk)
    before = json.loads(state.read_text(encoding="utf-8"))
    desk.uitwijk("rebuilt", SITE, "--yes")
    (kept,) = desk.folder.glob(f"{SITE}-before-rebuilt-*.json")
    assert json.loads(kept.read_text(encoding="utf-8")) == before
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.usefixtures("stands")
def test_a_second_time_there_is_nothing_to_forget(desk: Desk, state: Path) -> None:
    drained(desk)
    desk.uitwijk("rebuilt", SITE, "--yes")
    before = state.read_bytes()
    said = desk.uitwijk("rebuilt", SITE, "--yes")
    assert (said.code, state.read_bytes()) == (0, before)
    assert "There is nothing to forget" in " ".join(said.out.split())


def test_a_vcenter_in_which_one_machine_of_the_stack_stands_is_not_new(
    desk: Desk, state: Path, stands: list[str]
) -> None:
    drained(desk)
    stands.append("kolkwijde-telephony-call-server-1")
    before = state.read_bytes()
    said = desk.uitwijk("rebuilt", SITE, "--yes")
    assert (said.code, state.read_bytes()) == (2, before)
    assert "is not new: 1 machines of the stack stand there (kolkwijde-telephony-call-server-1)" in said.err


@pytest.mark.usefixtures("stands")
@pytest.mark.parametrize(
    ("site", "why"), [(SITE, "veldoord is declared normal."), ("elders", "there is no such site; there are: veldoord")]
)
def test_only_a_site_that_is_declared_drained_was_rebuilt(desk: Desk, state: Path, site: str, why: str) -> None:
    before = state.read_bytes()
    said = desk.uitwijk("rebuilt", site, "--yes")
    assert (said.code, state.read_bytes()) == (2, before)
    assert why in said.err
