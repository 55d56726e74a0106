"""Calls as the evidence keeps them, each with its verdict and, when it failed, with a sentence that says why."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from uitwijk import utc
from uitwijk.continuity.region import Region
from uitwijk.drill.players.telephony.carrier import CONTROL_ROOM, Call, called
from uitwijk.drill.players.telephony.desks import Account, Desk
from uitwijk.drill.players.telephony.held import Talk
from uitwijk.evidence.work_report import EMERGENCY, GAP, NUMBER, OUTSIDE, AnsweredBy, JudgedCall

_CODES = {
    None: "no border controller or call server replied",
    401: "401, the password was refused",
    403: "403, it was refused",
    404: "404, the number is not known",
    407: "407, the password was refused",
    408: "nobody answered in time",
    480: "480, no telephone is logged in with it",
    503: "503, there was nobody to hand it to",
}


class Judge:
    """Judges calls.

    Args:
        region: the region.
        when: before, during or after the scenario.
    """

    def __init__(self, region: Region, when: str) -> None:
        self._region = region
        self._when = when

    def number(self, account: Account, call: Call, rang: Collection[Desk], refused: Iterable[str] = ()) -> JudgedCall:
        """A call to a number from outside.

        Args:
            account: who should answer.
            call: what came of it.
            rang: the telephones that rang.
            refused: what is known of logins that were refused, and of telephones that are gone.
        """
        return self._judged(NUMBER, account.desk, call, self._why_not(account, call, rang, refused))

    def gap(self, account: Account, call: Call | None) -> JudgedCall:
        """The first answered call after a loss; None: there was none."""
        if call is None:
            call = called(account.number)
        why = None if call.answered else f"{self._whose(account)} was not answered while the drill waited"
        return self._judged(GAP, account.desk, call, why)

    def talk(self, account: Account, talk: Talk) -> JudgedCall:
        """A call in progress that has ended."""
        why = self._why_not(account, talk.call, [account.desk], ())
        if why is None and talk.broken_at:
            why = f"the call in progress to {self._whose(account)} broke off at {utc.stamp(talk.broken_at)}"
        elif why is None and talk.ended_at is None:
            why = f"the call in progress to {self._whose(account)} could not be ended: nobody confirmed it"
        return self._judged("in-progress", account.desk, talk.call, why)

    def emergency(self, caller: Desk, call: Call) -> JudgedCall:
        """A 112 call from a building."""
        expected = self._region.buildings[caller.building].emergency_location
        why = self._unheard(caller, call)
        if why is None and call.fault:
            why = f"{call.number} from {caller.building}: {call.fault}"
        elif why is None and call.location != expected:
            said = f'told the control room "{call.location}"' if call.location else "told the control room no location"
            why = f'{call.number} from {caller.building} {said}; it should be "{expected}"'
        return self._judged(EMERGENCY, caller, call, why)

    def outside(self, caller: Desk, call: Call) -> JudgedCall:
        """Any other call to the outside: it tells nobody where the caller is."""
        why = self._unheard(caller, call)
        if why is None and (call.location or call.fault):
            why = f"a call from {caller.building} to {call.number}, which is not 112, carried a location"
        return self._judged(OUTSIDE, caller, call, why)

    def _unheard(self, caller: Desk, call: Call) -> str | None:
        if call.answered and call.answered_by == CONTROL_ROOM:
            return None
        return (
            f"{call.number} from {caller.building} (telephone of {caller.municipality}) was not answered: {_said(call)}"
        )

    def _why_not(self, account: Account, call: Call, rang: Collection[Desk], refused: Iterable[str]) -> str | None:
        whose = self._whose(account)
        if call.answered_by is None:
            own = account.number, f"{account.desk} is gone"
            known = [sentence for sentence in refused if any(words in sentence for words in own)]
            return "; ".join([f"{whose} was not answered: {_said(call)}", *known])
        if call.answered_by != account.desk:
            return f"{whose} was answered by {call.answered_by}"
        if others := sorted(str(desk) for desk in rang if desk != account.desk):
            return f"{whose} also rang at {', '.join(others)}"
        if account.desk not in rang:
            return f"{whose} was answered, but that telephone never rang"
        return None

    def _whose(self, account: Account) -> str:
        return f"{account.number}, which should be answered by {account.desk},"

    def _judged(self, kind: str, desk: Desk, call: Call, why: str | None) -> JudgedCall:
        who = call.answered_by
        return JudgedCall(
            at=call.at,
            when=self._when,
            kind=kind,
            municipality=desk.municipality,
            number=call.number,
            building=desk.building,
            answered_by=AnsweredBy(municipality=who.municipality, building=who.building) if who else None,
            via=call.via,
            seconds=call.seconds,
            location=call.location,
            verdict="failed" if why else "passed",
            why=why,
        )


def _said(call: Call) -> str:
    return _CODES.get(call.code, f"SIP {call.code}")
