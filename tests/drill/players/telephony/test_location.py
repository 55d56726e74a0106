"""The location of a 112 call is what a control room could use, as RFC 6442 and PIDF-LO say, and nothing else."""

from __future__ import annotations

import pytest

from uitwijk.drill.players.telephony.location import location

PIDF = """\
<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
 xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr" entity="pres:31527991200@kustland.example">
<tuple id="location"><status><gp:geopriv><gp:location-info>
<ca:civicAddress xml:lang="en">
<ca:country>NL</ca:country><ca:A1>Kustland</ca:A1><ca:A3>Kolkwijde</ca:A3><ca:LOC>town hall, main entrance</ca:LOC>
</ca:civicAddress>
</gp:location-info><gp:usage-rules/></gp:geopriv></status></tuple></presence>
"""


def invite(*headers: str, pidf: str = PIDF, content_id: str = "<place@kustland.example>") -> str:
    """A 112 call with two bodies."""
    return "\r\n".join(
        [
            "INVITE sip:112@sip.draad.example SIP/2.0",
            "From: <sip:+31527991200@kustland.example>;tag=1",
            *headers,
            "Content-Type: multipart/mixed;boundary=part",
            "",
            "--part",
            "Content-Type: application/sdp",
            "",
            "v=0",
            "--part",
            "Content-Type: application/pidf+xml",
            f"Content-ID: {content_id}",
            "",
            pidf,
            "--part--",
            "",
        ]
    )


def test_the_location_is_what_the_catalogue_says_in_one_line() -> None:
    message = invite("Geolocation: <cid:place@kustland.example>", "Geolocation-Routing: no")
    assert location(message) == "NL, Kustland, Kolkwijde, town hall, main entrance"


def test_a_call_that_says_nothing_of_a_location_carries_none() -> None:
    assert location("INVITE sip:112@sip.draad.example SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0") is None


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (invite(), "no Geolocation header"),
        (invite("Geolocation: <cid:elsewhere@kustland.example>"), "points to no bodies"),
        (invite("Geolocation: <cid:place@kustland.example>", pidf="<presence"), "is no XML"),
        (invite("Geolocation: <cid:place@kustland.example>", pidf="<presence/>"), "no civic address"),
        ("INVITE sip:112@x SIP/2.0\r\nGeolocation: <cid:place@kustland.example>\r\n\r\n", "points to no bodies"),
    ],
)
def test_a_location_that_nobody_can_use_is_none_and_says_why(message: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        location(message)
