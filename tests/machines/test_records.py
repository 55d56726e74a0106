"""What each cold machine is told of who keeps records, who passes them on, and who may ask."""

from __future__ import annotations

import ast
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from tests.machines.test_cloud_init import files, told
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.machines import records
from uitwijk.machines.records import configuration, records_job

SITE = "zandermeer"


def known(region: Region, name: str, site: str = SITE) -> dict[str, Any]:
    return configuration(Standing(region, site, region.machines[name]))


def machine(host: str) -> str:
    return host.removesuffix(".kustland.example")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("kolkwijde-civil-affairs-database-1", {"records": "store"}),
        ("kolkwijde-workplaces-profiles-1", {"records": "store"}),
        ("kolkwijde-civil-affairs-application-1", {"records": "front_end"}),
        ("kolkwijde-counter-application-1", {"records": "front_end", "documents": "counter"}),
        ("kolkwijde-workplaces-broker-1", {"session": "broker"}),
        ("kolkwijde-workplaces-session-host-1", {"session": "session_host"}),
        ("kust-service-bus-node-1", {}),
    ],
)
def test_what_a_machine_does_follows_from_what_it_is_made_of(region: Region, name, parts):
    assert known(region, name)["parts"] == parts


@pytest.mark.parametrize(
    ("name", "keeper"),
    [
        ("kolkwijde-civil-affairs-application-1", "kolkwijde-civil-affairs-database-1"),
        ("kolkwijde-counter-application-1", "kolkwijde-civil-affairs-application-1"),
        ("kolkwijde-taxes-application-1", "kust-databases-server-1"),
        ("kust-e-services-web-1", "kust-case-management-application-1"),
        ("zandermeer-base-registries-application-1", "zandermeer-databases-server-1"),
    ],
)
def test_records_go_to_the_nearest_disk_or_whoever_leads_to_one(region: Region, name, keeper):
    assert machine(known(region, name)["keeper"]) == keeper


def test_every_front_end_leads_to_a_disk(region: Region):
    for name, one in region.machines.items():
        if region.workloads[one.workload].hot:
            continue
        told_of = known(region, name)
        while "keeper" in told_of:
            told_of = known(region, machine(told_of["keeper"]))
        assert "records" not in told_of["parts"] or "store" in told_of, name


def test_whoever_is_asked_lets_those_in_who_need_it(region: Region):
    for name, one in region.machines.items():
        if region.workloads[one.workload].hot:
            continue
        told_of = known(region, name)
        others = [host for hosts in told_of["needs"] for host in hosts]
        others += [told_of[key] for key in ("keeper", "accounts") if key in told_of]
        others += told_of.get("sessions", [])
        for other in others:
            allowed = [ip_network(network) for network in known(region, machine(other))["allowed"]]
            assert any(Standing(region, SITE, one).address.ip in network for network in allowed), (name, other)


def test_the_persons_register_is_for_the_own_session_hosts_alone(region: Region):
    for whose in region.municipalities:
        allowed = [ip_network(n) for n in known(region, f"{whose}-civil-affairs-application-1")["allowed"]]
        for who in region.municipalities:
            host = region.machines[f"{who}-workplaces-session-host-1"]
            assert any(Standing(region, SITE, host).address.ip in network for network in allowed) == (who == whose)


def test_brokers_are_used_from_every_building_and_nothing_else_is(region: Region):
    seat = region.building_network("wilgendam-town-hall")[50]
    for name, one in region.machines.items():
        if region.workloads[one.workload].hot or region.services[one.service].connections & {"internet"}:
            continue
        allowed = [ip_network(network) for network in known(region, name)["allowed"]]
        assert any(seat in network for network in allowed) == (one.role == "broker"), name


def test_documents_are_printed_at_the_station_that_the_process_needs(region: Region):
    told_of = known(region, "kolkwijde-counter-application-1")
    assert (told_of["printer"], told_of["domain"]) == ("document-printer", "kustland.example")
    job = records_job(Standing(region, SITE, region.machines["kolkwijde-counter-application-1"]))
    assert list(job.packages) == ["python3", "python3-reportlab"]


def test_a_store_waits_for_its_disk_and_nothing_runs_as_root(recorded):
    unit = files(told(recorded, SITE, "kolkwijde-civil-affairs-database-1"))["/etc/systemd/system/records.service"]
    assert "RequiresMountsFor=/srv/data\n" in unit
    assert "User=www-data\n" in unit
    without = files(told(recorded, SITE, "kolkwijde-counter-application-1"))["/etc/systemd/system/records.service"]
    assert "/srv" not in without


@pytest.mark.parametrize(
    ("name", "file", "line"),
    [
        ("kolkwijde-workplaces-broker-1", "/etc/haproxy/haproxy.cfg", "  bind 10.12.25.10:3389"),
        ("kolkwijde-civil-affairs-database-1", "/etc/postgresql/uitwijk.conf", "listen_addresses = '10.12.24.40'"),
        ("kust-service-bus-node-1", "/etc/rabbitmq/rabbitmq.conf", "listeners.tcp.default = 10.12.0.20:5672"),
    ],
)
def test_a_service_listens_on_its_own_address_alone(recorded, name, file, line):
    assert line in files(told(recorded, SITE, name))[file].splitlines()


def test_a_database_is_not_moved_to_a_disk_that_is_not_there(recorded):
    script = files(told(recorded, SITE, "kolkwijde-civil-affairs-database-1"))["/usr/local/sbin/move-database"]
    assert "for disk in /srv/data; do\n  mountpoint -q" in script
    assert script.index("mountpoint -q") < script.index("systemctl stop postgresql") < script.index("mkdir")


@pytest.mark.parametrize("file", sorted(records.SOURCES.glob("*.py")), ids=lambda file: file.stem)
def test_machines_get_each_part_as_it_is_here_without_comments(file: Path):
    source, text = file.read_text(encoding="utf-8"), records.without_comments(file.stem)
    assert ast.dump(without_texts(ast.parse(text))) == ast.dump(without_texts(ast.parse(source)))
    assert '"""' not in text.replace('    """Nothing: there are too many."""\n', "")
    assert [line for line in text.splitlines()[1:] if not line.strip() or line.lstrip().startswith("#")] == []


def without_texts(tree: ast.Module) -> ast.Module:
    """The same, with `pass` for every docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            texts = [p for p in node.body if isinstance(p, ast.Expr) and isinstance(p.value, ast.Constant)]
            node.body = [part for part in node.body if part not in texts] or [ast.Pass()]
    return tree
