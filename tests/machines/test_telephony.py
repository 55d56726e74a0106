"""Numbers ring where their telephones are, and 112 tells the right building."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uitwijk.continuity.numbers import NumberBlock
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.machines.jobs.job import Job
from uitwijk.machines.jobs.telephony import CARRIER, civic_address, pattern, telephony_job


def job(region: Region, site: str, name: str) -> Job:
    machine = region.machines[name]
    municipality = region.municipalities.get(machine.organisation)
    blocks = municipality.number_blocks if municipality else ()
    return telephony_job(
        Standing(region, site, machine), {CARRIER: "it's", **{block.key: f"of {block.key}" for block in blocks}}
    )


def configuration(region: Region, site: str, name: str) -> tuple[str, list[str]]:
    """Kamailio's configuration, and the lines of its destinations."""
    found = {file.path: file.content for file in job(region, site, name).files}
    return found["/etc/kamailio/kamailio.cfg"], found["/etc/kamailio/dispatcher.list"].splitlines()


@given(st.integers(0, 9_999), st.integers(0, 9_999))
def test_a_pattern_matches_the_numbers_of_its_block_and_no_other(one, other):
    first, last = sorted((one, other))
    if first == last:
        last += 1
    block = NumberBlock(first=f"0517-49{first:04}", last=f"0517-4{90_000 + last:05}")
    numbers = re.compile(pattern([block]))
    for near in {first - 1, first, first + 1, last - 1, last, last + 1, (first + last) // 2}:
        number = 31517490000 + near
        assert bool(numbers.match(str(number))) == bool(numbers.match(f"+{number}")) == (number in block.numbers)


def test_a_call_server_lets_only_the_numbers_of_its_municipality_log_in(region: Region):
    text, _ = configuration(region, "bolsward", "littenseradiel-telephony-call-server-1")
    secrets = re.findall(r'if \(\$var\(number\) =~ "(.*)"\) \$var\(secret\) = "(.*)";', text)
    assert [secret for _, secret in secrets] == ["of +31515992200", "of +31517991200", "of +31589912200"]
    assert re.match(secrets[1][0], "31517991219")
    assert not any(re.match(numbers, "31517991220") for numbers, _ in secrets)


@pytest.mark.parametrize("name", ["harlingen-telephony-call-server-1", "iszf-session-border-controller-1"])
def test_a_destination_without_an_address_at_start_is_asked_for_again_and_not_left_out(region: Region, name):
    text, _ = configuration(region, "bolsward", name)
    assert 'modparam("dispatcher", "ds_dns_mode", 2)' in text
    assert "dns_cache_negative_ttl=5" in text


def test_a_number_of_nobody_here_is_refused_before_a_password_is_made(region: Region):
    text, _ = configuration(region, "bolsward", "harlingen-telephony-call-server-1")
    login = text[text.index("route[LOGIN] {") :]
    # Kamailio's $var knows no null: as 0 it made one password, known to all, for every number of the world.
    assert login.index('$var(secret) = "";') < login.index("$var(number) =~")
    assert login.index('if ($var(secret) == "") { sl_send_reply("403"') < login.index("$var(plain) =")
    assert "$null" not in text


@pytest.mark.parametrize("site", ["bolsward", "leeuwarden"])
def test_112_carries_the_location_of_each_building_whichever_call_server_takes_it(region: Region, site):
    for municipality in region.municipalities:
        text, _ = configuration(region, site, f"{municipality}-telephony-call-server-1")
        known = re.findall(r'is_in_subnet\(\$si, "(.*)"\)\) {\n.* = "(.*)";\n.* = "(.*)";', text)
        assert known == [
            (str(region.building_network(slug)), slug, civic_address(building.emergency_location))
            for slug, building in region.buildings.items()
        ]


@pytest.mark.parametrize(
    ("location", "address"),
    [
        (
            "NL, Fryslân, Balk, town hall, main entrance",
            "<ca:country>NL</ca:country><ca:A1>Fryslân</ca:A1><ca:A3>Balk</ca:A3>"
            "<ca:LOC>town hall, main entrance</ca:LOC>",
        ),
        ("Balk & <Lemmer>", "<ca:LOC>Balk &amp; &lt;Lemmer&gt;</ca:LOC>"),
        ("Netherlands, Fryslân, Balk, hall", "<ca:LOC>Netherlands, Fryslân, Balk, hall</ca:LOC>"),
    ],
)
def test_a_location_is_told_in_the_parts_that_it_has(location, address):
    assert civic_address(location) == address


def test_outside_calls_go_to_the_border_controllers_of_the_own_site_first(region: Region):
    _, destinations = configuration(region, "leeuwarden", "harlingen-telephony-call-server-1")
    assert [line for line in destinations if not line.startswith("#")] == [
        "1 sip:iszf-session-border-controller-1.leeuwarden.uitwijk.example:5060 0 4",
        "1 sip:iszf-session-border-controller-2.leeuwarden.uitwijk.example:5060 0 3",
        "1 sip:iszf-session-border-controller-1.bolsward.uitwijk.example:5060 0 2",
        "1 sip:iszf-session-border-controller-2.bolsward.uitwijk.example:5060 0 1",
    ]


def test_a_border_controller_gives_each_number_to_its_own_municipality_alone(region: Region):
    text, destinations = configuration(region, "bolsward", "iszf-session-border-controller-1")
    routes = re.findall(r'if \(\$rU =~ "(.*)"\) \$var\(set\) = (\d+);', text)
    for slug, municipality in region.municipalities.items():
        for block in municipality.number_blocks:
            sets = [number for numbers, number in routes if re.match(numbers, block.key)]
            assert len(sets) == 1
            assert sum(line.startswith(f"{sets[0]} sip:{slug}-telephony-") for line in destinations) == 2


def test_a_border_controller_tells_the_carrier_who_it_is(region: Region):
    text, destinations = configuration(region, "leeuwarden", "iszf-session-border-controller-2")
    assert 'modparam("uac", "credential", "iszf:sip.carrier.example:it\'s")' in text
    assert "1 sip:sip.carrier.example 0 1" in destinations


def test_what_a_person_writes_cannot_break_out_of_the_configuration(region: Region):
    building = region.buildings["iszf-office"].model_copy(update={"emergency_location": 'a"; exit;\n\\'})
    spoilt = region.__class__(
        **{
            **{name: getattr(region, name) for name in region.__dataclass_fields__},
            "buildings": {"iszf-office": building},
        }
    )
    text, _ = configuration(spoilt, "bolsward", "harlingen-telephony-call-server-1")
    assert r'$var(address) = "<ca:LOC>a\"; exit;\\</ca:LOC>";' in text


def test_only_root_and_the_exchange_read_its_configuration(region: Region):
    for name in ("harlingen-telephony-call-server-1", "iszf-session-border-controller-1"):
        (file,) = [f for f in job(region, "bolsward", name).files if f.path == "/etc/kamailio/kamailio.cfg"]
        assert (file.owner, file.permissions) == ("root:kamailio", "0640")
