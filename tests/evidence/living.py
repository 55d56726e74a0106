"""An imagined working day for the sample: callers, clerks and guests, as the placement has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from tests.evidence.pieces import but
from uitwijk.continuity import place
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.work_report import (
    AnsweredBy,
    Continuity,
    GuestsReport,
    JudgedCall,
    MeasuredGap,
    NameAnswer,
    SoughtRecord,
    StoppedProcess,
    Transaction,
    Trouble,
)

PHASES = ("before", "during", "after")
DOMAIN = "kustland.example"
SITES = ("veldoord", "zandermeer")
IDLE = {
    "remote-access/gateway": "nobody works from home in the drill",
    "finance/application": "its packages are not in the drill's template",
    "directory/server": "its packages are not in the drill's template",
}
SHORTENED = {
    "packages: kamailio, knot": "in the template already",
    "systemctl restart systemd-resolved": "package not in the drill's template",
}
TROUBLE = Trouble(
    site="veldoord",
    guest="kolkwijde-telephony-call-server-1",
    unit="kamailio.service",
    what="did not start",
    words="ERROR: <core> [core/udp_server.c:602]: udp_init(): bind on 10.11.18.10: Address already in use",
)
CONTROL_ROOM = AnsweredBy(municipality="carrier", building="control-room")
RELOCATED = "kolkwijde"
STATION_OWNER = "head of civil affairs"


class Day:
    """What is observed in one scenario, at the scenario's own moments.

    Args:
        stages: the situations before, during and after; the last may be missing.
        cut: the site that is lost, if one is.
        wrong: one call is answered by the wrong municipality, and one guest does not start.
    """

    def __init__(
        self, region: Region, scenario: Scenario, *stages: Situation, cut: str | None = None, wrong: bool = False
    ) -> None:
        self.region = region
        self.scenario = scenario
        self.placements = dict(zip(PHASES, (place(region, stage) for stage in stages), strict=False))
        self.cut = cut
        self.wrong = wrong
        self._spent = 0

    def observe(self) -> None:
        """Record all of it."""
        self.scenario.calls([call for when in self.placements for call in self._calls(when)])
        self.scenario.transactions([one for when in self.placements for one in self._transactions(when)])
        self.scenario.names([name for when in self.placements for name in self._names(when)])
        if self.cut:
            self.scenario.calls(self._gap_calls())
            self.scenario.gaps(list(self._gaps()))
            self.scenario.records(list(self._records()))
        self.scenario.continuity(dict(self._continuity()))
        living = {site: 61 for site in SITES if site != self.cut}
        troubles = [but(TROUBLE, at=self._moment())] if self.wrong else []
        self.scenario.guests(
            GuestsReport(
                living=living,
                taking_part=122,
                idle=IDLE,
                memory_mib=931.4 * len(living),
                shortened=SHORTENED,
                troubles=troubles,
            )
        )

    def _moment(self) -> str:
        self._spent += 1
        minutes, rest = divmod(self._spent * 137, 60_000)
        return f"2026-11-27T08:{12 + minutes:02}:{rest // 1000:02}.{rest % 1000:03}Z"

    def _home(self, municipality: str, placement: Placement) -> str:
        return next(iter(placement.to_dict()["seats"][municipality]["at"]), "kust-office")

    def _calls(self, when: str) -> Iterator[JudgedCall]:
        placement = self.placements[when].to_dict()
        for key, number in placement["numbers"].items():
            who, _, first = key.partition("/")
            for building in number["rings_at"]:
                by, why = AnsweredBy(municipality=who, building=building), None
                if self.wrong and (when, who, building) == ("during", "kolkwijde", "wilgendam-town-hall"):
                    by, why = but(by, municipality="reeenmeer"), "a telephone of Reeënmeer rang"
                yield self._call(when, "number", who, first, building, by, 0.31, why=why)
        for building, one in self.region.buildings.items():
            if building not in closed(self.placements[when], self.region):
                location = one.emergency_location
                yield self._call(when, "emergency", None, "112", building, CONTROL_ROOM, 0.12, location=location)
        if when == "during" and not self.cut:
            for who in ("kolkwijde", "reeenmeer"):
                home = self._home(who, self.placements[when])
                by = AnsweredBy(municipality=who, building=home)
                yield self._call(when, "in-progress", who, "+31513000001", home, by, 42.0)

    def _gap_calls(self) -> list[JudgedCall]:
        first = next(key for key in self.placements["during"].to_dict()["numbers"] if key.startswith("kolkwijde"))
        number, home = first.partition("/")[2], self._home("kolkwijde", self.placements["during"])
        tries = [self._call("during", "gap", "kolkwijde", number, home, None, 1.0, why="no answer") for _ in range(3)]
        by = AnsweredBy(municipality="kolkwijde", building=home)
        return [*tries, self._call("during", "gap", "kolkwijde", number, home, by, 0.4)]

    def _call(
        self,
        when: str,
        kind: str,
        municipality: str | None,
        number: str,
        building: str,
        by: AnsweredBy | None,
        seconds: float,
        *,
        location: str | None = None,
        why: str | None = None,
    ) -> JudgedCall:
        site = next(site for site in reversed(SITES) if site != self.cut)
        return JudgedCall(
            at=self._moment(),
            when=when,
            kind=kind,
            municipality=municipality,
            number=number,
            building=building,
            answered_by=by,
            via=f"kust-session-border-controller-1.{site}",
            seconds=seconds,
            location=location,
            verdict="failed" if why else "passed",
            why=why,
        )

    def _transactions(self, when: str) -> Iterator[Transaction]:
        for who, judged in self.placements[when].to_dict()["processes"].items():
            building = self._home(who, self.placements[when])
            yield self._transaction(when, who, "civil-registration", building, "login", "workplaces", None)
            for process in judged["continues"] if when == "during" else ("finance",):
                service = sorted(self.region.processes[process].services)[0]
                yield self._transaction(when, who, process, building, "record", service, f"{when}-{who}-{process}")
            number = f"D-{when}-{who}"
            yield self._transaction(when, who, "document-issue", building, "document", "counter", number)
        if when == "during":
            building = self._home(RELOCATED, self.placements[when])
            for other in self.region.municipalities:
                if other != RELOCATED:
                    yield self._transaction(when, RELOCATED, "civil-registration", building, "forbidden", other, None)

    def _transaction(
        self, when: str, who: str, process: str, building: str, what: str, service: str, number: str | None
    ) -> Transaction:
        refused = what == "forbidden"
        return Transaction(
            at=self._moment(),
            when=when,
            municipality=who,
            process=process,
            building=building,
            what=what,
            service="civil-affairs" if refused else service,
            host=f"{service if refused else who}-{'civil-affairs' if refused else service}.{DOMAIN}",
            id=number,
            seconds=0.03,
            verdict="passed",
            why=None,
        )

    def _names(self, when: str) -> Iterator[NameAnswer]:
        for site in SITES:
            if when != "during" or site != self.cut:
                yield NameAnswer(
                    at=self._moment(),
                    when=when,
                    name="63 names",
                    server=f"kust-directory-server-1.{site}.{DOMAIN}",
                    address="63 right",
                    expected="63 right",
                    verdict="passed",
                )

    def _gaps(self) -> Iterator[MeasuredGap]:
        for number, who in enumerate(self.region.municipalities):
            yield MeasuredGap(what="telephone", municipality=who, seconds=2.1 + 0.7 * number)
            seconds = 31.0 + 2.4 * number
            yield MeasuredGap(what="names", municipality=who, seconds=seconds, ttl_seconds=60, lag_seconds=0.6)

    def _records(self) -> Iterator[SoughtRecord]:
        for who in self.region.municipalities:
            for written, found, age in (("before", True, 14.0), ("late", False, 3.2), ("survivor", True, None)):
                yield SoughtRecord(
                    service="civil-affairs",
                    municipality=who,
                    id=f"{written}-{who}",
                    written=written,
                    found=found,
                    age_seconds=age,
                    rpo_minutes=15,
                    verdict="passed",
                )

    def _continuity(self) -> Iterator[tuple[str, Continuity]]:
        for who, judged in self.placements["during"].to_dict()["processes"].items():
            stopped = {
                process: StoppedProcess(
                    why=why,
                    observed="nothing listens at the station's address" if "station" in why else None,
                    owner=STATION_OWNER if "station" in why else None,
                )
                for process, why in judged["stopped"].items()
            }
            told = "".join(f"; {self._stopped(process, one)}" for process, one in stopped.items())
            all_of_them = len(judged["continues"]) + len(stopped)
            sentence = f"{len(judged['continues'])} of {all_of_them} processes continued{told}"
            yield who, Continuity(continued=judged["continues"], stopped=stopped, sentence=sentence)

    def _stopped(self, process: str, one: StoppedProcess) -> str:
        owner = f" (manual step, owner: {one.owner})" if one.owner else ""
        return f"{self.region.processes[process].name} stopped: {one.why}{owner}"


def closed(placement: Placement, region: Region) -> set[str]:
    """Buildings in which nobody works."""
    seated = {building for seats in placement.to_dict()["seats"].values() for building in seats["at"]}
    return set(region.buildings) - seated


class Live(Protocol):
    """Records what living guests did in a scenario."""

    def __call__(self, scenario: Scenario, *stages: Situation, cut: str | None = None) -> None: ...


def live_with(region: Region, *, wrong: bool) -> Live:
    """Guests that live in every scenario; `wrong`: in the first, not all is as it should be."""

    def live(scenario: Scenario, *stages: Situation, cut: str | None = None) -> None:
        in_s1 = wrong and cut is None
        Day(region, scenario, *stages, cut=cut, wrong=in_s1).observe()
        scenario.check("Every call is answered by the right municipality", 0, int(in_s1), not in_s1)

    return live


def without_guests(scenario: Scenario, *stages: Situation, cut: str | None = None) -> None:
    """Guests that live in none."""
    del stages, cut
    scenario.machines_only("mmdebstrap is not installed and may not be: not root")
