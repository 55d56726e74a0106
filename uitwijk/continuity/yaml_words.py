"""What a word without quotes means in YAML, where that is one thing only.

In YAML 1.1, which is read here, `0127` is 87, `1:28` is 88 and `yes` is true; hardly anybody who writes that means it.
Such words are refused, with what may have been meant. What only other versions take for a number, `089` or `1e5`, is
text, and a place for a number refuses it as such.
"""

from __future__ import annotations

import datetime
import re

import yaml

MOST_DIGITS = 15
"""Of a number: what every reader keeps exactly."""
_PLAIN = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_SAID_BOOLEAN = {
    **dict.fromkeys(("yes", "on"), "true"),
    **dict.fromkeys(("no", "off"), "false"),
}
"""YAML 1.1 takes them for true and false, YAML 1.2 for text."""
_RESOLVER = yaml.resolver.Resolver()
_TEXT = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:value"}
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?\.[0-9]+|[-+]?(0|[1-9][0-9]*)\.")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"([0-9-]{10})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?) ?([Zz]|[-+][0-9]{2}:[0-9]{2})?")
_EARLIEST, _LATEST = 1900, 2999
"""Years: outside of them a date is a slip, and a moment may not exist in another time zone."""

Word = str | int | float | bool | datetime.date | None


class Unclear(Exception):
    """A word that is read in several ways, or that is none."""


def meaning(word: str) -> Word:
    """What `word`, which stands without quotes, means.

    Raises:
        Unclear: with what was read, and what to write instead.
    """
    if word in _PLAIN:
        return _PLAIN[word]
    if word.lower() in _SAID_BOOLEAN:
        raise Unclear(f'`{word}` is read as {_SAID_BOOLEAN[word.lower()]} by YAML; write that, or "{word}" for text')
    if _NUMBER.fullmatch(word):
        return int(_short(word))
    if _DECIMAL.fullmatch(word):
        return float(_short(word))
    if _DAY.fullmatch(word):
        return _moment(word, word, "", "")
    if found := _MOMENT.fullmatch(word):
        return _moment(word, found[1], found[2], found[3] or "")
    if _RESOLVER.resolve(yaml.ScalarNode, word, (True, False)) in _TEXT:  # type: ignore[no-untyped-call]
        return word
    raise Unclear(_trap(word))


def dated(moment: datetime.date) -> datetime.date:
    """`moment`, a date or a date and time.

    Raises:
        ValueError: it is in no year that anybody means.
    """
    if not _EARLIEST <= moment.year <= _LATEST:
        raise ValueError(f"{moment.isoformat()} is in no year from {_EARLIEST} to {_LATEST}")
    return moment


def _moment(word: str, day: str, time: str, zone: str) -> datetime.date:
    try:
        if not time:
            return dated(datetime.date.fromisoformat(day))
        return dated(datetime.datetime.fromisoformat(f"{day}T{time}{zone.upper()}"))
    except ValueError as error:
        raise Unclear(f"`{word}` is no date, or no date and time: {error}") from None


def _trap(word: str) -> str:
    """What `word` is taken for, and what to write instead."""
    text = f'"{_cut(word)}" for text'
    shown = f"`{_cut(word)}`"
    digits = word.replace("_", "").lstrip("+-")
    minus = "-" if word.startswith("-") else ""
    if re.fullmatch(r"[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?", digits):
        value = _to_the_base_of_60(digits)
        return f"{shown} is read as {minus}{value} (to the base of 60) by YAML; write {minus}{value}, or {text}"
    if found := re.fullmatch(r"0([xob])([0-9a-f]+)", digits, re.IGNORECASE):
        value = _in_base(found[2], {"x": 16, "o": 8, "b": 2}[found[1].lower()])
        return f"{shown} is read as {minus}{value} by YAML; write that, or {text}"
    if re.fullmatch(r"0[0-9]+", digits):
        meant = f"{minus}{_cut(digits.lstrip('0') or '0')}"
        return f'{shown} is read as {minus}{_in_base(digits, 8)} by YAML; write {meant} or "{_cut(word)}"'
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", digits):  # with underscores, or zeros in front
        meant = f"{minus}{_cut(re.sub('^0+(?=[0-9])', '', digits))}"
        return f"{shown} is read as {meant} by YAML; write that, or {text}"
    if re.fullmatch(r"([0-9]+\.?[0-9]*|\.[0-9]+)e[-+]?[0-9]+", digits, re.IGNORECASE):
        return f"{shown} is read as a number by YAML; write all its digits, or {text}"
    if re.fullmatch(r"\.(inf|nan)", digits, re.IGNORECASE):
        return f"{shown} is no number that means anything here; write one, or {text}"
    if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*", word):
        return f"{shown} is no date, or no date and time (e.g. 2026-11-28 or 2026-11-28T08:12:00Z)"
    return f"{shown} is no plain text to YAML; write {text}"


def _to_the_base_of_60(digits: str) -> str:
    if len(digits) > MOST_DIGITS or "." in digits:
        return "a number"
    value = 0
    for part in digits.split(":"):
        value = value * 60 + int(part)
    return str(value)


def _in_base(digits: str, base: int) -> str:
    return str(int(digits, base)) if len(digits) <= MOST_DIGITS else "a number that is too large"


def _short(word: str) -> str:
    if len(word.lstrip("+-")) > MOST_DIGITS:
        raise Unclear(f"`{_cut(word)}` is too long for a number; {MOST_DIGITS} digits are the most")
    return word


def _cut(word: str) -> str:
    return word if len(word) <= 30 else f"{word[:30]}…"
