"""What a vCenter lacks is told at once, on a normal day, at both sites."""

from __future__ import annotations

import pulumi
import pytest

from uitwijk.resources.testing import record_site


@pytest.fixture
def errors(monkeypatch) -> list[str]:
    """What the program tells the user, line by line."""
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", lambda text: told.extend(text.splitlines()))
    return told


def test_everything_that_is_missing_is_named_at_once_with_site_and_remedy(errors):
    missing = ["data-bolsward", "templates/debian-12-desktop", "harlingen-servers", "leeuwarden-voice"]
    with pytest.raises(SystemExit):
        record_site("leeuwarden", missing=missing)
    assert errors == [
        "vCenter vcenter.leeuwarden.uitwijk.example of leeuwarden: no datastore data-bolsward "
        "('data-bolsward' not found); mount it under this name at every host",
        "vCenter vcenter.leeuwarden.uitwijk.example of leeuwarden: no network harlingen-servers "
        "('harlingen-servers' not found); make a port group with this name at every host",
        "vCenter vcenter.leeuwarden.uitwijk.example of leeuwarden: no network leeuwarden-voice "
        "('leeuwarden-voice' not found); make a port group with this name at every host",
        "vCenter vcenter.leeuwarden.uitwijk.example of leeuwarden: no template debian-12-desktop "
        "('templates/debian-12-desktop' not found); copy the golden template of the other site into folder templates",
    ]


def test_a_vcenter_that_lets_nobody_in_is_told_once(errors):
    with pytest.raises(SystemExit):
        record_site("bolsward", missing=["bolsward", "local"])
    assert len(errors) == 1
    assert "there must be a datacenter bolsward" in errors[0]
    assert "`uitwijk:vcenterPassword` must be able to log in" in errors[0]
