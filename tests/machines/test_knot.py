"""Debian's Knot with what name servers are told: names of machines that moved while it was down are forgotten."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dns.message
import dns.query
import dns.tsigkeyring
import dns.update
import pytest

from tests.machines.debian import Unpacked
from uitwijk.continuity.region import Region
from uitwijk.continuity.secrets import DNS_UPDATE_KEY
from uitwijk.continuity.standing import Standing
from uitwijk.machines.recipes import directory
from uitwijk.resources.testing import SECRETS

KEY = SECRETS["dnsUpdateKey"]
ZONE = "kustland.example"
COUNTER, STATION = f"kolkwijde-counter-application-1.{ZONE}", f"document-printer.kolkwijde-town-hall.{ZONE}"
PORT = 5053
"""Not the machines' own, which is for root alone."""
HOME, AWAY = ("veldoord", "127.211.0.10"), ("zandermeer", "127.212.0.10")


class NameServer:
    """A name server of Kust at a site, in a folder of its own."""

    def __init__(self, region: Region, debian: Unpacked, folder: Path, site: str, address: str) -> None:
        self._debian = debian
        self._folder = folder / site
        self._address = address
        told = directory.job(Standing(region, site, region.machines["kust-directory-server-1"]), {DNS_UPDATE_KEY: KEY})
        for name in ("var/lib/knot", "run"):
            (self._folder / name).mkdir(parents=True)
        for file in told.files:
            if file.path.startswith(("/etc/knot/", "/etc/uitwijk/", "/usr/local/")):
                written = self._folder / file.path.lstrip("/")
                written.parent.mkdir(parents=True, exist_ok=True)
                written.write_text(self._here(file.content), encoding="utf-8")

    def _here(self, text: str) -> str:
        """On addresses of loopback, at a port for everybody, in its folder, without a daemon's account."""
        text = re.sub(r"\b10\.(1[123])\.", r"127.2\1.", text)
        text = re.sub(r"(-p |@)53\b", rf"\g<1>{PORT}", text)
        text = re.sub(r"(?<![\w#!])/(?=(etc|var|usr)/)", f"{self._folder}/", text)
        here = f"database:\n  storage: {self._folder}/var/lib/knot\nserver:\n  rundir: {self._folder}/run\n"
        text = text.replace("server:\n", here)
        return text.replace("chown knot:knot", "true").replace("target: syslog", "target: stderr")

    def start(self, stack: ExitStack) -> subprocess.Popen[bytes]:
        """Starts it, as its unit does, and waits until it answers."""
        collect = self._folder / "usr/local/sbin/collect-names"
        subprocess.run(["sh", collect], env=self._debian.environment, check=True)
        configuration = self._folder / "etc/knot/knot.conf"
        command = [self._debian.path("/usr/sbin/knotd"), "-c", configuration]
        with (self._folder / "log").open("a") as log:
            process = subprocess.Popen(command, env=self._debian.environment, stdout=log, stderr=log)
        stack.callback(stop, process)
        while True:
            assert process.poll() is None, (self._folder / "log").read_text(encoding="utf-8")
            try:
                self.address_of(STATION)
            except (OSError, dns.exception.Timeout):
                continue
            return process

    def address_of(self, name: str) -> str | None:
        """What it answers."""
        answer = dns.query.udp(dns.message.make_query(name, "A"), self._address, timeout=1, port=PORT)
        return answer.answer[0][0].to_text() if answer.answer else None

    def announce(self, name: str, address: str) -> None:
        """As a cold machine does."""
        keyring = dns.tsigkeyring.from_text({"uitwijk": KEY})
        update = dns.update.Update(ZONE, keyring=keyring, keyalgorithm="hmac-sha256")
        update.replace(f"{name}.", 60, "A", address)
        reply = dns.query.udp(update, self._address, timeout=5, port=PORT)
        assert reply.rcode() == 0, (self._folder / "log").read_text(encoding="utf-8")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def home(region: Region, debian: Unpacked, tmp_path: Path) -> NameServer:
    return NameServer(region, debian, tmp_path, *HOME)


@pytest.fixture
def away(region: Region, debian: Unpacked, tmp_path: Path) -> NameServer:
    return NameServer(region, debian, tmp_path, *AWAY)


def test_a_name_server_that_comes_back_knows_what_the_other_has_learned(
    home: NameServer, away: NameServer, stack: ExitStack
):
    process = home.start(stack)
    away.start(stack)
    for server in (home, away):
        server.announce(COUNTER, "127.211.24.45")
    stop(process)
    away.announce(COUNTER, "127.212.24.45")
    away.announce(f"new.{ZONE}", "127.212.24.46")
    home.start(stack)
    assert home.address_of(COUNTER) == "127.212.24.45"
    assert home.address_of(f"new.{ZONE}") == "127.212.24.46"
    assert home.address_of(STATION) == "127.213.3.10"


def test_a_name_server_that_hears_of_no_other_knows_what_never_moves_alone(home: NameServer, stack: ExitStack):
    process = home.start(stack)
    home.announce(COUNTER, "127.211.24.45")
    assert home.address_of(COUNTER) == "127.211.24.45"
    stop(process)
    home.start(stack)
    assert home.address_of(COUNTER) is None
    assert home.address_of(STATION) == "127.213.3.10"


def test_names_are_handed_over_for_the_key_alone(home: NameServer, debian: Unpacked, stack: ExitStack):
    home.start(stack)
    dig = ["+noall", "+answer", f"@{HOME[1]}", "-p", str(PORT), ZONE, "AXFR"]
    told = debian.run("/usr/bin/dig", *dig)
    assert (STATION in told.stdout, "Transfer failed" in told.stdout) == (False, True)
