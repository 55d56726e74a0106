"""Debian's Kamailio with the configuration that machines are told: where a 112 call comes from, and who may log in."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.machines.debian import Unpacked
from tests.machines.sip import SDP, Message, Party, credentials
from tests.machines.test_telephony import job
from uitwijk.continuity.region import Region
from uitwijk.machines.job import Job

MODULES = "/usr/lib/x86_64-linux-gnu/kamailio/modules"
NUMBER, OUTSIDE = "31527991200", "31201234567"
CALL_SERVER, BORDER_CONTROLLER = "127.211.26.20", "127.211.2.10"
CONTROLLER, CARRIER = "127.199.0.1", "127.199.0.2"
"""Where tests listen as the border controller of a call server, and as the carrier."""
BUILDINGS = {"127.213.3.103": "Kolkwijde", "127.213.0.103": "Veldoord"}
"""A telephone's address, and the place that 112 is told."""
OWN_LOCATION = (
    "--b\r\nContent-Type: application/pidf+xml\r\n\r\n<x/>\r\n"
    f"--b\r\nContent-Type: application/sdp\r\n\r\n{SDP}--b--\r\n"
)
CIVIC = "{urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr}"


@contextmanager
def kamailio(debian: Unpacked, told: Job, destinations: str, folder: Path, address: str) -> Iterator[None]:
    """Runs on addresses of loopback while the block lasts: 10.11.x.y is 127.211.x.y, and so on."""
    folder.mkdir()
    (list_file := folder / "dispatcher.list").write_text(destinations, encoding="utf-8")
    (text,) = (file.content for file in told.files if file.path.endswith("kamailio.cfg"))
    text = re.sub(r"\b10\.(1[123])\.", r"127.2\1.", text).replace("/etc/kamailio/dispatcher.list", str(list_file))
    (configuration := folder / "kamailio.cfg").write_text(text, encoding="utf-8")
    command = [
        *(debian.path("/usr/sbin/kamailio"), "-DD", "-E", "-m", "32", "-Y", folder, "-f", configuration),
        *("-L", debian.path(MODULES)),
    ]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=debian.environment, stdout=log, stderr=log)
    try:
        with Party("127.199.0.9") as watcher:
            watcher.await_answer(address, lambda: process.poll() is None)
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def exchange(debian: Unpacked, region: Region, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Kolkwijde's call server at Veldoord."""
    told = job(region, "veldoord", "kolkwijde-telephony-call-server-1")
    folder = tmp_path_factory.mktemp("kamailio") / "call-server"
    with kamailio(debian, told, f"1 sip:{CONTROLLER}:5060\n", folder, CALL_SERVER):
        yield


@pytest.fixture(scope="module")
def border(debian: Unpacked, region: Region, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A border controller at Veldoord that knows Kolkwijde's call server alone."""
    told = job(region, "veldoord", "kust-session-border-controller-1")
    kolkwijde = 2 + region.municipalities["kolkwijde"].network_number
    destinations = f"1 sip:{CARRIER}:5060\n{kolkwijde} sip:{CALL_SERVER}:5060\n"
    folder = tmp_path_factory.mktemp("kamailio") / "border-controller"
    with kamailio(debian, told, destinations, folder, BORDER_CONTROLLER):
        yield


@pytest.fixture
def controller() -> Iterator[Party]:
    with Party(CONTROLLER, 5060) as party:
        yield party


def password(number: str) -> str:
    return hashlib.sha256(f"of +31527991200:{number}".encode()).hexdigest()


def call(
    telephone: Party, to: str, *, headers: str = "", content_type: str = "application/sdp", body: str = SDP
) -> None:
    """Calls, and says who it is when it is asked; help is given without."""
    more = {"content_type": content_type, "body": body}
    sent = telephone.request(CALL_SERVER, "INVITE", to, NUMBER, headers=headers, **more)
    if to == "112" and telephone.place.rpartition(":")[0] in BUILDINGS:
        return
    challenge = telephone.receive()
    assert challenge.status == 407
    telephone.acknowledge(CALL_SERVER, sent, challenge)
    own = credentials(challenge, "INVITE", to, NUMBER, password(NUMBER))
    telephone.request(CALL_SERVER, "INVITE", to, NUMBER, headers=headers + own, **more)


def place(message: Message) -> str | None:
    """The place in the location to which the Geolocation header points."""
    (pointer,) = re.findall(r"^<cid:(.*)>$", str(message.headers["Geolocation"]))
    (part,) = [part for part in message.headers.walk() if part.get_content_type() == "application/pidf+xml"]
    assert part["Content-ID"] == f"<{pointer}>"
    return ElementTree.fromstring(str(part.get_payload())).findtext(f".//{CIVIC}A3")


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize(("address", "where"), BUILDINGS.items())
def test_112_tells_the_building_in_whose_network_the_telephone_is(controller: Party, address, where):
    with Party(address) as telephone:
        call(telephone, "112")
        invitation = controller.receive()
    assert invitation.start.startswith("INVITE sip:112@")
    assert place(invitation) == where
    assert invitation.headers["Geolocation-Routing"] == "no"
    assert invitation.parts()["application/sdp"].strip() == SDP.strip()


FORMS = [
    "sip:112@kustland.example",
    "sip:112@192.0.2.1:5070;transport=udp",
    "sip:112;phone-context=+31@kustland.example;user=phone",
    "sips:112@kustland.example",
    "sip:%31%31%32@kustland.example",
    "sip:1-1-2@kustland.example",
    "sip:+31112@kustland.example",
    "sip:0112@kustland.example",
    "tel:112",
    "tel:112;phone-context=+31",
    "urn:service:sos",
    "URN:SERVICE:SOS",
    "urn:service:sos.police",
    "urn:service:sos.fire",
    "urn:service:sos.ambulance",
]


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize("form", FORMS)
def test_112_in_every_form_goes_out_before_anybody_logs_in(controller: Party, form):
    with Party("127.213.3.103") as telephone:
        telephone.request(CALL_SERVER, "INVITE", "112", "anybody", uri=form, headers="Route: <sip:127.199.0.8;lr>\r\n")
        invitation = controller.receive()
    assert invitation.start.startswith("INVITE sip:112@kustland.example ")
    assert place(invitation) == "Kolkwijde"
    assert invitation.headers["Route"] is None


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize(
    "form",
    ["sip:1120@kustland.example", "sip:1112@kustland.example", "sip:212@kustland.example", "urn:service:counseling"],
)
def test_what_only_looks_like_112_needs_a_login(form):
    with Party("127.213.3.103") as telephone:
        telephone.request(CALL_SERVER, "INVITE", "112", NUMBER, uri=form)
        assert telephone.receive().status in (403, 404, 407, 416)


@pytest.mark.usefixtures("exchange")
def test_112_from_no_building_needs_a_login():
    with Party("127.213.200.103") as telephone:
        telephone.request(CALL_SERVER, "INVITE", "112", "anybody")
        assert telephone.receive().status == 403


@pytest.mark.usefixtures("exchange")
def test_112_with_an_old_password_goes_out_and_the_password_does_not(controller: Party):
    claim = f'username="{NUMBER}", realm="kustland.example", nonce="x", uri="y", response="z"'
    old = f"Proxy-Authorization: Digest {claim}\r\n"
    with Party("127.213.3.103") as telephone:
        telephone.request(CALL_SERVER, "INVITE", "112", NUMBER, headers=old)
        invitation = controller.receive()
    assert place(invitation) == "Kolkwijde"
    assert invitation.headers["Proxy-Authorization"] is None


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize("size", [7_000, 7_500, 9_000, 20_000, 50_000])
def test_112_with_a_large_body_goes_out_and_never_has_a_header_without_its_part(controller: Party, size):
    offer = SDP + "a=x-fill:" + "x" * size + "\r\n"
    with Party("127.213.3.103") as telephone:
        telephone.request(CALL_SERVER, "INVITE", "112", "anybody", body=offer)
        invitation = controller.receive()
    assert invitation.parts()["application/sdp"].strip() == offer.strip()
    assert place(invitation) == "Kolkwijde"


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize(
    "status", ["413 Too Large", "415 Unsupported Media Type", "420 Bad Extension", "424 Bad Location", "488 No"]
)
def test_112_whose_location_the_carrier_refuses_goes_again_without(controller: Party, status):
    with Party("127.213.3.103") as telephone:
        telephone.request(CALL_SERVER, "INVITE", "112", "anybody")
        controller.decline_with = status
        first, second = controller.receive(), controller.receive()
    assert place(first) == "Kolkwijde"
    assert second.start.startswith("INVITE sip:112@")
    assert second.headers["Geolocation"] is None
    assert list(second.parts()) == ["application/sdp"]


@pytest.mark.usefixtures("exchange")
def test_112_without_an_offer_tells_where_it_comes_from_too(controller: Party):
    with Party("127.213.3.103") as telephone:
        call(telephone, "112", body="")
        invitation = controller.receive()
    assert place(invitation) == "Kolkwijde"
    assert list(invitation.parts()) == ["application/pidf+xml"]


@pytest.mark.usefixtures("exchange")
def test_112_from_no_building_goes_out_without_a_location(controller: Party):
    with Party("127.213.200.103") as telephone:
        call(telephone, "112")
        invitation = controller.receive()
    assert invitation.start.startswith("INVITE sip:112@")
    assert invitation.headers["Geolocation"] is None
    assert list(invitation.parts()) == ["application/sdp"]


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize(("to", "where"), [("112", "Kolkwijde"), (OUTSIDE, None)])
def test_what_a_telephone_itself_says_of_its_place_is_left_out(controller: Party, to, where):
    headers = "Geolocation: <cid:myself>\r\nGeolocation-Routing: yes\r\nP-Access-Network-Info: myself\r\n"
    with Party("127.213.3.103") as telephone:
        call(telephone, to, headers=headers, content_type="multipart/mixed;boundary=b", body=OWN_LOCATION)
        invitation = controller.receive()
    assert "myself" not in str(invitation.headers)
    assert "<x/>" not in str(invitation.headers)
    assert invitation.parts()["application/sdp"].startswith("v=0")
    assert (place(invitation) if invitation.headers["Geolocation"] else None) == where


@pytest.mark.usefixtures("exchange")
def test_no_other_call_tells_where_it_comes_from(controller: Party):
    with Party("127.213.3.103") as telephone:
        call(telephone, OUTSIDE)
        invitation = controller.receive()
    assert invitation.headers["Geolocation"] is None
    assert list(invitation.parts()) == ["application/sdp"]


@pytest.mark.usefixtures("exchange")
def test_a_call_from_a_border_controller_is_taken_from_any_of_its_ports():
    with Party(CONTROLLER) as elsewhere:
        elsewhere.request(CALL_SERVER, "INVITE", NUMBER, OUTSIDE)
        # Nobody is logged in.
        assert elsewhere.receive().status == 480


@pytest.mark.usefixtures("exchange")
def test_nobody_logs_in_unproven_not_even_from_a_border_controllers_address(controller: Party):
    controller.request(CALL_SERVER, "REGISTER", NUMBER, NUMBER, body="")
    challenge = controller.receive()
    assert challenge.status == 401
    wrong = credentials(challenge, "REGISTER", NUMBER, NUMBER, "guessed")
    controller.request(CALL_SERVER, "REGISTER", NUMBER, NUMBER, headers=wrong, body="")
    assert controller.receive().status == 401


@pytest.mark.usefixtures("border")
@pytest.mark.parametrize(("to", "kept"), [("112", True), (OUTSIDE, False)])
def test_a_border_controller_lets_a_location_pass_with_112_alone(to, kept):
    headers = "Geolocation: <cid:hall>\r\nGeolocation-Routing: no\r\n"
    with Party(CARRIER, 5060) as carrier, Party(CALL_SERVER) as call_server:
        call_server.request(BORDER_CONTROLLER, "INVITE", to, NUMBER, headers=headers)
        invitation = carrier.receive()
    assert invitation.start.startswith(f"INVITE sip:{to}@")
    assert (invitation.headers["Geolocation"] is not None) == kept


@pytest.mark.usefixtures("border")
def test_a_border_controller_takes_calls_from_nobody_else():
    with Party("127.199.0.8") as stranger:
        stranger.request(BORDER_CONTROLLER, "INVITE", NUMBER, OUTSIDE)
        assert stranger.receive().status == 403
