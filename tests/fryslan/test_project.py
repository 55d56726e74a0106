"""Fryslân's project as it is delivered: its stack files, its keys, its program."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.resources.test_settings import read
from uitwijk.resources.testing import SECRETS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("site", ["bolsward", "leeuwarden"])
def test_the_delivered_stack_file_is_accepted_and_holds_no_secret(site):
    text = (ROOT / f"Pulumi.{site}.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(text)["config"]
    settings = read({key.removeprefix("uitwijk:"): value for key, value in content.items()}, stack=site)
    assert settings.site == site
    assert not any(word in text for word in ("secure:", "encryptionsalt", "encryptedkey"))


def test_the_project_declares_every_key_and_marks_the_secret_ones():
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    own = {key: definition for key, definition in declared.items() if ":" not in key}
    assert {key for key, definition in own.items() if definition.get("secret")} == set(SECRETS)
    assert set(own) - set(SECRETS) == {
        "site",
        "catalogue",
        "situation",
        "vcenter",
        "guestNetworkWaitMinutes",
        "peers",
        "kept",
    }
    assert all(definition["description"] for definition in own.values())


def test_the_program_stays_short_enough_to_read():
    lines = (ROOT / "__main__.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
