"""Where names lead: every name server is asked, again and again where that matters, and nothing is remembered."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from uitwijk import utc
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.resolver import Answer, NameServer, ask, name_servers
from uitwijk.drill.players.services import brokers, front_ends, staffed, used, workplace
from uitwijk.evidence.work_report import ALL_NAMES, NAMES, MeasuredGap, NameAnswer

PATIENCE_SECONDS = 30.0
"""For names that are not right yet, and name servers that do not answer yet: machines announce theirs while they start,
and a computer that plays hundreds of them may be busy."""
_TICK_SECONDS = 0.5
_SOON_SECONDS = 0.1
"""Between two questions to a name server that does not answer yet, when its very first answers matter."""
_ROUND_SECONDS = 5.0
"""Between two rounds of all names at a returning site: machines announce theirs in the meantime."""
_NOBODY = "no answer"


class ExpectedNames:
    """The names of the cold machines that should run, and where they should lead.

    Args:
        runs: the site by machine name, for every cold machine that lives in the drill.
    """

    def __init__(self, region: Region, loopback: Loopback, runs: Mapping[str, str]) -> None:
        self.region = region
        self.loopback = loopback
        self.expected: dict[str, dict[str, str]] = {}
        """Address by fully qualified name, by organisation that announces it."""
        for machine, site in runs.items():
            known = region.machines[machine]
            standing = Standing(region, site, known)
            self.expected.setdefault(known.organisation, {})[standing.name] = loopback.address(standing.address.ip)

    def told_by(self, server: NameServer) -> dict[str, str]:
        """The address by name, for the names that are announced to the server."""
        return {
            name: address
            for organisation, names in self.expected.items()
            if server in name_servers(self.region, self.loopback, [organisation])
            for name, address in names.items()
        }

    def servers(self, sites: Collection[str]) -> tuple[NameServer, ...]:
        """The name servers of some sites."""
        return tuple(server for server in name_servers(self.region, self.loopback) if server.site in sites)

    def observe(
        self, when: str, sites: Collection[str], patience_seconds: float = PATIENCE_SECONDS
    ) -> list[NameAnswer]:
        """Asks each name server of the living sites for every name: wrong answers, and one line for each server.

        Args:
            when: before, during or after.
            sites: those whose name servers are asked.
            patience_seconds: for that long, what was wrong is asked again.
        """
        deadline = time.monotonic() + patience_seconds
        told = {server: self.told_by(server) for server in self.servers(sites)}
        wrong = [(server, name) for server, expected in told.items() for name in expected]
        while True:
            answers = {(server, name): ask(server.address, name) for server, name in wrong}
            wrong = [pair for pair, answer in answers.items() if answer.address != told[pair[0]][pair[1]]]
            if not wrong or time.monotonic() >= deadline:
                break
            time.sleep(_TICK_SECONDS)
        found: list[NameAnswer] = []
        for server, expected in told.items():
            astray = [name for where, name in wrong if where == server]
            found += [_line(when, name, server, answers[server, name], expected[name]) for name in astray]
            right = len(expected) - len(astray)
            found.append(_summary(when, server, f"{right} as expected", f"{len(expected)} as expected", not astray))
        return found


def _line(when: str, name: str, server: NameServer, answer: Answer, expected: str) -> NameAnswer:
    seen = (answer.address or "no address") if answer.heard else _NOBODY
    return NameAnswer(
        at=utc.now(),
        when=when,
        name=name,
        server=server.name,
        address=seen,
        expected=expected,
        verdict="passed" if seen == expected else "failed",
    )


def _summary(when: str, server: NameServer, seen: str, expected: str, passed: bool) -> NameAnswer:
    return NameAnswer(
        at=utc.now(),
        when=when,
        name=ALL_NAMES,
        server=server.name,
        address=seen,
        expected=expected,
        verdict="passed" if passed else "failed",
    )


def urgent_front_ends(region: Region, municipality: str) -> tuple[str, ...]:
    """The names that the municipality's processes of class R0 and R1 begin with: brokers and front ends."""
    found: dict[str, None] = {}
    for slug, process in region.processes.items():
        if process.recovery_class.urgent:
            for service in used(region, slug):
                if workload := region.provider(municipality, service):
                    found.update(dict.fromkeys(front_ends(region, workload)))
            if staffed(region, slug) and (workload := workplace(region, municipality)):
                found.update(dict.fromkeys(brokers(region, workload)))
    return tuple(sorted(found))


class _Watcher:
    """Something that looks again and again, in the background, until it is stopped."""

    def __init__(self) -> None:
        self.rounds = 0
        """How often it has looked."""
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def _stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._end.wait(pause):
            pause = self._look()
            self.rounds += 1

    def _look(self) -> float:
        """Looks once, and says how many seconds to wait until the next time."""
        raise NotImplementedError


@dataclass
class _Waiting:
    """What one municipality's urgent names still need."""

    pairs: list[tuple[NameServer, str, str]]
    """Server, name, address."""
    seconds: float | None = None
    ttl: int | None = None


class GapWatcher(_Watcher):
    """Measures how long it takes until each municipality's urgent names lead where they should, at every server asked.

    In all it asks a few questions a second: of each municipality one, until that one is answered right.

    Args:
        names: where names should lead once all is well.
        sites: those whose name servers are asked.
        municipalities: those whose workloads move.
        since: the moment from which time counts, e.g. of the cut; by `time.monotonic`.
    """

    def __init__(
        self, names: ExpectedNames, sites: Collection[str], municipalities: Iterable[str], since: float
    ) -> None:
        super().__init__()
        self._since = since
        told = {server: names.told_by(server) for server in names.servers(sites)}
        self._waiting = {
            municipality: _Waiting(pairs)
            for municipality in municipalities
            if (
                pairs := [
                    (server, name, known[name])
                    for server, known in told.items()
                    for name in urgent_front_ends(names.region, municipality)
                    if name in known
                ]
            )
        }

    @property
    def open(self) -> frozenset[str]:
        """The municipalities whose names do not lead there yet."""
        return frozenset(municipality for municipality, waiting in self._waiting.items() if waiting.pairs)

    def stop(self, patience_seconds: float = PATIENCE_SECONDS) -> list[MeasuredGap]:
        """Ends the watch: a line for each municipality with such names; seconds are None where they never led there.

        Args:
            patience_seconds: how long to wait for those whose names do not lead there yet.
        """
        deadline = time.monotonic() + patience_seconds
        while self.open and time.monotonic() < deadline:
            time.sleep(_TICK_SECONDS)
        self._stop()
        return [
            MeasuredGap(what=NAMES, municipality=municipality, seconds=waiting.seconds, ttl_seconds=waiting.ttl)
            for municipality, waiting in self._waiting.items()
        ]

    def _look(self) -> float:
        for waiting in self._waiting.values():
            while waiting.pairs:
                server, name, address = waiting.pairs[0]
                answer = ask(server.address, name)
                if answer.address != address:
                    break
                waiting.pairs.pop(0)
                waiting.ttl = max(answer.ttl or 0, waiting.ttl or 0)
                if not waiting.pairs:
                    waiting.seconds = round(time.monotonic() - self._since, 1)
        return _TICK_SECONDS


class StaleWatcher(_Watcher):
    """Watches the name servers of a site that returns, from their first answer on: do they tell of machines long gone?

    A name that such a server does not know is right, for nobody is led astray by it.

    Args:
        names: where names lead at the moment; every other address is that of a machine that does not run.
        site: the one that returns.
        when: the phase, for the record.
    """

    def __init__(self, names: ExpectedNames, site: str, when: str = "after") -> None:
        super().__init__()
        self._when = when
        self._expected = {server: told for server in names.servers([site]) if (told := names.told_by(server))}
        self._heard = dict.fromkeys(self._expected, 0)
        self._wrong: dict[tuple[NameServer, str], NameAnswer] = {}
        self._whole = threading.Event()

    def stop(self, patience_seconds: float = PATIENCE_SECONDS) -> list[NameAnswer]:
        """Ends the watch: the stale answers, and one line for each server.

        Args:
            patience_seconds: how long to wait for servers that have not told all they know yet.
        """
        self._whole.wait(patience_seconds)
        self._stop()
        found = list(self._wrong.values())
        for server, heard in self._heard.items():
            stale = sum(where == server for where, _ in self._wrong)
            seen = f"{heard} answers, {stale} names stale" if heard else _NOBODY
            found.append(_summary(self._when, server, seen, "answers, no name stale", bool(heard) and not stale))
        return found

    def _look(self) -> float:
        answered = [self._round(server, expected) for server, expected in self._expected.items()]
        if not all(answered):
            return _SOON_SECONDS
        self._whole.set()
        return _ROUND_SECONDS

    def _round(self, server: NameServer, expected: Mapping[str, str]) -> bool:
        for name, address in expected.items():
            answer = ask(server.address, name)
            if not answer.heard or self._end.is_set():
                return False
            self._heard[server] += 1
            if answer.address not in (None, address):
                self._wrong.setdefault((server, name), _line(self._when, name, server, answer, address))
        return True
