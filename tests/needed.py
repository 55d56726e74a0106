"""What some tests need and not every computer has: without it they are skipped, and fail where CI is set."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")


def needed(what: str, ask: Callable[[], T], missing: type[Exception]) -> T:
    """What `ask` gives; it raises `missing` where `what` cannot be had."""
    try:
        return ask()
    except missing as why:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"these tests need {what}: {why}")
