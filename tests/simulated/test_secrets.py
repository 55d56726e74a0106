"""The secrets that the stacks of simulated sites get."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.regions import SMALL
from uitwijk.continuity import load_region
from uitwijk.simulated.project import made_up_secrets


def test_a_recipe_of_the_region_gets_the_shared_secret_that_it_asks_for(tmp_path: Path) -> None:
    copy = SMALL.copy(tmp_path / "region")
    recipes = copy.catalogue / "recipes"
    recipes.mkdir(exist_ok=True)
    contract = (
        'does: "Watches the others."\npackages: [nagios4]\nsecrets: {watch-token: shared}\n'
        "standby: cold\npublic: true\n"
    )
    (recipes / "watch.yaml").write_text(contract, encoding="utf-8")
    services = copy.catalogue / "services.yaml"
    role = "gateway: {recipe: wireguard,"
    text = services.read_text(encoding="utf-8")
    assert text.count(role) == 1
    services.write_text(text.replace(role, "gateway: {recipe: watch,"), encoding="utf-8")
    assert made_up_secrets(load_region(copy.catalogue)).keys() == {"dns-update-key", "carrier-password", "watch-token"}


def test_the_name_servers_key_is_long_enough_and_no_two_regions_share_a_secret() -> None:
    one, other = made_up_secrets(SMALL.region), made_up_secrets(SMALL.region)
    assert len(base64.b64decode(one["dns-update-key"], validate=True)) == 32
    assert not set(one.values()) & set(other.values())
