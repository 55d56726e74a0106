"""The map of the region's plan onto the loopback network."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback

BLOCKS = [ipaddress.IPv4Network(f"10.{second}.0.0/16") for second in (11, 12, 13)]
SHIFTS = st.integers(0, 14).map(lambda number: number * 16)
PLANNED = st.integers(0, 3 * 65536 - 1).map(lambda number: BLOCKS[0][0] + number)
ADDRESSES = st.one_of(PLANNED, st.ip_addresses(v=4)).map(str)
BETWEEN = st.text(st.sampled_from("\n :;/\"'(){}=,@-_abcsip"), max_size=8)


@given(PLANNED, SHIFTS, PLANNED, SHIFTS)
def test_two_addresses_of_two_drills_never_meet(
    one: ipaddress.IPv4Address, shift: int, other: ipaddress.IPv4Address, another: int
) -> None:
    here, there = Loopback(BLOCKS, shift).address(one), Loopback(BLOCKS, another).address(other)
    assert (here == there) == ((one, shift) == (other, another))
    assert ipaddress.IPv4Address(here).is_loopback


@given(SHIFTS, PLANNED, SHIFTS, st.integers(1, 254))
def test_nobody_outside_is_at_an_address_of_the_region(
    shift: int, inside: ipaddress.IPv4Address, another: int, number: int
) -> None:
    assert Loopback(BLOCKS, shift).address(inside) != Loopback(BLOCKS, another).outside(number)


@given(st.lists(st.tuples(BETWEEN, ADDRESSES)), BETWEEN, SHIFTS)
def test_in_a_text_every_address_is_mapped_and_nothing_else_changes(
    parts: list[tuple[str, str]], end: str, shift: int
) -> None:
    loopback = Loopback(BLOCKS, shift)
    # An address that follows another without anything between them is none.
    text = "".join(f" {before}{address}" for before, address in parts) + end
    expected = "".join(f" {before}{loopback.address(address)}" for before, address in parts) + end
    assert loopback.text(text) == expected


@pytest.mark.parametrize(
    ("text", "mapped"),
    [
        ("allow 10.11.0.0/16", "allow 127.27.0.0/16"),
        ("listen=udp:10.12.35.20:5060", "listen=udp:127.28.35.20:5060"),
        ("It is 10.13.4.10.", "It is 127.29.4.10."),
        (r'{"a": "x\n10.11.8.1"}', r'{"a": "x\n127.27.8.1"}'),
        (
            "10.14.0.1 110.11.0.1 10.11.0.256 1.10.11.0.1 10.11.0.1.5",
            "10.14.0.1 110.11.0.1 10.11.0.256 1.10.11.0.1 10.11.0.1.5",
        ),
    ],
)
def test_networks_ports_and_sentences_are_understood(text: str, mapped: str) -> None:
    assert Loopback(BLOCKS, 16).text(text) == mapped


@pytest.mark.parametrize("block", ["10.27.0.0/16", "10.4.0.0/16", "10.16.0.0/16", "10.14.0.0/15"])
def test_a_plan_that_would_meet_another_drill_is_refused(block: str) -> None:
    with pytest.raises(UitwijkError, match=block):
        Loopback([*BLOCKS, ipaddress.IPv4Network(block)])


def test_two_drills_get_two_maps_and_give_them_back(region: Region) -> None:
    with Loopback.reserve(region) as one, Loopback.reserve(region) as other:
        assert one.shift != other.shift
        assert one.address("10.11.8.10") != other.address("10.11.8.10") != "10.11.8.10"
    with Loopback.reserve(region) as again:
        assert again.shift <= one.shift
