"""How the project says things to people: counts, lists, durations, names and values in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import phonenumbers

CUT = 300
"""Characters after which a value is cut; the whole of it is in report.json."""


class DisplayNames:
    """Display names by kind (organisations, buildings, services, processes) and key. A site goes by its stack."""

    def __init__(self, names: Mapping[str, Mapping[str, str]]) -> None:
        self._names = names

    def keys(self, kind: str) -> list[str]:
        """All that have a name, in the catalogue's order."""
        return list(self._names.get(kind, {}))

    def of(self, kind: str, key: str) -> str:
        """The name that people know; else the key in words."""
        return self._names.get(kind, {}).get(key) or key.replace("-", " ").capitalize()

    def of_all(self, kind: str, keys: Iterable[str]) -> list[str]:
        """The names of several."""
        return [self.of(kind, key) for key in keys]

    def site(self, key: str) -> str:
        """`north` as `North`."""
        return site_name(key)

    def workload(self, key: str) -> str:
        """`elmford/civil-affairs` as `Civil affairs (Elmford)`."""
        organisation, _, service = key.partition("/")
        return f"{self.of('services', service)} ({self.of('organisations', organisation)})"


def site_name(key: str) -> str:
    """`north` as `North`."""
    return key.replace("-", " ").title()


def up_command(site: str) -> str:
    """What brings a site's stack to what is declared: what does not hang on a machine that fails goes on without it."""
    return f"pulumi up --stack {site} --continue-on-error"


def telephone(number: str) -> str:
    """`+31517491200` as `+31 517 491 200`; a text that is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def count(number: float, one: str, many: str | None = None) -> str:
    """`1 machine`, `2 machines`, `1,240 seats`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = list(items) or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last


def shortened(items: Iterable[str], shown: int = 4) -> str:
    """The first few by name, the rest by number: `a, b, c, d and 3 more`."""
    all_of_them = list(items)
    rest = len(all_of_them) - shown
    return ", ".join(all_of_them[:shown]) + (f" and {rest} more" if rest > 0 else "")


def names(items: Iterable[str], shown: int = 4) -> str:
    """The same in alphabetical order, for what has none of its own."""
    return shortened(sorted(items), shown)


def duration(seconds: float | None) -> str:
    """A duration for people: `0.4 s`, `38.2 s`, `3 min 05 s`, `2 h 10 min`; None: `not ended`."""
    if seconds is None:
        return "not ended"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def clock(seconds: float) -> str:
    """A moment so many seconds after the beginning: `1:05`, `1:00:05`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def about(seconds: float) -> str:
    """Roughly how long: `38 s`, `5 min`."""
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def value(of: Any, cut: int = CUT) -> str:
    """A JSON value as people write it."""
    text = _value(of)
    if len(text) <= cut:
        return text
    whole = (
        f" … ({len(of)} in all; in full in report.json)"
        if isinstance(of, list | dict)
        else " … (in full in report.json)"
    )
    return text[: cut - len(whole)].rstrip(" ,;") + whole


def difference(expected: Any, observed: Any) -> tuple[tuple[str, str], ...]:
    """What is not as expected, each with a label; nothing if the two values cannot be compared part by part."""
    if isinstance(expected, list) and isinstance(observed, list):
        missing = [item for item in expected if item not in observed]
        surplus = [item for item in observed if item not in expected]
        found = [("Missing", missing), ("Not expected", surplus)]
        return tuple((what, value(items)) for what, items in found if items)
    if isinstance(expected, dict) and isinstance(observed, dict):
        keys = dict.fromkeys((*expected, *observed))
        return tuple(
            ("Difference", f"{key}: expected {_part(expected, key)}, observed {_part(observed, key)}")
            for key in keys
            if expected.get(key) != observed.get(key) or (key in expected) != (key in observed)
        )
    return ()


def _part(of: Mapping[str, Any], key: str) -> str:
    return value(of[key]) if key in of else "nothing"


def _value(of: Any) -> str:
    if of is None:
        return "nothing"
    if isinstance(of, bool):
        return "yes" if of else "no"
    if isinstance(of, dict):
        return "; ".join(f"{key}: {_value(item)}" for key, item in of.items()) or "none"
    if isinstance(of, list):
        return ", ".join(_value(item) for item in of) or "none"
    return str(of)
