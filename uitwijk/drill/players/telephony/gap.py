"""How long nobody outside reaches a municipality: from the loss of a site to the first answered call."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

from uitwijk.drill.players.telephony.carrier import Call, Carrier
from uitwijk.drill.players.telephony.desks import Account

_PAUSE_SECONDS = 0.1
_RINGING_SECONDS = 1.0


class Gap:
    """Calls every municipality again and again, all side by side, until each has answered once.

    Made as soon as the site is cut off, it goes on in the background: a call that began earlier proves nothing.

    Args:
        carrier: calls.
        accounts: whom to call, one of each municipality.
        since: when the site was cut off, on the clock of `time.monotonic`; now, if left out.
    """

    def __init__(self, carrier: Carrier, accounts: Sequence[Account], since: float | None = None) -> None:
        self._carrier = carrier
        self._waiting = {account.desk.municipality: account for account in accounts}
        self._answers: dict[str, tuple[Call, float]] = {}
        self._changed = threading.Condition()
        self._ended = False
        self._since = time.monotonic() if since is None else since
        self._thread = threading.Thread(target=self._go_on, name="gap", daemon=True)
        self._thread.start()

    def answers(self, within_seconds: float) -> Mapping[str, tuple[Call, float]]:
        """The first answered call of each municipality, and the seconds from the cut to the answer.

        Args:
            within_seconds: how long to wait for those that have not answered yet; then nobody calls them any more.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, within_seconds)
            self._ended = True
        self._thread.join()
        return dict(self._answers)

    def _go_on(self) -> None:
        while not self._ended and self._waiting:
            accounts = list(self._waiting.values())
            calls = self._carrier.calls([account.number for account in accounts], _RINGING_SECONDS)
            with self._changed:
                for account, call in zip(accounts, calls, strict=True):
                    who = account.desk.municipality
                    if call.answered_by and call.answered_by.municipality == who and call.seconds is not None:
                        del self._waiting[who]
                        self._answers[who] = (call, round(call.began + call.seconds - self._since, 3))
                self._changed.notify_all()
            time.sleep(_PAUSE_SECONDS)
