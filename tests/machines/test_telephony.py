"""Numbers ring where their telephones are, and 112 tells the right building."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uitwijk.continuity.numbers import NumberBlock
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import Job
from uitwijk.machines.recipes import JOBS
from uitwijk.machines.recipes.call_server import civic_address
from uitwijk.machines.recipes.kamailio import pattern


def job(region: Region, site: str, name: str) -> Job:
    machine = region.machines[name]
    municipality = region.municipalities.get(machine.organisation)
    blocks = municipality.number_blocks if municipality else ()
    known = {"carrier-password": "it's", **{block.key: f"of {block.key}" for block in blocks}}
    return JOBS[region.role(machine).recipe](Standing(region, site, machine), known)


def configuration(region: Region, site: str, name: str) -> tuple[str, list[str]]:
    """Kamailio's configuration, and the lines of its destinations."""
    found = {file.path: file.content for file in job(region, site, name).files}
    return found["/etc/kamailio/kamailio.cfg"], found["/etc/kamailio/dispatcher.list"].splitlines()


@given(st.integers(0, 9_999), st.integers(0, 9_999))
def test_a_pattern_matches_the_numbers_of_its_block_and_no_other(one, other):
    first, last = min(one, other, 9_998), max(one, other)
    last = max(last, first + 1)
    block = NumberBlock(first=f"0527-99{first:04}", last=f"0527-99{last:04}")
    numbers = re.compile(pattern([block]))
    for near in {first - 1, first, first + 1, last - 1, last, last + 1, (first + last) // 2}:
        number = 31527990000 + near
        assert bool(numbers.match(str(number))) == bool(numbers.match(f"+{number}")) == (number in block.numbers)


def test_a_call_server_lets_only_the_numbers_of_its_municipality_log_in(region: Region):
    text, _ = configuration(region, "veldoord", "reeenmeer-telephony-call-server-1")
    secrets = re.findall(r'if \(\$var\(number\) =~ "(.*)"\) \$var\(secret\) = "(.*)";', text)
    assert [secret for _, secret in secrets] == ["of +31525992200", "of +31527992200", "of +31789912200"]
    assert re.match(secrets[1][0], "31527992219")
    assert not any(re.match(numbers, "31527992220") for numbers, _ in secrets)


@pytest.mark.parametrize("name", ["kolkwijde-telephony-call-server-1", "kust-session-border-controller-1"])
def test_a_destination_without_an_address_at_start_is_asked_for_again_and_not_left_out(region: Region, name):
    text, _ = configuration(region, "veldoord", name)
    assert 'modparam("dispatcher", "ds_dns_mode", 2)' in text
    assert "dns_cache_negative_ttl=5" in text


def test_a_number_of_nobody_here_is_refused_before_a_password_is_made(region: Region):
    text, _ = configuration(region, "veldoord", "kolkwijde-telephony-call-server-1")
    login = text[text.index("route[LOGIN] {") :]
    # Kamailio's $var knows no null: as 0 it made one password, known to all, for every number of the world.
    assert login.index('$var(secret) = "";') < login.index("$var(number) =~")
    assert login.index('if ($var(secret) == "") { sl_send_reply("403"') < login.index("$var(plain) =")
    assert "$null" not in text


@pytest.mark.parametrize("site", ["veldoord", "zandermeer"])
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
            "NL, Kustland, Wilgendam, town hall, main entrance",
            "<ca:country>NL</ca:country><ca:A1>Kustland</ca:A1><ca:A3>Wilgendam</ca:A3>"
            "<ca:LOC>town hall, main entrance</ca:LOC>",
        ),
        ("Wilgendam & <Wilgendam>", "<ca:LOC>Wilgendam &amp; &lt;Wilgendam&gt;</ca:LOC>"),
        ("Netherlands, Kustland, Wilgendam, hall", "<ca:LOC>Netherlands, Kustland, Wilgendam, hall</ca:LOC>"),
    ],
)
def test_a_location_is_told_in_the_parts_that_it_has(location, address):
    assert civic_address(location) == address


def test_outside_calls_go_to_the_border_controllers_of_the_own_site_first(region: Region):
    _, destinations = configuration(region, "zandermeer", "kolkwijde-telephony-call-server-1")
    assert [line for line in destinations if not line.startswith("#")] == [
        "1 sip:kust-session-border-controller-1.zandermeer.kustland.example:5060 0 4",
        "1 sip:kust-session-border-controller-2.zandermeer.kustland.example:5060 0 3",
        "1 sip:kust-session-border-controller-1.veldoord.kustland.example:5060 0 2",
        "1 sip:kust-session-border-controller-2.veldoord.kustland.example:5060 0 1",
    ]


def test_a_border_controller_gives_each_number_to_its_own_municipality_alone(region: Region):
    text, destinations = configuration(region, "veldoord", "kust-session-border-controller-1")
    routes = re.findall(r'if \(\$rU =~ "(.*)"\) \$var\(set\) = (\d+);', text)
    for slug, municipality in region.municipalities.items():
        for block in municipality.number_blocks:
            sets = [number for numbers, number in routes if re.match(numbers, block.key)]
            assert len(sets) == 1
            assert sum(line.startswith(f"{sets[0]} sip:{slug}-telephony-") for line in destinations) == 2


def test_a_border_controller_tells_the_carrier_who_it_is(region: Region):
    text, destinations = configuration(region, "zandermeer", "kust-session-border-controller-2")
    assert 'modparam("uac", "credential", "kust:sip.draad.example:it\'s")' in text
    assert "1 sip:sip.draad.example 0 1" in destinations


def test_what_a_person_writes_cannot_break_out_of_the_configuration(region: Region):
    building = region.buildings["kust-office"].model_copy(update={"emergency_location": 'a"; exit;\n\\'})
    spoilt = region.__class__(
        **{
            **{name: getattr(region, name) for name in region.__dataclass_fields__},
            "buildings": {"kust-office": building},
        }
    )
    text, _ = configuration(spoilt, "veldoord", "kolkwijde-telephony-call-server-1")
    assert r'$avp(address) = "<ca:LOC>a\"; exit;\\</ca:LOC>";' in text


def test_only_root_and_the_exchange_read_its_configuration(region: Region):
    for name in ("kolkwijde-telephony-call-server-1", "kust-session-border-controller-1"):
        (file,) = [f for f in job(region, "veldoord", name).files if f.path == "/etc/kamailio/kamailio.cfg"]
        assert (file.owner, file.permissions) == ("root:kamailio", "0640")
