"""What every kind of machine is told, judged by Debian 12: its cloud-init, its archive, its configuration checkers."""

from __future__ import annotations

import configparser
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.machines.debian import PYTHON, Unpacked, available, installable
from uitwijk.continuity.region import Machine, Region
from uitwijk.continuity.standing import Standing
from uitwijk.machines.cloud_init import PACKED, packed

FAILOVERS = (("veldoord", "S3"), ("zandermeer", "S2"))
KAMAILIO_MODULES = "/usr/lib/x86_64-linux-gnu/kamailio/modules"
SHELLS = {"#!/bin/sh": "sh", "#!/bin/bash": "bash"}
YAML = ("/etc/uitwijk/service.yaml", "/etc/knot/knot.conf")
INI = (".service", ".timer", "/smb.conf")


@dataclass(frozen=True)
class Told:
    """One machine of a kind, and what it is told."""

    site: str
    machine: Machine
    user_data: str
    meta_data: str
    folder: Path

    @property
    def kind(self) -> str:
        return f"{self.machine.service}-{self.machine.role} at {self.site}"

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = yaml.safe_load(self.user_data)
        return content

    @property
    def files(self) -> dict[str, str]:
        return {file["path"]: file["content"] for file in self.content["write_files"]}

    def written(self, path: str, content: str | None = None) -> Path:
        """One of its files, below its folder."""
        target = self.folder / "root" / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.files[path] if content is None else content, encoding="utf-8")
        return target


@pytest.fixture(scope="session")
def kinds(recorded, region: Region, tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    """One machine of every service and role, at each site."""
    found: dict[tuple[str, str, str], Told] = {}
    for site, situation in FAILOVERS:
        for name, registration in recorded(site, situation).machines.items():
            machine = region.machines[name]
            if (key := (site, machine.service, machine.role)) not in found:
                folder = tmp_path_factory.mktemp(f"{site}-{machine.service}-{machine.role}")
                found[key] = Told(site, machine, registration.user_data, registration.meta_data, folder)
    return list(found.values())


def having(kinds: list[Told], path: str) -> Iterator[tuple[Told, Path]]:
    """The kinds that are given a file at `path`, which is written below their folders; at least one at each site."""
    found = [told for told in kinds if path in told.files]
    assert {told.site for told in found} == {site for site, _ in FAILOVERS}
    return ((told, told.written(path)) for told in found)


def test_every_service_and_role_is_judged_at_both_sites(kinds, region: Region):
    assert sorted((told.site, told.machine.service, told.machine.role) for told in kinds) == sorted(
        (site, name, role)
        for site in region.sites
        for name, service in region.services.items()
        for role in service.roles
    )


def test_every_system_of_the_catalogue_is_debian_12(kinds):
    # Another system needs its own way of being told and checked; these tests would say nothing about it.
    assert {told.machine.system for told in kinds} == {"debian-12", "debian-12-desktop"}


def test_cloud_init_accepts_what_every_kind_of_machine_is_told(kinds, debian: Unpacked):
    assert judged(kinds, debian) == {}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"packages": "knot"}, "packages"),
        ({"runcmd": []}, "runcmd"),
        ({"runcommand": ["true"]}, "runcommand: cloud-init knows no such key"),
        ({"users": [{"name": "breakglass", "lock-passwd": False}]}, "lock"),
    ],
    ids=["text for a list", "nothing in a list", "a key that does not exist", "a key that is deprecated"],
)
def test_cloud_init_is_asked_and_refuses(kinds, debian: Unpacked, tmp_path: Path, change, complaint):
    told = kinds[0]
    text = "#cloud-config\n" + yaml.safe_dump(told.content | change)
    spoilt = Told(told.site, told.machine, text, told.meta_data, tmp_path)
    assert complaint in judged([spoilt], debian)[spoilt.kind][0]


def judged(kinds: list[Told], debian: Unpacked) -> dict[str, list[str]]:
    """What cloud-init has against each kind, if anything."""
    for told in kinds:
        (told.folder / "guestinfo.userdata").write_text(packed(told.user_data), encoding="utf-8")
        (told.folder / "guestinfo.metadata").write_text(told.meta_data, encoding="utf-8")
    script = Path(__file__).with_name("ask_cloud_init.py")
    done = debian.run(PYTHON, script, PACKED, *(told.folder for told in kinds))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return {told.kind: said[str(told.folder)] for told in kinds if said[str(told.folder)]}


def test_netplan_gives_every_kind_of_machine_its_address_gateway_and_name_servers(
    kinds, debian: Unpacked, region: Region
):
    judged(kinds, debian)
    for told in kinds:
        done = debian.run("/usr/libexec/netplan/generate", "--root-dir", told.folder)
        assert (done.returncode, done.stderr) == (0, ""), told.kind
        (unit,) = (told.folder / "run/systemd/network").glob("*.network")
        lines = unit.read_text(encoding="utf-8").splitlines()
        address = Standing(region, told.site, told.machine).address
        assert {"Name=e*", f"Address={address}", f"Gateway={address.network.network_address + 1}"} <= set(lines)
        assert sum(line.startswith("DNS=") for line in lines) == 4


@pytest.mark.usefixtures("archive")
def test_every_package_exists_in_debian_12(kinds):
    wanted = {package for told in kinds for package in told.content["packages"]}
    assert wanted - available(wanted) == set()
    assert available(["no-such-package"]) == set()


@pytest.mark.usefixtures("archive")
def test_the_packages_of_each_kind_go_together(kinds, tmp_path: Path):
    # What goes together on one machine goes together in parts: asking once takes seconds, asking for each kind minutes.
    assert installable({package for told in kinds for package in told.content["packages"]}, tmp_path) == ""
    assert "chrony" in installable(["chrony", "systemd-timesyncd"], tmp_path)


def test_every_shell_script_and_command_can_be_parsed(kinds):
    for told in kinds:
        scripts = [(SHELLS[text.splitlines()[0]], text) for text in told.files.values() if text.startswith("#!/")]
        commands = [("sh", command) for command in told.content.get("runcmd", [])]
        boot = [(command[0], command[2]) for command in told.content.get("bootcmd", [])]
        for shell, text in [*scripts, *commands, *boot]:
            done = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, ""), (told.kind, text)


def test_every_yaml_and_ini_file_can_be_parsed(kinds):
    for told in kinds:
        for path, text in told.files.items():
            if path in YAML:
                assert isinstance(yaml.safe_load(text), dict), (told.kind, path)
            if path.endswith(INI):
                # systemd takes a key that is set several times; Samba counts the last, which nobody means.
                parser = configparser.RawConfigParser(strict=not path.endswith((".service", ".timer")))
                parser.read_string(text)
                assert parser.sections(), (told.kind, path)


def test_kamailio_accepts_the_configuration_of_both_kinds_of_exchange(kinds, debian: Unpacked):
    for told, path in having(kinds, "/etc/kamailio/kamailio.cfg"):
        done = debian.run("/usr/sbin/kamailio", "-c", "-f", path, "-L", debian.path(KAMAILIO_MODULES))
        assert done.returncode == 0, (told.kind, done.stderr)


def test_knot_accepts_its_configuration_and_its_zone(kinds, debian: Unpacked, region: Region):
    zone = region.settings.domain
    for told, path in having(kinds, "/etc/knot/knot.conf"):
        done = debian.run("/usr/sbin/knotc", "-c", path, "conf-check")
        assert done.returncode == 0, (told.kind, done.stderr)
        records = told.written("/etc/knot/names-that-stay.zone")
        done = debian.run("/usr/bin/kzonecheck", "-o", zone, records)
        assert done.returncode == 0, (told.kind, done.stdout)


def test_haproxy_accepts_the_configuration_of_a_broker(kinds, debian: Unpacked):
    path = "/etc/haproxy/haproxy.cfg"
    accounts = "  user haproxy\n  group haproxy\n"
    for told, _ in having(kinds, path):
        # The package brings the accounts, and it is only unpacked here.
        assert accounts in told.files[path]
        without = told.written(path, told.files[path].replace(accounts, ""))
        done = debian.run("/usr/sbin/haproxy", "-c", "-f", without)
        assert done.returncode == 0, (told.kind, done.stderr)
