"""Everything that telephones in a drill: whoever sits at a telephone, the carrier, and callers."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template
from uitwijk.drill.players.telephony.call_servers import CallServers
from uitwijk.drill.players.telephony.carrier import Call, Carrier
from uitwijk.drill.players.telephony.desks import Account, accounts
from uitwijk.drill.players.telephony.emergency import EMERGENCY, OUTSIDE, OutsideCalls
from uitwijk.drill.players.telephony.gap import Gap
from uitwijk.drill.players.telephony.held import Held, hold
from uitwijk.drill.players.telephony.judged import Judge
from uitwijk.drill.players.telephony.sipp import Sipp
from uitwijk.drill.players.telephony.telephones import Telephones
from uitwijk.evidence.work_report import JudgedCall


class Telephony:
    """The players of telephony, until closed.

    Args:
        folder: gets a private folder for all that sipp reads and writes; it is gone when this is closed.
        template: the Debian root with sipp in it.
        loopback: where the region is on this computer.
        region: the region.
        secrets: the secret of each number block (by its key) at each site, as the call servers there have it.
            Looked at anew with every login and call: after a site was built anew, put its new ones in.
        carrier_password: of the border controllers at the carrier.
    """

    def __init__(
        self,
        folder: Path,
        template: Template,
        loopback: Loopback,
        region: Region,
        secrets: Mapping[str, Mapping[str, str]],
        carrier_password: str,
    ) -> None:
        self._region = region
        self._parent = folder
        self._template = template
        self._loopback = loopback
        self._secrets = secrets
        self._carrier_password = carrier_password
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Telephony:
        """Opens the carrier; telephones stand where people sit, see `telephones.sit`.

        Raises:
            UitwijkError: the carrier's port is taken.
        """
        self._parent.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="telephony-", dir=self._parent))
            self._sipp = Sipp(Path(folder), self._template)
            stack.callback(self._sipp.close)
            servers = CallServers(self._region, self._loopback)
            self.carrier = Carrier(self._sipp, self._region, self._loopback, self._carrier_password)
            stack.callback(self.carrier.close)
            self.carrier.open()
            self.telephones = Telephones(self._sipp, self._region, servers, self._secrets)
            self.telephones.open()
            stack.callback(self.telephones.close)
            self._outside = OutsideCalls(
                self._sipp, self._region, servers, self._secrets, self.telephones, self.carrier
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def emergency(self, building: str) -> Call:
        """Somebody in a building calls 112; its location is what the control room was told."""
        return self._outside.calls(building, EMERGENCY)[0]

    def hold(self, municipality: str) -> Held:
        """Somebody outside calls a municipality, and talks on.

        Raises:
            UitwijkError: it has no telephone that is logged in.
        """
        for account in self.telephones.accounts:
            if account.desk.municipality == municipality:
                return hold(self._sipp, self.carrier, account)
        raise UitwijkError(f"{municipality}: no telephone is logged in with its numbers; tell who sits where first")

    def talk(self, when: str, held: Held) -> JudgedCall:
        """Ends a call in progress, and says how it went, as `Scenario.calls` takes it, with its verdict."""
        return Judge(self._region, when).talk(held.account, held.end())

    def gap(self, since: float | None = None) -> Gap:
        """Begins to measure how long nobody outside reaches the municipalities; see `Gap`.

        A municipality whose building closes with the site answers when its people sit elsewhere.
        """
        return Gap(self.carrier, list(self.telephones.first.values()), since)

    def round(self, when: str, numbers: Mapping[str, Mapping[str, Any]]) -> list[JudgedCall]:
        """Calls every number block in every building, 112 in each form from every open building, and one outside.

        Args:
            when: before, during or after the scenario.
            numbers: `Placement.to_dict()["numbers"]`: where numbers should ring.

        Returns:
            Calls as `Scenario.calls` takes them, each with its verdict.
        """
        judge = Judge(self._region, when)
        return [*self._numbers(judge, accounts(self._region, numbers)), *self._from_inside(judge)]

    def _numbers(self, judge: Judge, called: Sequence[Account]) -> list[JudgedCall]:
        calls = self.carrier.calls([account.number for account in called])
        rings = self.telephones.rings()
        refused = self.telephones.refused
        return [
            judge.number(account, call, {ring.desk for ring in rings if ring.call_id in call.call_ids}, refused)
            for account, call in zip(called, calls, strict=True)
        ]

    def _from_inside(self, judge: Judge) -> list[JudgedCall]:
        return [
            judge.outside(caller, call) if call.number == OUTSIDE else judge.emergency(caller, call)
            for caller, call in self._outside.all()
        ]
