"""Reads JSON strictly: bounded in depth and in its numbers, each key once, nothing that is not JSON."""

from __future__ import annotations

import json
import math
from typing import Any

from uitwijk.continuity.bounded import Unreadable, unfit

DEEPEST = 64
"""Lists and objects within each other."""
MOST_VALUES = 1_000_000
"""Of a text, as its commas and brackets count them."""
_DIGITS = 18
"""Of a whole number: what fits into 64 bits."""


def parse_json(text: str) -> Any:
    """The value that `text` states.

    Raises:
        Unreadable: it states none, or one that no file of ours holds.
    """
    if (values := sum(map(text.count, ",[{"))) > MOST_VALUES:
        raise Unreadable(("", f"holds too much: some {values:,} values; {MOST_VALUES:,} are the most"))
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_int=_whole, parse_float=_finite, parse_constant=_constant
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise Unreadable(("", f"is no JSON: {error}")) from None
    _check(value)
    return value


def _check(value: Any) -> None:
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, str) and (why := unfit(one)) and "UTF-8" in why:
            raise Unreadable(("", why))
        if isinstance(one, dict | list):
            if depth == DEEPEST:
                raise _too_deep()
            waiting += [(key, depth + 1) for key in one] if isinstance(one, dict) else []
            waiting += [(item, depth + 1) for item in (one.values() if isinstance(one, dict) else one)]


def _too_deep() -> Unreadable:
    return Unreadable(("", f"is nested too deep; {DEEPEST} levels are the most"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{json.dumps(key)[:60]} stands twice")
        found[key] = value
    return found


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _DIGITS:
        raise ValueError(f"a number has {len(digits)} digits; {_DIGITS} are the most")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:30]} is too large")
    return number


def _constant(word: str) -> float:
    raise ValueError(f"{word} is no number")
