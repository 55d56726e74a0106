"""What each machine is told at its first boot."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from uitwijk.continuity.region import Machine, Region
from uitwijk.continuity.standing import Standing
from uitwijk.machines import cloud_init
from uitwijk.machines.job import Job

FAILOVERS = [("veldoord", "S3"), ("zandermeer", "S2")]
LIMIT = 60_000
"""Bytes; what passes through `guestinfo` has to fit into 64 KiB."""


def told(recorded: Any, site: str, name: str) -> dict[str, Any]:
    """The user data of a machine, parsed."""
    situation = {"veldoord": "S3", "zandermeer": "S2"}[site]
    return yaml.safe_load(recorded(site, situation)[name].user_data)


def files(user_data: dict[str, Any]) -> dict[str, str]:
    return {file["path"]: file["content"] for file in user_data["write_files"]}


def everyone(recorded: Any, region: Region) -> Iterator[tuple[Machine, str, dict[str, Any], dict[str, Any]]]:
    """Every machine at both sites, with its site, user data and instance data."""
    for site, situation in FAILOVERS:
        for name, registration in recorded(site, situation).machines.items():
            user_data = registration.user_data
            assert user_data.startswith("#cloud-config\n")
            assert len(registration.inputs["extraConfig"]["guestinfo.userdata"]) < LIMIT
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            instance = yaml.load(registration.meta_data, Loader=loader)
            yield region.machines[name], site, yaml.load(user_data, Loader=loader), instance


def test_every_machine_gets_name_network_account_packages_and_settings(recorded, region: Region):
    for machine, site, user_data, instance in everyone(recorded, region):
        network = instance["network"]["ethernets"]["first"]
        settings = yaml.safe_load(files(user_data)["/etc/uitwijk/service.yaml"])
        role = region.services[machine.service].roles[machine.role]
        assert instance["local-hostname"] == user_data["fqdn"]
        assert user_data["fqdn"].startswith(f"{machine.name}.")
        assert network["addresses"] == [str(Standing(region, site, machine).address)]
        assert len(network["nameservers"]["addresses"]) == 4
        assert user_data["users"][0]["name"] == "breakglass"
        assert set(role.packages) <= set(user_data["packages"])
        assert (settings["service"], settings["role"], settings["site"]) == (machine.service, machine.role, site)


def test_the_same_text_is_always_packed_into_the_same_bytes():
    """Another compressor, or another version of this one, would change every machine that runs."""
    text = "#cloud-config\n" + "".join(f"line {number**2}\n" for number in range(2000))
    digest = hashlib.sha256(cloud_init.packed(text).encode()).hexdigest()
    assert digest == "1e181f86b171a284d10a45cc8d86e498e2a5a34b871b77f1a4114b8f4e9a83f3"


def test_a_machine_asks_the_name_servers_of_its_own_site_first(recorded):
    machine = recorded("zandermeer", "S2")["kolkwijde-counter-application-1"]
    network = yaml.safe_load(machine.meta_data)["network"]["ethernets"]["first"]
    assert network["nameservers"]["addresses"] == ["10.12.0.10", "10.12.0.11", "10.11.0.10", "10.11.0.11"]


def test_a_cold_machine_announces_its_name_at_both_sites_and_a_hot_one_does_not(recorded, region: Region):
    for machine, _, user_data, _ in everyone(recorded, region):
        cold = not region.workloads[machine.workload].hot
        assert ("/usr/local/sbin/announce-name" in files(user_data)) == cold
        assert ("systemctl enable --now announce-name.timer" in user_data["runcmd"]) == cold
        assert "bind9-dnsutils" in user_data["packages"] or not cold


def test_an_announcement_tells_every_name_server_the_address_of_this_site(recorded):
    script = files(told(recorded, "zandermeer", "kolkwijde-counter-application-1"))["/usr/local/sbin/announce-name"]
    assert "for server in 10.12.0.10 10.12.0.11 10.11.0.10 10.11.0.11; do" in script
    assert "update add kolkwijde-counter-application-1.kustland.example. 60 A 10.12.24.45" in script
    assert "nsupdate -t 5 -k /etc/uitwijk/dns-update.key" in script


def test_the_key_for_announcements_is_for_root_alone(recorded):
    user_data = told(recorded, "zandermeer", "kolkwijde-counter-application-1")
    (key,) = [file for file in user_data["write_files"] if file["path"] == "/etc/uitwijk/dns-update.key"]
    assert key["permissions"] == "0600"
    assert "algorithm hmac-sha256;" in key["content"]


def test_a_name_follows_a_cold_machine_and_a_hot_ones_carries_its_site(recorded):
    def name(site: str, machine: str) -> str:
        return told(recorded, site, machine)["fqdn"]

    cold, hot = "kolkwijde-counter-application-1", "kolkwijde-telephony-call-server-1"
    assert name("veldoord", cold) == name("zandermeer", cold) == f"{cold}.kustland.example"
    assert name("zandermeer", hot) == f"{hot}.zandermeer.kustland.example"


def test_a_machine_knows_what_it_needs_by_name_and_own_site_first(recorded):
    user_data = told(recorded, "zandermeer", "kolkwijde-civil-affairs-application-1")
    needs = yaml.safe_load(files(user_data)["/etc/uitwijk/service.yaml"])["needs"]
    assert needs == {
        "database": ["kolkwijde-civil-affairs-database-1.kustland.example:5432"],
        "directory": [
            "kust-directory-server-1.zandermeer.kustland.example:53",
            "kust-directory-server-2.zandermeer.kustland.example:53",
            "kust-directory-server-1.veldoord.kustland.example:53",
            "kust-directory-server-2.veldoord.kustland.example:53",
        ],
        "service-bus": [
            "kust-service-bus-node-1.kustland.example:5672",
            "kust-service-bus-node-2.kustland.example:5672",
        ],
    }


def test_a_machine_with_a_data_disk_mounts_it_and_formats_it_only_if_blank_and_only_at_home(recorded, region: Region):
    for machine, site, user_data, _ in everyone(recorded, region):
        assert "fs_setup" not in user_data
        assert [mount[:2] for mount in user_data.get("mounts", [])] == [
            [f"LABEL={disk}", f"/srv/{disk}"] for disk in machine.disks
        ]
        for command in user_data.get("bootcmd", []):
            home = region.workloads[machine.workload].home == site
            assert ("mkfs.ext4" in command[2]) is home


@pytest.mark.parametrize(
    ("site", "holds", "said", "formatted", "refused"),
    [
        pytest.param("veldoord", "", "format", True, False, id="a new disk at home"),
        pytest.param("veldoord", "", "", True, False, id="at home, by a machine that was told nothing"),
        pytest.param("veldoord", "", "refuse", False, True, id="a copy that never came back"),
        pytest.param("veldoord", "ext4", "refuse", False, False, id="data that came back"),
        pytest.param("veldoord", "ext4", "format", False, False, id="data at home"),
        pytest.param("zandermeer", "", "format", False, True, id="a replica that never arrived"),
        pytest.param("zandermeer", "ext4", "refuse", False, False, id="a replica"),
    ],
)
def test_a_blank_disk_is_formatted_at_home_alone_and_only_if_it_is_new(
    recorded, tmp_path, site, holds, said, formatted, refused
):
    user_data = told(recorded, site, "kolkwijde-civil-affairs-database-1")
    ((_, options, command),) = user_data["bootcmd"]
    for name, does in {
        "wipefs": f"echo {holds}",
        "mkfs.ext4": f"touch {tmp_path}/formatted",
        "vmware-rpctool": f'[ "$*" = "info-get {cloud_init.BLANK}" ] && echo {said}',
    }.items():
        (program := tmp_path / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        program.chmod(0o755)
    command = command.replace("/dev/console", "/dev/null")
    done = subprocess.run(
        ["sh", options, command], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert (tmp_path / "formatted").exists() is formatted
    assert (done.returncode != 0) is refused
    assert ("is blank: its replica never arrived. It is not formatted" in done.stderr) is refused


def test_a_database_lives_on_the_data_disk_and_answers_its_own_application_alone(recorded):
    found = files(told(recorded, "zandermeer", "kolkwijde-civil-affairs-database-1"))
    assert "data_directory = '/srv/data/postgresql'" in found["/etc/postgresql/uitwijk.conf"]
    rules = [line for line in found["/etc/postgresql/uitwijk-hba.conf"].splitlines() if line.startswith("host")]
    assert rules == ["hostssl all all 10.12.24.0/24 scram-sha-256"]


def test_a_broker_spreads_sessions_over_all_hosts_of_its_own_organisation(recorded, region: Region):
    configuration = files(told(recorded, "zandermeer", "kolkwijde-workplaces-broker-1"))["/etc/haproxy/haproxy.cfg"]
    servers = {line.split()[1] for line in configuration.splitlines() if line.startswith("  server ")}
    hosts = {m.name for m in region.workloads["kolkwijde/workplaces"].machines if m.role == "session-host"}
    assert servers == hosts


def test_a_name_server_accepts_announcements_and_knows_every_machine_that_never_moves(recorded, region: Region):
    found = files(told(recorded, "zandermeer", "kust-directory-server-1"))
    zone = found["/etc/knot/names-that-stay.zone"].splitlines()
    assert "acl: [ announcement, other-name-servers ]" in found["/etc/knot/knot.conf"]
    for site in region.sites:
        for workload in region.workloads.values():
            for machine in workload.machines if workload.hot else ():
                name = f"{machine.name}.{site}.kustland.example"
                assert f"{name}. A {Standing(region, site, machine).address.ip}" in zone
    for building in region.buildings:
        assert f"document-printer.{building}.kustland.example. A {region.building_network(building)[10]}" in zone


def test_nothing_to_do_is_left_out_for_cloud_init_refuses_empty_lists(region: Region):
    machine = region.machines["kust-directory-server-1"]
    text = cloud_init.user_data(
        Standing(region, "veldoord", machine), Job(), break_glass_hash="hash", dns_update_key="key"
    )
    assert "runcmd" not in yaml.safe_load(text)


@pytest.mark.parametrize("site", ["veldoord", "zandermeer"])
def test_a_name_server_listens_on_its_own_address_and_leaves_the_local_resolver_its_port(
    recorded, region: Region, site
):
    (listen,) = yaml.safe_load(files(told(recorded, site, "kust-directory-server-2"))["/etc/knot/knot.conf"])["server"][
        "listen"
    ]
    assert listen == f"{Standing(region, site, region.machines['kust-directory-server-2']).address.ip}@53"


def test_files_of_packages_wait_for_the_packages(recorded):
    user_data = told(recorded, "zandermeer", "kust-service-bus-node-1")
    deferred = {file["path"] for file in user_data["write_files"] if file.get("defer")}
    assert deferred == {
        "/etc/rabbitmq/rabbitmq.conf",
        "/etc/rabbitmq/rabbitmq-env.conf",
        "/var/lib/rabbitmq/.erlang.cookie",
    }


@pytest.mark.parametrize("name", ["kust-service-bus-node-1", "kust-service-bus-node-2"])
def test_the_nodes_of_a_service_bus_know_each_other_by_one_secret(recorded, name):
    found = files(told(recorded, "zandermeer", name))
    assert found["/var/lib/rabbitmq/.erlang.cookie"] == "sentinel-kust-service-bus-cluster"
    assert found["/etc/rabbitmq/rabbitmq.conf"].count("classic_config.nodes") == 2
