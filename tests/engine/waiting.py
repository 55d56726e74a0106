"""Waits for what other processes do. The test's own time limit ends a wait that never ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T]) -> T:
    """Asks again and again until the answer counts as true, and returns it."""
    while not (answer := condition()):
        threading.Event().wait(0.05)
    return answer
