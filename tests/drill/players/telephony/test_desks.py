"""Which number is logged in where."""

from __future__ import annotations

import hashlib

import pytest

from tests.drill.players.conftest import placed
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.players.telephony.desks import Account, Desk, accounts, telephone_address


def test_the_first_number_of_a_block_is_in_the_first_building_and_the_next_in_the_next(region: Region) -> None:
    numbers = {"kolkwijde/+31527991200": {"rings_at": {"wilgendam-town-hall": "", "kust-office": ""}}}
    assert accounts(region, numbers) == (
        Account("+31527991200", "+31527991200", Desk("kolkwijde", "wilgendam-town-hall")),
        Account("+31527991201", "+31527991200", Desk("kolkwijde", "kust-office")),
    )


def test_every_block_rings_in_every_building_where_its_municipality_sits(region: Region) -> None:
    numbers = placed(region, "zandermeer-town-hall")["numbers"]
    found = accounts(region, numbers)
    assert len({account.number for account in found}) == len(found)
    assert {(account.desk.municipality, account.block, account.desk.building) for account in found} == {
        (*key.split("/"), building) for key, placed_at in numbers.items() for building in placed_at["rings_at"]
    }


def test_a_block_with_fewer_numbers_than_buildings_is_refused(region: Region) -> None:
    everywhere = {f"building-{number}": "" for number in range(21)}
    with pytest.raises(UitwijkError, match=r"^reeenmeer/\+31527992200: rings in 21 buildings, and has 20 numbers"):
        accounts(region, {"reeenmeer/+31527992200": {"rings_at": everywhere}})


def test_no_two_telephones_have_one_address(region: Region) -> None:
    desks = [Desk(municipality, building) for municipality in region.municipalities for building in region.buildings]
    assert len({telephone_address(region, desk) for desk in desks}) == len(desks)
    assert str(telephone_address(region, Desk("kolkwijde", "kust-office"))) == "10.13.0.103"


def test_a_password_belongs_to_one_number_and_one_secret() -> None:
    account = Account("+31527991201", "+31527991200", Desk("kolkwijde", "kolkwijde-town-hall"))
    assert account.password("it") == hashlib.sha256(b"it:+31527991201").hexdigest()
