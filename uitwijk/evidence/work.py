"""What living guests did for people in one scenario: calls, transactions, names, records, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uitwijk.evidence.record import Evidence


class WorkRecord:
    """The part of a scenario's record that says how the work went on. Base of `Scenario`.

    Nothing here decides the scenario's verdict: whoever observes adds the checks for that. A batch is saved once.
    Every moment `at` is a text as `Evidence.now` writes it.
    """

    record: dict[str, Any]
    _evidence: Evidence

    def _begin_work(self) -> None:
        self.record |= {"guests": None, "machines_only": None, "continuity": {}}
        self.record |= {part: [] for part in ("calls", "transactions", "names", "gaps", "records")}

    def machines_only(self, why: str) -> None:
        """Record that no guest lives in this scenario, and why."""
        self.record["machines_only"] = self._evidence.plain(why)
        self._tell("leave out", "living guests", why)
        self._evidence.save()

    def guests(self, facts: Mapping[str, Any]) -> None:
        """Record which guests lived, in place of what was recorded of them before; each new trouble is an event.

        Args:
            facts: living (number by site), taking_part (number), idle (why, by kind of machine), memory_mib, troubles
                (each with at, site, guest, unit, what, words) and shortened (what was done instead, by command).
        """
        told = (self.record["guests"] or {}).get("troubles", [])
        found = self._evidence.plain(facts)
        self.record["guests"] = found
        for trouble in found.get("troubles", []):
            if trouble not in told:
                words = f"{trouble['unit']} {trouble['what']}: {trouble['words']}"
                self._tell("find trouble", f"{trouble['guest']} at {trouble['site']}", words, trouble["at"])
        living = " ".join(f"{number} at {site}" for site, number in found.get("living", {}).items())
        self._tell("count guests", "living guests", living or "none")
        self._evidence.save()

    def calls(self, calls: Iterable[Mapping[str, Any]]) -> None:
        """Record telephone calls.

        Args:
            calls: each with at, when (before, during, after), kind (number, emergency, in-progress, gap),
                municipality, number, building (expected, or the caller's), answered_by (municipality and building;
                None: nobody), via (host), seconds (until the answer), location (what a 112 call gave), verdict, why.
        """
        for call in self._extend("calls", calls):
            who = call["answered_by"]
            answer = f"answered by {who['municipality']} in {who['building']}" if who else "not answered"
            self._tell("call", call["number"], _result(call, answer), call["at"])

    def transactions(self, transactions: Iterable[Mapping[str, Any]]) -> None:
        """Record what clerks and citizens did with the services.

        Args:
            transactions: each with at, when, municipality, process, building, what (record, document, alive, station,
                login, forbidden, citizen), service, host, id, seconds, verdict, why.
        """
        for one in self._extend("transactions", transactions):
            on = f"{one['what']} {one['id'] or ''}".strip()
            asked = f"{one['service']} of {one['municipality']} on {one['host']}, for {one['process']}"
            self._tell("use service", f"{on}: {asked}", _result(one), one["at"])

    def names(self, names: Iterable[Mapping[str, Any]]) -> None:
        """Record answers of name servers: those that are wrong, and one line that sums up each server.

        Args:
            names: each with at, when, name, server, address, expected, verdict.
        """
        for name in self._extend("names", names):
            answer = f"{name['address']}, expected {name['expected']}"
            self._tell("resolve", f"{name['name']} at {name['server']}", _result(name, answer), name["at"])

    def gaps(self, gaps: Iterable[Mapping[str, Any]]) -> None:
        """Record how long municipalities were without telephone or names.

        Args:
            gaps: each with what (telephone, names), municipality, seconds from the cut to the first success (None: it
                never came), ttl_seconds (the names' time to live; None for anything else) and, of names, lag_seconds
                (from the power-on of the last of their machines).
        """
        for gap in self._extend("gaps", gaps):
            took = "never came back" if gap["seconds"] is None else f"{gap['seconds']:.1f} s"
            self._tell("measure gap", f"{gap['what']} of {gap['municipality']}", took)

    def records(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Record which records that clerks wrote were found at the other site.

        Args:
            records: each with service, municipality, id, written (before or late: before or after the last
                replication; survivor: at the other site, found after failback), found, age_seconds (when the site was
                lost), rpo_minutes, verdict.
        """
        for one in self._extend("records", records):
            found = f"{'found' if one['found'] else 'lost'}, written {one['written']}"
            on = f"{one['id']} of {one['municipality']} in {one['service']}"
            self._tell("look for record", on, _result(one, found))

    def continuity(self, continuity: Mapping[str, Mapping[str, Any]]) -> None:
        """Record which processes continued, by municipality, as observed.

        Args:
            continuity: continued (processes), stopped (by process: why, observed, owner) and sentence.
        """
        found = self._evidence.plain(continuity)
        self.record["continuity"] |= found
        for municipality, judged in found.items():
            self._tell("judge continuity", municipality, judged["sentence"])
        self._evidence.save()

    def _extend(self, part: str, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Saves before anything is told of it, so that a crash in between leaves the figures."""
        found: list[dict[str, Any]] = self._evidence.plain(list(items))
        self.record[part].extend(found)
        if found:
            self._evidence.save()
        return found

    def _tell(self, action: str, on: str, result: str, at: str | None = None) -> None:
        self._evidence.event(action, f"{self.record['key']}: {on}", result, at=at)


def _result(item: Mapping[str, Any], seen: str = "") -> str:
    """One line: the verdict, what was seen, how long it took, and why."""
    took = f"after {item['seconds']:.1f} s" if item.get("seconds") is not None else ""
    said = " ".join(filter(None, (seen, took)))
    return ": ".join(filter(None, (item["verdict"], said, item.get("why"))))
