"""Printers keep what they are sent; stations say where they are; a closed building is silent."""

from __future__ import annotations

import hashlib
import socket

import pytest

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.buildings import PORT, Buildings, visit

PRINTER = "document-printer"


def send(address: str, document: bytes) -> str:
    """Prints a document, and gives its SHA-256."""
    with socket.create_connection((address, PORT)) as connection:
        connection.sendall(document)
    return hashlib.sha256(document).hexdigest()


def test_a_printer_keeps_each_document_in_the_queue_of_its_building(
    region: Region, loopback: Loopback, buildings: Buildings
) -> None:
    first, second = b"%PDF-1.4 " + b"x" * 300_000, b"%PDF-1.4 second"
    for document in (first, second):
        printer = loopback.address(region.station_address("wilgendam-town-hall", PRINTER))
        (printed,) = buildings.printed(send(printer, document))
        assert (printed.building, printed.size, printed.file.read_bytes()) == (
            "wilgendam-town-hall",
            len(document),
            document,
        )
    queues = buildings.queues
    assert [printed.file.name for printed in queues["wilgendam-town-hall"]] == ["0001.pdf", "0002.pdf"]
    assert {building for building, queue in queues.items() if queue} == {"wilgendam-town-hall"}


def test_the_travel_document_station_says_where_it_is(region: Region, loopback: Loopback, buildings: Buildings) -> None:
    assert buildings.queues
    address = loopback.address(region.station_address("kolkwijde-town-hall", "travel-document-station"))
    assert visit(address, loopback.outside(20)) == "travel-document-station kolkwijde-town-hall"


def test_nothing_in_a_closed_building_answers_until_it_opens_again(
    region: Region, loopback: Loopback, buildings: Buildings
) -> None:
    address = loopback.address(region.station_address("kolkwijde-town-hall", "travel-document-station"))
    printer = loopback.address(region.station_address("kolkwijde-town-hall", PRINTER))
    buildings.close("kolkwijde-town-hall")
    assert visit(address, loopback.outside(20)) is None
    with pytest.raises(ConnectionRefusedError):
        send(printer, b"%PDF-")
    buildings.open("kolkwijde-town-hall")
    assert visit(address, loopback.outside(20)) == "travel-document-station kolkwijde-town-hall"
    assert buildings.printed(send(printer, b"%PDF-"))


def test_an_address_that_is_taken_is_named(region: Region, loopback: Loopback, buildings: Buildings) -> None:
    printer = loopback.address(region.station_address("wilgendam-town-hall", PRINTER))
    buildings.close("wilgendam-town-hall")
    with socket.create_server((printer, PORT)), pytest.raises(UitwijkError) as error:
        buildings.open("wilgendam-town-hall")
    assert str(error.value) == (
        f"document-printer of wilgendam-town-hall: cannot listen at {printer}:{PORT}: Address already in use; "
        "stop what uses it"
    )
