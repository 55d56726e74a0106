"""Secrets are protected wherever they stand. Every secret of a recording carries a sentinel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from uitwijk.resources.testing import SECRETS

STACKS = [("veldoord", "normal"), ("zandermeer", "normal"), ("zandermeer", "S2"), ("veldoord", "S3")]


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """All texts in nested data, with their paths."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, value


@pytest.mark.parametrize(("site", "situation"), STACKS)
def test_no_secret_is_handed_to_the_engine_unprotected(recorded, site, situation):
    marks = ("sentinel", "$2b$", SECRETS["dnsUpdateKey"])
    for registration in recorded(site, situation):
        for path, text in texts(registration.inputs):
            assert path in registration.secrets or not any(mark in text for mark in marks), (registration.urn, path)


@pytest.mark.parametrize(("site", "situation"), STACKS)
def test_no_export_holds_a_secret(recorded, site, situation):
    assert not any("sentinel" in text for _, text in texts(dict(recorded(site, situation).outputs)))


@pytest.mark.parametrize(("site", "situation"), STACKS)
def test_every_machine_is_told_its_secrets_in_protected_user_data(recorded, site, situation):
    for machine in recorded(site, situation).machines.values():
        assert machine.secrets == {"extraConfig.guestinfo.userdata"}
        assert "$2b$" in machine.user_data


def test_the_password_of_the_vcenter_is_protected(recorded):
    (provider,) = recorded("veldoord", "normal").of_type("vsphere")
    assert provider.secrets == {"password"}


def test_each_number_block_has_a_secret_of_its_own_at_each_site(recorded):
    secrets = {r.name for r in recorded("veldoord", "normal").of_type("RandomPassword") if "telephones" in r.name}
    assert {s for s in secrets if s.startswith("reeenmeer")} == {
        "reeenmeer-telephones-31525992200",
        "reeenmeer-telephones-31527992200",
        "reeenmeer-telephones-31789912200",
    }
    assert len(secrets) == 5


def test_no_break_glass_password_is_told_in_the_clear(recorded):
    for machine in recorded("zandermeer", "S2").machines.values():
        assert "break-glass" not in machine.user_data
