"""Names lead where they should, at every name server; how long they did not, and whether any lead astray."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tests.drill.players.conftest import cold
from tests.drill.players.world import World
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.names import ExpectedNames, GapWatcher, StaleWatcher, urgent_front_ends
from uitwijk.drill.players.resolver import Resolver, name_servers
from uitwijk.evidence.work_report import MeasuredGap

MOVED = "kolkwijde-counter-application-1"


def at_zandermeer(region: Region) -> dict[str, str]:
    """Where every cold machine runs when Veldoord is lost."""
    return dict.fromkeys(cold(region), "zandermeer")


def eventually(condition: Callable[[], bool]) -> None:
    """Waits for what another thread does."""
    ended = threading.Event()
    for _ in range(600):
        if condition():
            return
        ended.wait(0.02)
    raise AssertionError("it never came")


def test_every_server_is_asked_for_every_name_that_is_announced_to_it(
    region: Region, loopback: Loopback, world: World
) -> None:
    assert world.runs
    found = ExpectedNames(region, loopback, cold(region)).observe("before", region.sites)
    assert [(line.verdict, line.address == line.expected) for line in found] == [("passed", True)] * 8
    assert len({line.server for line in found}) == 8
    kust = next(line for line in found if line.server.startswith("kust-directory-server-1.veldoord"))
    assert int(kust.expected.split()[0]) > 30


def test_a_name_that_leads_elsewhere_is_told_with_server_and_address(
    region: Region, loopback: Loopback, world: World
) -> None:
    world.announce(MOVED, "zandermeer")
    names = ExpectedNames(region, loopback, cold(region))
    wrong = [line for line in names.observe("before", ["veldoord"], 0) if line.name != "all names"]
    address = loopback.address(Standing(region, "zandermeer", region.machines[MOVED]).address.ip)
    assert {(line.name, line.address, line.verdict) for line in wrong} == {
        (f"{MOVED}.kustland.example", address, "failed")
    }
    assert len(wrong) == 2, "both servers of the partnership at the site"


def test_a_name_that_is_announced_late_is_waited_for(region: Region, loopback: Loopback, world: World) -> None:
    runs = {MOVED: "zandermeer"}
    names = ExpectedNames(region, loopback, runs)
    assert [line.verdict for line in names.observe("during", ["zandermeer"], 0)].count("failed") == 4
    late = threading.Timer(0.3, world.announce, (MOVED, "zandermeer"))
    late.start()
    found = names.observe("during", ["zandermeer"], patience_seconds=30)
    late.join()
    assert {line.verdict for line in found} == {"passed"}


def test_a_name_server_that_does_not_answer_fails(region: Region, loopback: Loopback, world: World) -> None:
    (silent, *_) = (server.name for server in world.names if server.site == "zandermeer")
    world.silent = {silent}
    runs = {"kust-finance-application-1": "veldoord", "zandermeer-counter-application-1": "zandermeer"}
    found = ExpectedNames(region, loopback, runs).observe("before", ["zandermeer"], 0)
    failed = [line for line in found if line.verdict == "failed"]
    assert {line.server for line in failed} == {silent}
    assert [line.address for line in failed] == ["no answer", "0 as expected"]


def test_the_gap_ends_when_every_urgent_name_leads_to_the_survivor_at_every_server(
    region: Region, loopback: Loopback, world: World
) -> None:
    names = ExpectedNames(region, loopback, at_zandermeer(region))
    begun = time.monotonic()
    watcher = GapWatcher(names, ["zandermeer"], ["kolkwijde", "reeenmeer"], begun)
    watcher.start()
    urgent = {name.split(".")[0] for name in urgent_front_ends(region, "kolkwijde")}
    assert urgent == {
        "kolkwijde-civil-affairs-application-1",
        "kolkwijde-counter-application-1",
        "kolkwijde-workplaces-broker-1",
        "kolkwijde-workplaces-broker-2",
    }
    for machine in urgent:
        world.announce(machine, "zandermeer")
    eventually(lambda: watcher.open == {"reeenmeer"})
    lines = {line.municipality: line for line in watcher.stop(0)}
    assert 0 <= lines["kolkwijde"].seconds <= round(time.monotonic() - begun, 1)
    assert lines["kolkwijde"].ttl_seconds == 60
    assert lines["reeenmeer"] == MeasuredGap(what="names", municipality="reeenmeer", seconds=None)


def test_one_server_that_lags_behind_keeps_the_gap_open(region: Region, loopback: Loopback, world: World) -> None:
    names = ExpectedNames(region, loopback, at_zandermeer(region))
    servers = [server for server in world.names if server.site == "zandermeer" and server.organisation == "kust"]
    world.silent = {servers[-1].name}
    for machine in cold(region):
        world.announce(machine, "zandermeer")
    watcher = GapWatcher(names, ["zandermeer"], ["kolkwijde"], time.monotonic())
    watcher.start()
    eventually(lambda: watcher.rounds > 1)
    assert watcher.open == {"kolkwijde"}
    world.silent = set()
    assert [line.seconds is None for line in watcher.stop(30)] == [False]


def test_a_stale_name_at_a_returning_site_is_a_failure(region: Region, loopback: Loopback, world: World) -> None:
    for machine in set(cold(region)) - {MOVED}:
        world.announce(machine, "zandermeer")
    watcher = StaleWatcher(ExpectedNames(region, loopback, at_zandermeer(region)), "veldoord")
    watcher.start()
    eventually(lambda: watcher.rounds > 0)
    failed = [line for line in watcher.stop() if line.verdict == "failed"]
    old = loopback.address(Standing(region, "veldoord", region.machines[MOVED]).address.ip)
    stale = [line for line in failed if line.name != "all names"]
    assert {(line.name, line.address) for line in stale} == {(f"{MOVED}.kustland.example", old)}
    assert {line.server.split(".")[0] for line in failed} == {"kust-directory-server-1", "kust-directory-server-2"}


def test_a_returning_site_may_know_no_name_but_must_answer(region: Region, loopback: Loopback, world: World) -> None:
    for server, known in world.names.items():
        if server.site == "veldoord":
            known.clear()
    silent = next(server for server in world.names if server.site == "veldoord")
    world.silent = {silent.name}
    watcher = StaleWatcher(ExpectedNames(region, loopback, at_zandermeer(region)), "veldoord")
    watcher.start()
    eventually(lambda: watcher.rounds > 0)
    verdicts = {line.server: line.verdict for line in watcher.stop(3)}
    assert verdicts.pop(silent.name) == "failed"
    assert set(verdicts.values()) == {"passed"}


def test_a_seat_asks_the_next_server_when_one_does_not_answer(region: Region, loopback: Loopback, world: World) -> None:
    servers = name_servers(region, loopback, ["kolkwijde"])
    assert [server.site for server in servers] == ["veldoord", "veldoord", "zandermeer", "zandermeer"]
    world.silent = {servers[0].name}
    resolver = Resolver(servers, loopback.outside(20))
    expected = loopback.address(Standing(region, "veldoord", region.machines[MOVED]).address.ip)
    assert resolver.address(f"{MOVED}.kustland.example") == expected
    assert resolver.address("nobody.kustland.example") is None
