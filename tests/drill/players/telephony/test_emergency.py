"""112 from every building reaches the control room with that building's location, whichever call server takes it."""

from __future__ import annotations

from itertools import product

import pytest

from tests.drill.players.telephony.conftest import Exchange
from uitwijk.drill.players.telephony import Telephony
from uitwijk.drill.players.telephony.carrier import CONTROL_ROOM
from uitwijk.drill.players.telephony.emergency import FORMS

pytestmark = pytest.mark.timeout(300)


def locations(exchange: Exchange) -> dict[str, str]:
    """What the catalogue says."""
    return {slug: building.emergency_location for slug, building in exchange.region.buildings.items()}


def test_112_carries_the_location_of_every_open_building_and_other_calls_carry_none(
    exchange: Exchange, people: Telephony
) -> None:
    closed = "kolkwijde-town-hall"
    people.telephones.building_closed(closed)
    people.telephones.sit(exchange.numbers(closed))
    calls = people.round("during", exchange.numbers(closed))
    emergencies = {call.building: call.location for call in calls if call.kind == "emergency"}
    assert emergencies == {slug: told for slug, told in locations(exchange).items() if slug != closed}
    forms = [(call.building, call.number) for call in calls if call.kind == "emergency"]
    assert sorted(forms) == sorted(product(emergencies, FORMS))
    outside = [call for call in calls if call.kind == "outside"]
    assert len(outside) == len(emergencies)
    assert {call.location for call in outside} == {None}
    assert [call.why for call in calls if call.verdict != "passed"] == []


@pytest.mark.parametrize("lost", ["veldoord", "zandermeer"])
def test_112_carries_the_location_through_the_call_servers_of_either_site(
    exchange: Exchange, people: Telephony, lost: str
) -> None:
    people.telephones.sit(exchange.numbers())
    exchange.guests.cut(lost)
    try:
        for building in ("kolkwijde-town-hall", "kust-office"):
            call = people.emergency(building)
            assert (call.answered_by, call.location) == (CONTROL_ROOM, locations(exchange)[building])
            assert call.via is not None
            assert lost not in call.via
    finally:
        exchange.boot(lost)


def test_a_building_that_the_call_servers_have_wrong_fails_and_names_both_places(
    exchange: Exchange, people: Telephony, monkeypatch: pytest.MonkeyPatch
) -> None:
    building = exchange.region.buildings["wilgendam-town-hall"]
    moved = building.model_copy(update={"emergency_location": "NL, Kustland, Wilgendam, new town hall"})
    people.telephones.sit(exchange.numbers())
    monkeypatch.setitem(exchange.region.buildings, "wilgendam-town-hall", moved)  # type: ignore[arg-type]
    calls = people.round("during", exchange.numbers())
    assert [call.why for call in calls if call.verdict != "passed"] == [
        f'{form} from wilgendam-town-hall told the control room "{building.emergency_location}"; '
        'it should be "NL, Kustland, Wilgendam, new town hall"'
        for form in FORMS
    ]
