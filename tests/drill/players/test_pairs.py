"""Nobody's clerks reach another municipality's persons register."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest

from tests.drill.players.conftest import placed
from tests.drill.players.world import World
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.pairs import every_pair
from uitwijk.drill.players.people import RECORDS, Account, append
from uitwijk.evidence.work_report import Transaction


@pytest.mark.parametrize("closed", [(), ("kolkwijde-town-hall",), ("wilgendam-town-hall", "wilgendam-town-hall")])
def test_a_clerk_reaches_the_own_register_and_no_other_wherever_it_sits(
    region: Region, loopback: Loopback, world: World, accounts: Mapping[str, Account], closed: tuple[str, ...]
) -> None:
    assert world.runs
    now = placed(region, *closed)
    found = every_pair(region, loopback, accounts, when="during", placement=now)
    assert [one for one in found if one.verdict != "passed"] == []
    read = {(one.municipality, one.host) for one in found if one.what == "record"}
    register = "{}-civil-affairs-application-1.kustland.example".format
    assert read == {(who, register(who)) for who in region.municipalities}
    # In a session, past it, and at the other's broker.
    pairs = product(region.municipalities, region.municipalities)
    asked = [(one.municipality, one.id.split("-person-")[0]) for one in found if one.what == "forbidden"]
    assert sorted(asked) == sorted(pair for pair in pairs for _ in range(1 if pair[0] == pair[1] else 3))
    sitting = {(who, building) for who in region.municipalities for building in now["seats"][who]["at"]}
    assert {(one.municipality, one.building) for one in found if one.what == "record"} == sitting
    assert all(one.building not in closed for one in found)


def faults(found: list[Transaction]) -> set[tuple[str, str, str]]:
    """Who, where, and why, of what did not end as it should."""
    return {(one.municipality, one.host.split(".")[0], one.why) for one in found if one.verdict != "passed"}


def test_a_register_that_lets_others_in_fails_loudly(
    region: Region, loopback: Loopback, world: World, accounts: Mapping[str, Account]
) -> None:
    world.unguarded = {"kolkwijde-civil-affairs-application-1"}
    found = faults(every_pair(region, loopback, accounts, when="before", placement=placed(region)))
    others = set(region.municipalities) - {"kolkwijde"}
    assert {who for who, _, _ in found} == set(region.municipalities)
    assert all(why.endswith(f"lets a clerk of {who} in") for who, _, why in found)
    assert {who for who, host, _ in found if host == "kolkwijde-civil-affairs-application-1"} >= others


def test_a_register_that_does_not_answer_has_refused_nobody(
    region: Region, loopback: Loopback, world: World, accounts: Mapping[str, Account]
) -> None:
    world.down = {"kolkwijde-civil-affairs-application-1"}
    found = every_pair(region, loopback, accounts, when="before", placement=placed(region))
    assert all(why.endswith(" does not answer") for _, _, why in faults(found))
    assert {who for who, _, _ in faults(found)} == set(region.municipalities)


def test_an_account_that_is_good_elsewhere_fails_loudly(
    region: Region, loopback: Loopback, world: World, accounts: Mapping[str, Account]
) -> None:
    store = region.stores("kolkwijde/workplaces")[0]
    append(world.disk("veldoord", store, "profiles") / RECORDS, accounts["reeenmeer"].line())
    found = faults(every_pair(region, loopback, accounts, when="before", placement=placed(region)))
    broker = "kolkwijde-workplaces-broker-1"
    assert found == {("reeenmeer", broker, f"{broker}.kustland.example lets a clerk of reeenmeer in")}
