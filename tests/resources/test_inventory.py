"""What a vCenter lacks is told at once, on a normal day, at both sites."""

from __future__ import annotations

import pulumi
import pytest

from tests.recorded import record_small


@pytest.fixture
def errors(monkeypatch) -> list[str]:
    """What the program tells the user, line by line."""
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", lambda text: told.extend(text.splitlines()))
    return told


def test_everything_that_is_missing_is_named_at_once_with_site_and_remedy(errors):
    missing = ["data-veldoord", "templates/debian-12-desktop", "kolkwijde-servers", "zandermeer-voice"]
    with pytest.raises(SystemExit):
        record_small("zandermeer", missing=missing)
    assert errors == [
        "vCenter vcenter.zandermeer.uitwijk.example of zandermeer: no datastore data-veldoord "
        "('data-veldoord' not found); mount it under this name at every host",
        "vCenter vcenter.zandermeer.uitwijk.example of zandermeer: no network kolkwijde-servers "
        "('kolkwijde-servers' not found); make a port group with this name at every host",
        "vCenter vcenter.zandermeer.uitwijk.example of zandermeer: no network zandermeer-voice "
        "('zandermeer-voice' not found); make a port group with this name at every host",
        "vCenter vcenter.zandermeer.uitwijk.example of zandermeer: no template debian-12-desktop "
        "('templates/debian-12-desktop' not found); copy the golden template of the other site into folder templates",
    ]


def test_a_vcenter_that_lets_nobody_in_is_told_once(errors):
    with pytest.raises(SystemExit):
        record_small("veldoord", missing=["veldoord", "local"])
    assert len(errors) == 1
    assert "there must be a datacenter veldoord" in errors[0]
    assert "`uitwijk:vcenterPassword` must be able to log in" in errors[0]
