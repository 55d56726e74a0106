"""How the report says things: names, counts and values in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import phonenumbers

CUT = 300
"""Characters after which a value is cut; the whole of it is in report.json."""


class Names:
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
        """`bolsward` as `Bolsward`."""
        return site_name(key)

    def workload(self, key: str) -> str:
        """`harlingen/civil-affairs` as `Civil affairs (Harlingen)`."""
        organisation, _, service = key.partition("/")
        return f"{self.of('services', service)} ({self.of('organisations', organisation)})"


def site_name(key: str) -> str:
    """`bolsward` as `Bolsward`."""
    return key.replace("-", " ").title()


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
