"""Guests that a test boots itself: they live, they fail with their own words, and nothing of them outlives us."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.conftest import ROOT
from tests.drill.guests.machines import (
    META,
    SITE,
    ask,
    call_server,
    machine,
    name_server,
    processes_in,
    runner_of,
    server,
)
from tests.engine.waiting import wait_until
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests.guests import Guests, Trouble
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template

pytestmark = pytest.mark.timeout(120)
ONE_DISK = "mounts: [[LABEL=disk, /srv/disk, ext4]]\n"


def lives(guests: Guests, user_data: str, name: str = "one", **more: object) -> None:
    """Boots a machine and waits until it lives."""
    guests.boot(SITE, name, user_data, META, **more)  # type: ignore[arg-type]
    guests.await_living(SITE, [name], 60)


def fails(guests: Guests, user_data: str, name: str = "one") -> str:
    """Boots a machine, waits until it has failed, and returns why, as a person reads it."""
    guests.boot(SITE, name, user_data, META)
    with pytest.raises(UitwijkError) as failure:
        guests.await_living(SITE, [name], 600)
    return str(failure.value)


def test_kamailio_answers_at_its_mapped_address(guests: Guests, loopback: Loopback) -> None:
    lives(guests, call_server())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as telephone:
        telephone.bind((loopback.outside(1), 0))
        telephone.settimeout(10)
        host, port = telephone.getsockname()
        request = [
            "OPTIONS sip:one SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK1",
            "From: <sip:two>;tag=1",
            "To: <sip:one>",
            "Call-ID: 1",
            "CSeq: 1 OPTIONS",
            "Content-Length: 0",
            "",
            "",
        ]
        telephone.sendto("\r\n".join(request).encode(), (loopback.address("10.11.26.20"), 5060))
        assert telephone.recv(2000).startswith(b"SIP/2.0 200")
    assert guests.living(SITE) == {"one"}
    assert not guests.troubles()


def test_kamailio_with_a_broken_configuration_fails_at_once_with_its_own_words(guests: Guests) -> None:
    why = fails(guests, call_server(spoiled='loadmodule "nowhere.so"\n'))
    assert why.startswith("veldoord: one: kamailio.service /usr/sbin/kamailio ended with exit code 255 (")
    assert "could not find module <nowhere>" in why
    (trouble,) = guests.troubles()
    assert (trouble.site, trouble.guest, trouble.unit) == (SITE, "one", "kamailio.service")
    assert guests.living(SITE) == frozenset()


def test_a_name_server_lives_when_it_says_so_and_answers(
    guests: Guests, loopback: Loopback, template: Template
) -> None:
    lives(guests, name_server())
    question = template.program("dig", f"@{loopback.address('10.11.0.10')}", "+short", "+tries=1", "a.example", "A")
    answer = subprocess.run(question, capture_output=True, text=True, timeout=30, check=True).stdout
    assert answer == f"{loopback.address('10.11.26.40')}\n"


def test_a_name_server_that_cannot_read_its_configuration_says_so(guests: Guests) -> None:
    why = fails(guests, name_server(spoiled="nonsense: 1\n"))
    assert "knot.service /usr/sbin/knotc ended with exit code 1" in why
    assert "nonsense" in why


def test_a_port_that_is_taken_is_named(guests: Guests, loopback: Loopback) -> None:
    address = loopback.address("10.11.26.20")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((address, 5060))
        why = fails(guests, call_server())
    assert address in why
    assert "Address already in use" in why


def test_a_server_of_our_own_that_finds_its_port_taken_is_told_when_it_dies(guests: Guests, loopback: Loopback) -> None:
    told: SimpleQueue[Trouble] = SimpleQueue()
    guests.on_trouble = told.put
    with socket.create_server((loopback.address("10.11.26.30"), 8440)):
        guests.boot(SITE, "one", server(), META)
        trouble = told.get(timeout=60)
    assert (trouble.guest, trouble.unit, trouble.what) == ("one", "server.service", "ended with exit code 1")
    assert "Address already in use" in trouble.words


@pytest.mark.parametrize("victim", ["kamailio", "python3"])
def test_a_guest_that_dies_is_named(guests: Guests, victim: str) -> None:
    lives(guests, call_server() if victim == "kamailio" else server())
    told: SimpleQueue[Trouble] = SimpleQueue()
    guests.on_trouble = told.put
    # A service of type `simple` lives from the moment at which its process begins to become what it will be.
    runner = runner_of(os.getpid())
    pids = wait_until(lambda: sorted(pid for pid, name in processes_in(runner).items() if name == victim))
    os.kill(pids[0] if victim == "kamailio" else pids[-1], signal.SIGKILL)
    trouble = told.get(timeout=2)
    assert trouble.guest == "one"
    assert "SIGKILL" in trouble.what or "ended with exit code" in trouble.what
    assert guests.living(SITE) == frozenset()
    with pytest.raises(UitwijkError, match=r"veldoord: one: .*\.service "):
        guests.await_living(SITE, ["one"], 600)


@pytest.mark.parametrize(
    ("moments", "times"), [("OnActiveSec=1\nOnActiveSec=0\n", 2), ("OnActiveSec=0\nOnUnitActiveSec=1\n", 3)]
)
def test_a_timer_runs_at_every_moment_that_it_names(guests: Guests, tmp_path: Path, moments: str, times: int) -> None:
    files = {
        "/etc/systemd/system/count.service": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo >>/srv/disk/runs'\n",
        "/etc/systemd/system/count.timer": f"[Timer]\n{moments}",
    }
    lives(guests, machine("systemctl start count.timer", files=files, more=ONE_DISK), disks=[tmp_path / "disk"])
    wait_until(lambda: len((tmp_path / "disk" / "runs").read_text(encoding="utf-8")) >= times)


def test_a_machine_has_its_disks_still_when_it_is_powered_on_again(
    guests: Guests, loopback: Loopback, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    lives(guests, server(ONE_DISK), disks=[disk])
    assert wait_until(lambda: ask(loopback)) == {"/srv/disk/seen": 1, "/var/lib/server/seen": 1}
    guests.halt(SITE, "one")
    assert guests.living(SITE) == frozenset()
    assert not ask(loopback)
    assert (disk / "seen").read_text() == "x"
    lives(guests, server(ONE_DISK), disks=[disk])
    assert wait_until(lambda: ask(loopback)) == {"/srv/disk/seen": 2, "/var/lib/server/seen": 2}


def test_another_machine_of_the_same_name_has_a_disk_of_its_own(
    guests: Guests, loopback: Loopback, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    lives(guests, server(ONE_DISK), disks=[disk])
    assert wait_until(lambda: ask(loopback))["/var/lib/server/seen"] == 1
    lives(guests, server(ONE_DISK), disks=[disk], fresh=True)
    assert wait_until(lambda: ask(loopback)) == {"/srv/disk/seen": 2, "/var/lib/server/seen": 1}


def test_a_service_that_is_not_enabled_is_not_there_after_a_second_boot(guests: Guests, loopback: Loopback) -> None:
    data = server(command="systemctl start server")
    lives(guests, data)
    assert wait_until(lambda: ask(loopback))
    guests.halt(SITE, "one")
    lives(guests, data)
    assert not ask(loopback)


def test_a_site_that_is_cut_has_no_process_left_and_frees_its_ports(guests: Guests, loopback: Loopback) -> None:
    lives(guests, call_server(), "call-server")
    lives(guests, server(), "server")
    assert wait_until(lambda: ask(loopback))
    guests.boot("zandermeer", "elsewhere", machine("ls"), META)
    guests.cut(SITE)
    assert guests.living(SITE) == frozenset()
    for kind, port, address in (
        (socket.SOCK_DGRAM, 5060, "10.11.26.20"),
        (socket.SOCK_STREAM, 8440, "10.11.26.30"),
    ):
        with socket.socket(socket.AF_INET, kind) as free:
            # Connections that were closed just now may linger; a listener would be in the way still.
            if kind == socket.SOCK_STREAM:
                free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind((loopback.address(address), port))
    assert not {"kamailio", "kamailio: main"} & set(processes_in(runner_of(os.getpid())).values())
    guests.await_living("zandermeer", ["elsewhere"], 60)


def test_a_guest_may_be_cut_while_it_starts(guests: Guests) -> None:
    guests.boot(SITE, "one", machine("sleep 3600", "systemctl restart kamailio"), META)
    namespace = runner_of(os.getpid())
    wait_until(lambda: "sleep" in processes_in(namespace).values())
    guests.cut(SITE)
    assert len(processes_in(namespace)) == 1
    assert not guests.troubles()
    lives(guests, call_server(), fresh=True)


def test_what_the_template_lacks_is_skipped_and_said(guests: Guests) -> None:
    lives(guests, machine("systemctl restart haproxy", "exportfs -ra", more="packages: [haproxy]\nntp: {}\n"))
    assert guests.skipped == {
        "systemctl restart haproxy": "not in the drill's template: haproxy",
        "exportfs -ra": "not in the drill's template: haproxy",
        "ntp": "guests have this computer's time",
    }


@pytest.mark.parametrize(
    ("user_data", "why"),
    [
        (machine("systemctl restart kamelio"), "runcmd there is no unit kamelio.service: systemctl restart kamelio"),
        (machine("echo it is broken; exit 3"), r"runcmd ended with exit code 3: .*\(it is broken\)"),
        (machine("ls", more="mounts: [[LABEL=a, /srv/a, ext4]]\n"), "boot failed: .* mounts 1 disks, and it has 0"),
        ("hello", "boot failed: the user data does not begin with the line #cloud-config"),
    ],
)
def test_a_machine_that_cannot_do_what_it_is_told_says_what(guests: Guests, user_data: str, why: str) -> None:
    guests.boot(SITE, "one", user_data, META)
    with pytest.raises(UitwijkError, match=why):
        guests.await_living(SITE, ["one"], 600)


def test_a_guest_that_is_not_there_is_waited_for_no_longer_than_told(guests: Guests) -> None:
    with pytest.raises(UitwijkError, match="veldoord: nobody does not live after 0 s: it is not on"):
        guests.await_living(SITE, ["nobody"], 0)


def test_memory_is_counted(guests: Guests) -> None:
    nobody = guests.memory_mib()
    lives(guests, call_server())
    # What it shares with others on this computer, such as a program in use twice, counts in part.
    assert nobody < guests.memory_mib() < nobody + 200


def test_nothing_survives_a_drill_that_is_killed(template: Template, loopback: Loopback, tmp_path: Path) -> None:
    told = [template.root, tmp_path / "guests", loopback.shift]
    drill = subprocess.Popen(
        [sys.executable, "-m", "tests.drill.guests.one_guest", *map(str, told)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with drill:
        assert drill.stdout is not None
        assert drill.stdout.readline() == "lives\n"
        namespace = runner_of(drill.pid)
        assert "kamailio" in " ".join(processes_in(namespace).values())
        drill.kill()
    assert wait_until(lambda: not processes_in(namespace))


def test_a_runner_that_ends_is_told(guests: Guests) -> None:
    told: SimpleQueue[Trouble] = SimpleQueue()
    guests.on_trouble = told.put
    lives(guests, call_server())
    os.kill(min(processes_in(runner_of(os.getpid()))), signal.SIGKILL)
    assert told.get(timeout=60).unit == "runner"
    with pytest.raises(UitwijkError, match="the runner of the guests ended, and all guests with it"):
        guests.await_living(SITE, ["one"], 600)
    assert guests.living(SITE) == frozenset()
