"""The place of one machine: its guest is on when the machine is, and keeps its disk as long as the machine exists."""

from __future__ import annotations

import threading
from collections.abc import Callable

from uitwijk.drill.guests.guest import Guest


class Slot:
    """Brings a guest to the state that is wanted last, one step at a time.

    Args:
        guest: a guest that is off.
        beginning: called before it starts.
        ended: called when it is down.
    """

    def __init__(self, guest: Guest, beginning: Callable[[], None], ended: Callable[[], None]) -> None:
        self.guest = guest
        self._beginning = beginning
        self._ended = ended
        self._wanted = False
        self._on = False
        self._interrupted = False
        self._busy = threading.Lock()

    def want(self, on: bool) -> None:
        """States what is wanted; `settle` has to follow, and if it is off, first the end of all its processes."""
        self._wanted = on
        if not on:
            self._interrupted = True
            self.guest.freeze()

    def end(self) -> None:
        """Wants it off, and ends every process of it at once, also if it just starts; `settle` has to follow."""
        self.want(False)
        self.guest.kill()

    def settle(self) -> None:
        """Does what is to be done, and returns when it is."""
        with self._busy:
            while True:
                if self._on and (self._interrupted or not self._wanted):
                    self._on = self._interrupted = False
                    self.guest.stop()
                    self._ended()
                elif self._wanted and not self._on:
                    self._on, self._interrupted = True, False
                    self._beginning()
                    self.guest.start(lambda: self._wanted)
                else:
                    return

    def forget(self) -> None:
        """Ends a guest that is not wanted, and throws its disk away."""
        self.settle()
        self.guest.forget()
