"""Whatever is wrong around the program: one plain error that says where and what to do, and nothing changes."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.stage import HOME, OTHER, Stage
from uitwijk.continuity.region import Region
from uitwijk.continuity.site_inventory import site_inventory
from uitwijk.running.engine import Engine, Stack
from uitwijk.simulated import vcenter
from uitwijk.simulated.project import bundle
from uitwijk.simulated.vcenter import SimulatedVCenter

PREFIX = "vcenter: the vCenter of {site} is of no use: "


def test_a_vcenter_that_refuses_connections_is_named(shared: Stage) -> None:
    with outage(shared, HOME, "refuse"):
        (line,) = shared.refused("up", HOME)[HOME]
    server = shared.vcenters[HOME].address.server
    assert line.startswith(f"{PREFIX.format(site=HOME)}{server} refuses connections. If the site is lost: ")
    assert "`uitwijk declare lost veldoord --by … --reason …`" in line


@pytest.mark.timeout(150)
def test_a_vcenter_that_is_silent_is_not_waited_for(shared: Stage) -> None:
    with outage(shared, HOME, "hang"), outage(shared, OTHER, "drop"):
        told = shared.refused("up")
    for site, (line,) in told.items():
        server = shared.vcenters[site].address.server
        assert line.startswith(f"{PREFIX.format(site=site)}{server} does not answer within 10 s. ")


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(shared: Stage) -> None:
    with shared.environment(HOME, SSL_CERT_FILE=str(shared.vcenters[OTHER].address.ca)):
        (line,) = shared.refused("up", HOME)[HOME]
    assert line.startswith(f"{PREFIX.format(site=HOME)}the certificate of {shared.vcenters[HOME].address.server} ")
    assert "SSL_CERT_FILE names the trusted ones" in line


def test_a_wrong_password_is_told_without_telling_it(shared: Stage) -> None:
    wrong = secrets.token_urlsafe(18)
    with shared.reconfigured(HOME):
        shared.engines[HOME].pulumi.order(
            "config", "set", "--secret", "uitwijk:vcenterPassword", "--stack", HOME, stdin=wrong
        )
        (line,) = shared.refused("preview", HOME)[HOME]
    assert line.startswith(f"vCenter {shared.vcenters[HOME].address.server} of veldoord: ")
    assert "vcenterPassword" in line
    assert wrong not in shared.log(HOME)


def test_everything_that_a_vcenter_lacks_is_named_at_once(
    shared: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {"templates": "debian-12-desktop", "datastores": "data-zandermeer", "networks": "kolkwijde-voice"}

    def poor_inventory(region: Region, site: str) -> dict[str, Any]:
        rich = site_inventory(region, site)
        return rich | {part: [each for each in rich[part] if each["name"] != name] for part, name in lacking.items()}

    monkeypatch.setattr(vcenter, "site_inventory", poor_inventory)
    poor = SimulatedVCenter(HOME, tmp_path)
    poor.password = shared.vcenters[HOME].password
    try:
        poor.start(shared.toolchain.simulator, shared.region)
        trust = bundle([poor], tmp_path / "trust.pem")
        address = {"server": poor.address.server, "user": vcenter.USER}
        with shared.reconfigured(HOME, vcenter=address), shared.environment(HOME, SSL_CERT_FILE=str(trust)):
            lines = shared.refused("preview", HOME)[HOME]
    finally:
        poor.stop()
    assert len(lines) == len(lacking)
    for line, what in zip(lines, ("datastore data-zandermeer", "network kolkwijde-voice", "template"), strict=True):
        assert line.startswith(f"vCenter {poor.address.server} of veldoord: no {what}")
    assert "templates/debian-12-desktop" in lines[-1]


def test_a_stack_whose_name_is_no_site_is_refused(shared: Stage) -> None:
    own = shared.engines[HOME].stack
    file = own.project / "Pulumi.wilgendam.yaml"
    settings = yaml.safe_load((own.project / f"Pulumi.{HOME}.yaml").read_text(encoding="utf-8"))
    settings["config"]["uitwijk:site"] = "wilgendam"
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    shared.engines["wilgendam"] = Engine(Stack("wilgendam", own.project, own.env), shared.folder / "logs")
    try:
        shared.engines["wilgendam"].pulumi.order("stack", "init", "wilgendam", "--no-select")
        (line,) = shared.refused("preview", "wilgendam")["wilgendam"]
    finally:
        del shared.engines["wilgendam"]
        file.unlink()
    assert line == "Pulumi.wilgendam.yaml: site: wilgendam is no site of the catalogue; there are: veldoord, zandermeer"


def test_a_stack_file_that_names_another_site_or_unknown_keys_is_refused_with_all_mistakes(shared: Stage) -> None:
    with shared.reconfigured(HOME, site=OTHER, colour="blue", guestNetworkWaitMinutes=-1):
        lines = shared.refused("preview", HOME)[HOME]
    assert [line.removeprefix("Pulumi.veldoord.yaml: ").partition(":")[0] for line in sorted(lines)] == [
        "colour",
        "guestNetworkWaitMinutes",
        "site",
    ]


def test_a_situation_file_that_is_not_there_is_named(shared: Stage) -> None:
    with shared.reconfigured(HOME, situation="nowhere/situation.yaml"):
        (line,) = shared.refused("up", HOME)[HOME]
    assert line == "nowhere/situation.yaml: the file does not exist"


def test_every_mistake_of_a_broken_catalogue_is_told_at_once(shared: Stage, tmp_path: Path) -> None:
    broken = shutil.copytree(shared.catalogue, tmp_path / "catalogue")
    spoil(broken / "partnerships" / "kust.yaml", members=["kolkwijde", "kolkwijde", "reeenmeer"])
    spoil(broken / "municipalities" / "reeenmeer.yaml", number_blocks=[{"first": "0527-57", "last": "0527-579999"}])
    spoil(broken / "municipalities" / "kolkwijde.yaml", colour="blue")
    spoil(broken / "municipalities" / "zandermeer.yaml", town_hall="nowhere")
    with shared.reconfigured(HOME, catalogue=str(broken)):
        lines = shared.refused("preview", HOME)[HOME]
    assert sorted(": ".join(line.split(": ")[:2]) for line in lines) == [
        "catalogue/municipalities/kolkwijde.yaml: colour",
        "catalogue/municipalities/reeenmeer.yaml: number_blocks[0].first",
        "catalogue/municipalities/zandermeer.yaml: town_hall",
        "catalogue/partnerships/kust.yaml: members",
    ]


@contextlib.contextmanager
def outage(stage: Stage, site: str, mode: Any) -> Iterator[None]:
    stage.vcenters[site].management(mode)
    try:
        yield
    finally:
        stage.vcenters[site].management("up")


def spoil(file: Path, **values: Any) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump(content | values), encoding="utf-8")
