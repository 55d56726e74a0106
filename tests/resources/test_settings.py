"""A stack's configuration: bad input gets one clear error that names everything."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.resources.settings import StackSettings, read_settings
from uitwijk.resources.testing import SECRETS, record

GOOD = {"site": "veldoord", "vcenter": {"server": "vcenter.example:8443", "user": "uitwijk"}}


def read(config: dict[str, Any], secrets: dict[str, str] = SECRETS, stack: str = "veldoord") -> StackSettings:
    found: list[StackSettings] = []
    record(lambda: found.append(read_settings()), stack=stack, config=config, secrets=secrets)
    return found[0]


def problems(config: dict[str, Any], secrets: dict[str, str] = SECRETS, stack: str = "veldoord") -> list[str]:
    with pytest.raises(UitwijkError) as told:
        read(config, secrets, stack)
    return list(told.value.problems)


def test_what_is_left_out_has_the_documented_default():
    settings = read(GOOD)
    assert (settings.catalogue, settings.situation) == (Path("catalogue"), Path("situation.yaml"))
    assert (settings.guest_network_wait_minutes, settings.peer_backends) == (5, {})


def test_everything_that_is_said_is_taken():
    settings = read(
        GOOD
        | {
            "catalogue": "elsewhere",
            "guestNetworkWaitMinutes": 0,
            "peers": {"zandermeer": {"backend": "file:///state"}},
            "kept": {"state": "veldoord", "secrets": "elsewhere"},
        }
    )
    assert settings.catalogue == Path("elsewhere")
    assert settings.guest_network_wait_minutes == 0
    assert settings.peer_backends == {"zandermeer": "file:///state"}
    assert settings.kept_at == ("veldoord", "elsewhere")


def test_every_mistake_is_told_at_once():
    told = problems(
        {
            "site": "veldoord",
            "vcenter": {"server": "https://vcenter.example", "user": "uitwijk", "password": "x"},
            "guestNetworkWaitMinutes": -1,
            "sitaution": "other.yaml",
            "peers": {"zandermeer": {}},
        },
        {"vcenterPassword": "x", "carrierPassword": "x"},
    )
    places = sorted(line.split(": ")[1] for line in told)
    assert places == [
        "dnsUpdateKey",
        "guestNetworkWaitMinutes",
        "peers.zandermeer.backend",
        "sitaution",
        "vcenter.password",
        "vcenter.server",
    ]
    assert all(line.startswith("Pulumi.veldoord.yaml: ") for line in told)


def test_a_missing_secret_comes_with_the_command_that_sets_it():
    (line,) = problems(GOOD, {key: value for key, value in SECRETS.items() if key != "carrierPassword"})
    assert "pulumi config set --secret uitwijk:carrierPassword --stack veldoord" in line


def test_a_secret_in_plain_text_is_refused_and_not_repeated():
    plain = {"vcenterPassword": "hunter2"}
    (line,) = problems(GOOD | plain, {key: value for key, value in SECRETS.items() if key not in plain})
    assert "plain text" in line
    assert "hunter2" not in line


@pytest.mark.parametrize("key", ["not base64!", base64.b64encode(b"short").decode()])
def test_a_key_that_no_name_server_takes_is_refused(key):
    (line,) = problems(GOOD, SECRETS | {"dnsUpdateKey": key})
    assert line.startswith("Pulumi.veldoord.yaml: dnsUpdateKey: ")
    assert key not in line


def test_a_stack_is_named_after_its_site():
    (line,) = problems(GOOD, stack="production")
    assert line == (
        "Pulumi.production.yaml: site: veldoord is not the name of this stack, production; "
        "a stack is named after its site"
    )


def test_a_site_that_the_catalogue_does_not_know_is_refused(region: Region):
    kept = {"state": "dokkum", "secrets": "elsewhere"}
    settings = read(GOOD | {"site": "elders", "peers": {"drachten": {"backend": "x"}}, "kept": kept}, stack="elders")
    with pytest.raises(UitwijkError) as told:
        settings.check_against(region)
    assert list(told.value.problems) == [
        "Pulumi.elders.yaml: site: elders is no site of the catalogue; there are: veldoord, zandermeer",
        "Pulumi.elders.yaml: peers: drachten is no site; there are: veldoord, zandermeer",
        "Pulumi.elders.yaml: kept: dokkum is no site, nor elsewhere; there are: veldoord, zandermeer",
    ]
