"""The administrator's program on a simulated vCenter: it makes what the table says, and takes nothing from anybody."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyVim.connect import Disconnect, SmartConnect

from tests.conftest import ROOT
from tests.engine.stage import EPOCH, HOME, OTHER, Stage
from tests.regions import SMALL
from uitwijk.access.table import load_table
from uitwijk.continuity.region import Region
from uitwijk.observe.data_disks import read_data_disks
from uitwijk.running.engine import Engine, Stack
from uitwijk.running.env import ENGINE_ENV, clean_environment
from uitwijk.running.toolchain import Toolchain
from uitwijk.simulated.vcenter import USER, SimulatedVCenter

SITE = HOME
PROGRAM, READER = r"VSPHERE.LOCAL\uitwijk", r"VSPHERE.LOCAL\uitwijk-reader"
EVERYBODY_HAS = {"System.Anonymous", "System.View", "System.Read"}


@dataclass(frozen=True)
class Administration:
    """One vCenter, and the administrator's stack for it."""

    engine: Engine
    vcenter: SimulatedVCenter
    networks: frozenset[str]

    def roles(self) -> dict[str, set[str]]:
        """Privileges by role, of those that are ours."""
        with_ours = read(self.vcenter, lambda content: content.authorizationManager.roleList)
        return {role.name: set(role.privilege) for role in with_ours if role.name.startswith("uitwijk-")}

    def permissions(self) -> set[tuple[str, str, str, bool]]:
        """Every permission in the vCenter: user, name of the object, role, whether below it, too."""

        def collect(content: Any) -> set[tuple[str, str, str, bool]]:
            manager = content.authorizationManager
            names = {role.roleId: role.name for role in manager.roleList}
            return {
                (each.principal, each.entity.name, names[each.roleId], each.propagate)
                for each in manager.RetrieveAllPermissions()
            }

        found: set[tuple[str, str, str, bool]] = read(self.vcenter, collect)
        return found


def read(vcenter: SimulatedVCenter, what: Any) -> Any:
    """What a client that knows nothing of Pulumi sees."""
    host, _, port = vcenter.address.server.partition(":")
    context = ssl.create_default_context(cafile=str(vcenter.address.ca))
    connection = SmartConnect(host=host, port=int(port), user=USER, pwd=vcenter.password, sslContext=context)
    try:
        return what(connection.RetrieveContent())
    finally:
        Disconnect(connection)


@pytest.fixture(scope="module")
def administration(
    toolchain: Toolchain, region: Region, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Administration]:
    """The vCenter stands; nothing was granted yet."""
    folder = tmp_path_factory.mktemp("access")
    vcenter = SimulatedVCenter(SITE, folder / "site")
    vcenter.start(toolchain.simulator, region)
    project = folder / "project"
    for made in (project, folder / "state", folder / "home"):
        made.mkdir()
    definition = yaml.safe_load((ROOT / "access" / "Pulumi.yaml").read_text(encoding="utf-8"))
    stated = {
        "uitwijk-access:catalogue": str(SMALL.catalogue),
        "uitwijk-access:vcenter": {"server": vcenter.address.server, "user": USER},
        "uitwijk-access:accounts": {"program": PROGRAM, "reader": READER},
    }
    write(project / "Pulumi.yaml", {**definition, "main": str(ROOT / "access")})
    write(project / f"Pulumi.{SITE}.yaml", {"config": stated})
    env = {
        **clean_environment(toolchain),
        **ENGINE_ENV,
        "PULUMI_ENABLE_LEGACY_DIFF": "false",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "only for this test",
        "SSL_CERT_FILE": str(vcenter.address.ca),
    }
    engine = Engine(Stack(SITE, project, env), folder / "logs")
    engine.pulumi.order("stack", "init", SITE)
    engine.pulumi.order("config", "set", "--secret", "vcenterPassword", "--stack", SITE, stdin=vcenter.password)
    yield Administration(engine, vcenter, frozenset(machine.network for machine in region.machines.values()))
    engine.interrupt()
    vcenter.stop()


def write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def test_roles_and_permissions_stand_as_the_table_says_and_nobody_loses_his(administration: Administration) -> None:
    others = administration.permissions()
    assert others

    administration.engine.up()

    assert administration.roles() == {
        name: set(role.privileges) | EVERYBODY_HAS for name, role in load_table().roles.items()
    }
    ours = {
        (PROGRAM, "Datacenters", "uitwijk-storage-policies", False),
        (PROGRAM, SITE, "uitwijk-read", True),
        (PROGRAM, SITE, "uitwijk-cluster", True),
        (PROGRAM, "local", "uitwijk-local", False),
        (PROGRAM, "data-veldoord", "uitwijk-own-data", False),
        (PROGRAM, "data-zandermeer", "uitwijk-other-data", False),
        *((PROGRAM, network, "uitwijk-network", False) for network in administration.networks),
        (PROGRAM, "vm", "uitwijk-machines", True),
        (PROGRAM, "templates", "uitwijk-templates", True),
        (READER, "Datacenters", "uitwijk-read", False),
        (READER, SITE, "uitwijk-read", True),
        (READER, "data-veldoord", "uitwijk-browse", False),
        (READER, "data-zandermeer", "uitwijk-browse", False),
    }
    assert administration.permissions() == others | ours

    administration.engine.pulumi.order("refresh", "--yes", "--skip-preview", "--stack", SITE)
    again = administration.engine.preview()
    assert again.operations
    assert not again.changed
    administration.engine.pulumi.order("destroy", "--yes", "--skip-preview", "--stack", SITE)
    assert administration.permissions() == others | ours


def test_to_check_and_to_preview_a_calamity_nothing_is_called_that_a_reader_may_not(shared: Stage) -> None:
    vcenter = shared.vcenters[OTHER]
    mark = vcenter.mark()
    shared.declare(EPOCH + 1, sites={HOME: "lost"}, data={HOME: OTHER}, hypothetical=True)

    planned = shared.preview(OTHER)[OTHER]
    shared.inventory(OTHER)
    read_data_disks(vcenter.address.server, USER, vcenter.password, ["data-veldoord"], cafile=vcenter.address.ca)

    assert planned.machines("create")
    called = vcenter.observed(mark)["requests"]["methods"]
    assert called
    assert not load_table().unexplained(called, "reader")
