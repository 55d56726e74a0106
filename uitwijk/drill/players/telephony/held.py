"""A call in progress: caller and telephone talk on, and the caller asks again and again whether the other is there."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from datetime import datetime

from uitwijk.drill.players.telephony.carrier import (
    ANSWER_SECONDS,
    CITIZEN,
    Call,
    Carrier,
    called,
    followed,
    worth_another,
)
from uitwijk.drill.players.telephony.desks import Account
from uitwijk.drill.players.telephony.events import Event
from uitwijk.drill.players.telephony.sipp import FIRST_REPLY_SECONDS, Playing, Sipp

EVERY_SECONDS = 2.0
"""How often the caller asks; every question must be answered before the next one."""
_QUIET_SECONDS = 0.4
"""Before a question, at least: a busy computer reads the time late."""
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class Talk:
    """How a call in progress went."""

    call: Call
    ended_at: datetime | None
    """When the other end confirmed that it is over; None: it did not."""
    questions: int
    """How often the other was asked whether it was there, and said so."""
    broken_at: datetime | None
    """When it first did not answer, or hung up."""

    @property
    def unbroken(self) -> bool:
        """Whether it was answered, and went on until it was ended."""
        return self.call.answered and self.broken_at is None and self.ended_at is not None


class Held:
    """A call that goes on until `end`."""

    def __init__(self, account: Account, call: Call, playing: Playing | None, address: str) -> None:
        self.account = account
        """Who was called."""
        self.call = call
        self._playing = playing
        self._address = address

    def asked(self, times: int, within_seconds: float = 10.0) -> bool:
        """Waits until the other has said so often, from now on, that it is there; whether it did within that time."""
        deadline = time.monotonic() + within_seconds
        wanted = self._questions() + times
        while (questions := self._questions()) < wanted and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)
        return questions >= wanted

    def _questions(self) -> int:
        return sum(event.what == "there" for event in self._playing.events) if self._playing else 0

    def end(self) -> Talk:
        """The caller hangs up."""
        if self._playing is None:
            return Talk(self.call, None, 0, None)
        with contextlib.closing(self._playing) as playing:
            self._await_quiet(playing)
            if playing.process.poll() is None:
                self._tell_to_hang_up(playing)
            playing.wait(4 * EVERY_SECONDS)
            events = [event for event in playing.events if event.call_id == playing.call_id(0)]
        return Talk(
            self.call,
            _first(events, "over"),
            sum(event.what == "there" for event in events),
            _first(events, "broken", "left", "unknown"),
        )

    def _await_quiet(self, playing: Playing) -> None:
        """Waits for a moment between two questions: sipp drops a call that hears something else than the answer."""
        deadline = time.monotonic() + 2 * EVERY_SECONDS
        while playing.process.poll() is None and time.monotonic() < deadline:
            since = time.time() - playing.events[-1].moment
            if _PAUSE_SECONDS < since < EVERY_SECONDS - _QUIET_SECONDS:
                return
            time.sleep(_PAUSE_SECONDS)

    def _tell_to_hang_up(self, playing: Playing) -> None:
        """sipp takes no orders of a single call but in SIP: a message within it, from nobody else than ourselves."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hand:
            hand.bind((self._address, 0))
            own = f"{self._address}:{hand.getsockname()[1]}"
            lines = (
                f"MESSAGE sip:{CITIZEN}@{self._address}:{playing.port} SIP/2.0",
                f"Via: SIP/2.0/UDP {own};branch=z9hG4bK-hang-up",
                f"From: <sip:hand@{own}>;tag=hand",
                f"To: <sip:{CITIZEN}@{self._address}:{playing.port}>",
                f"Call-ID: {playing.call_id(0)}",
                "CSeq: 1 MESSAGE",
                "Content-Length: 0",
                "",
                "",
            )
            hand.sendto("\r\n".join(lines).encode(), (self._address, playing.port))


def hold(sipp: Sipp, carrier: Carrier, account: Account) -> Held:
    """Somebody outside calls a number, and talks on; tries the border controllers of all sites."""
    call = called(account.number)
    for controller in carrier.in_order(account.number):
        if not worth_another(call):
            break
        address = carrier.resolve(controller)
        if address is None:
            continue
        playing = sipp.call(
            "held",
            carrier.address,
            address,
            [(account.number, CITIZEN)],
            ringing=round(ANSWER_SECONDS * 1000),
            every=round(EVERY_SECONDS * 1000),
        )
        deadline = time.monotonic() + FIRST_REPLY_SECONDS + ANSWER_SECONDS + 1
        while playing.process.poll() is None and time.monotonic() < deadline and not _first(playing.events, "answered"):
            time.sleep(_PAUSE_SECONDS)
        call = followed(call, playing.call_id(0), controller, playing.events)
        if call.answered:
            return Held(account, call, playing, carrier.address)
        carrier.heard(controller, call.code is not None)
        playing.close()
    return Held(account, call, None, carrier.address)


def _first(events: list[Event], *what: str) -> datetime | None:
    return next((event.at for event in events if event.what in what), None)
