"""What goes wrong in telephony is said in a sentence, and secrets are never said at all."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drill.players.telephony.conftest import CARRIER_PASSWORD, Exchange, opened
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.players.telephony import Telephony
from uitwijk.drill.players.telephony.desks import accounts

pytestmark = pytest.mark.timeout(300)


def test_a_wrong_password_is_refused_and_said(
    exchange: Exchange, people: Telephony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exchange.secrets["zandermeer"], "+31527991200", "a guess")
    logins = people.telephones.sit(exchange.numbers())
    refused = [login for login in logins if login.outcome != "done"]
    assert [(login.number, login.site, login.outcome) for login in refused] == [
        ("+31527991200", "zandermeer", "refused")
    ]
    assert people.telephones.refused == (
        "the telephone of kolkwijde in kolkwijde-town-hall was refused the login with +31527991200 "
        "at kolkwijde-telephony-call-server-1.zandermeer.kustland.example",
    )


def test_a_telephone_whose_port_is_taken_is_named(exchange: Exchange, people: Telephony) -> None:
    address = exchange.loopback.address("10.13.3.103")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((address, 5060))
        with pytest.raises(UitwijkError, match=f"^port taken: {address}:5060 .*telephone"):
            people.telephones.sit(exchange.numbers())


def test_a_carrier_whose_port_is_taken_is_named_and_nothing_stays(exchange: Exchange, tmp_path: Path) -> None:
    address = exchange.loopback.outside(10)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((address, 5060))
        with pytest.raises(UitwijkError, match=f"^port taken: {address}:5060 "), opened(exchange, tmp_path):
            raise AssertionError("it opened")
    assert list(tmp_path.iterdir()) == []


def sipps(folder: Path) -> Iterator[int]:
    """The processes that work in a folder."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if Path(os.readlink(entry / "cwd")).is_relative_to(folder):
                    yield int(entry.name)
            except OSError:
                continue


def test_a_telephone_that_dies_is_told(exchange: Exchange, people: Telephony, tmp_path: Path) -> None:
    people.telephones.sit(exchange.numbers())
    assert people.telephones.refused == ()
    address = exchange.loopback.address("10.13.3.103")
    (victim,) = [pid for pid in sipps(tmp_path) if address in Path(f"/proc/{pid}/cmdline").read_text().split("\0")]
    os.kill(victim, signal.SIGKILL)
    record = next(call for call in people.round("during", exchange.numbers()) if call.municipality == "kolkwijde")
    assert record.verdict == "failed"
    assert "nobody answered in time; the telephone of kolkwijde in kolkwijde-town-hall is gone" in record.why


def test_border_controllers_without_the_carriers_password_reach_nobody(exchange: Exchange, tmp_path: Path) -> None:
    with opened(exchange, tmp_path, carrier_password="another") as people:
        people.telephones.sit(exchange.numbers())
        calls = [call for call in people.round("during", exchange.numbers()) if call.kind == "outside"]
    assert len(calls) == len(exchange.region.buildings)
    assert all(call.why.endswith("was not answered: 403, it was refused") for call in calls)


def test_no_secret_is_in_a_command_line_or_in_a_file_that_others_read_or_that_stays(
    exchange: Exchange, tmp_path: Path
) -> None:
    numbers = exchange.numbers()
    secrets = {secret for of_site in exchange.secrets.values() for secret in of_site.values()}
    passwords = {
        account.password(exchange.secrets[site][account.block])
        for site in exchange.secrets
        for account in accounts(exchange.region, numbers)
    }
    hidden = [text.encode() for text in (*secrets, *passwords, CARRIER_PASSWORD)]
    with opened(exchange, tmp_path) as people:
        people.telephones.sit(numbers)
        held = people.hold("kolkwijde")
        people.round("during", numbers)
        pids = list(sipps(tmp_path))
        assert len(pids) == 4, "two telephones, a caller, and the carrier"
        for pid in pids:
            line = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
            assert not any(text in line for text in hidden)
        for file in tmp_path.rglob("*"):
            if file.is_file() and any(text in file.read_bytes() for text in hidden):
                assert file.stat().st_mode & 0o077 == 0
            if file.is_dir():
                assert file.stat().st_mode & 0o077 == 0
        held.end()
    assert list(tmp_path.iterdir()) == []
    assert list(sipps(tmp_path)) == []
    logs = [file for file in (exchange.folder / "logs").rglob("*") if file.is_file()]
    assert logs
    assert not [file for file in logs for text in hidden if text in file.read_bytes()]
