"""Reads YAML files strictly and turns every complaint into one line for a person."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from uitwijk.continuity.bounded import Unreadable, read_bytes, read_text
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.strict_yaml import parse_yaml

Location = tuple[int | str, ...]
NEITHER = "neither"
"""Type of the complaint about a value that fits no branch of a choice; its message is a sentence without the value."""
_LONGEST_SHOWN = 60
"""Characters of a wrong value that a message repeats."""
_LONGEST_LINE = 2000
"""Characters of a message."""
_MOST_COUNTED = 1000
_MOST_TOLD = 20
"""Complaints about one file that are told one by one: beyond that something else is wrong with it."""


class Problems:
    """Collects complaints, so that all of them are told at once."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, place: str, what: str) -> None:
        """Notes that something at `place` (file, then path to the value) is wrong."""
        line = f"{place}: {what}"
        # One line, whatever stood in the file.
        shown = "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in line)
        self.lines.append(shown if len(shown) <= _LONGEST_LINE else f"{shown[:_LONGEST_LINE]}…")


def whole(path: Path) -> bytes:
    """The content of a file that people edit.

    Raises:
        UitwijkError: it is no such file, or too large.
    """
    try:
        return read_bytes(path)
    except Unreadable as unreadable:
        raise UitwijkError(f"{path}: {unreadable}") from None


def read_yaml(path: Path, place: str, problems: Problems) -> Any:
    """The content of a YAML file, or None after noting why it cannot be had; an empty file is an error, too."""
    try:
        content = parse_yaml(read_text(path))
    except Unreadable as unreadable:
        for where, what in unreadable.complaints:
            problems.add(f"{place}: {where}" if where else place, what)
        return None
    if content is None:
        problems.add(place, "the file is empty")
    return content


def validate(kind: Any, data: Any, place: str, problems: Problems, at: Location = ()) -> Any:
    """`data` as a `kind` (a model, or a type such as `tuple[ManualStep, ...]`), or None after noting every complaint.

    Args:
        place: the file's name in the messages.
        at: where in the file `data` stands.
    """
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        if error.error_count() > _MOST_COUNTED:
            problems.add(place, f"{error.error_count():,} values are wrong; is it the file that it should be?")
            return None
        complaints = error.errors(include_url=False)
        wrong = {complaint["loc"][:-1] for complaint in complaints} | {
            complaint["loc"][:-2] for complaint in complaints
        }
        for complaint in complaints[:_MOST_TOLD]:
            if complaint["type"] == "too_short" and complaint["loc"] in wrong:
                continue  # it is short only because pydantic does not count the wrong ones
            location = _path((*at, *complaint["loc"]))
            problems.add(f"{place}: {location}" if location else place, _sentence(complaint, kind))
        if len(complaints) > _MOST_TOLD:
            problems.add(place, f"{len(complaints) - _MOST_TOLD} more values are wrong")
    return None


def _path(location: Location) -> str:
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part != "[key]" and not part.startswith("a "):  # the name of a branch of a choice
            text += f".{part[:_LONGEST_SHOWN]}" if text else part[:_LONGEST_SHOWN]
    return text


def _sentence(complaint: Any, kind: Any) -> str:
    code, value, context = complaint["type"], complaint.get("input"), complaint.get("ctx", {})
    if code == "extra_forbidden":
        return f"unknown key; allowed are: {', '.join(sorted(_allowed(kind, complaint['loc'])))}"
    if code == "missing":
        return "is missing"
    if code == "value_error":
        message = str(context["error"])
        named = not isinstance(value, str) or message.startswith(value)
        return message if named else f"{_shown(value)} {message}"
    if code == NEITHER:
        return f"{_shown(value)} {complaint['msg']}"
    if code == "string_type" and isinstance(value, bool | int | float):
        return f"must be text, but YAML reads it as {_shown(value)}; put it in quotes"
    if code == "string_type" and isinstance(value, datetime.date):
        return "must be text, but YAML reads it as a date; put it in quotes"
    if code in ("enum", "literal_error"):
        allowed = re.findall(r"'([^']*)'", context["expected"])
        return f"{_shown(value)} is not allowed; allowed are: {', '.join(allowed)}"
    if code in ("int_type", "float_type") and isinstance(value, str) and re.fullmatch("0[0-9]{1,14}", value):
        return f"`{value}` is text to YAML; write {int(value)}"
    for pattern, sentence in _SENTENCES.items():
        if re.fullmatch(pattern, code):
            return sentence.format(value=_shown(value), **context)
    return f"{_shown(value)}: {complaint['msg'][0].lower()}{complaint['msg'][1:]}"


_SENTENCES: Mapping[str, str] = {
    "int_.*": "{value} is no whole number",
    "timezone_aware": "{value} has no time zone (e.g. 2026-11-28T08:12:00Z)",
    "float_.*": "{value} is no number",
    "bool_.*": "{value} is neither true nor false",
    "string_type": "must be text",
    "string_too_short": "is empty",
    "greater_than_equal": "{value} is too small; {ge} is the least",
    "greater_than": "{value} is too small; it must be more than {gt}",
    "less_than_equal": "{value} is too large; {le} is the most",
    "too_short": "is empty; at least {min_length} must be there",
    "(tuple|list|set|frozen_set)_type": "must be a list: [one, another]",
    "(dict|mapping|model|model_attributes|dataclass)_type": "must be a mapping: {{key: value}}",
    "ip_v4_network": "{value} is no IPv4 network (e.g. 10.11.0.0/16)",
    "(date|datetime)_.*": "{value} is no date, or no date and time (e.g. 2026-11-28 or 2026-11-28T08:12:00Z)",
}
"""What a person reads, by pydantic's name of the complaint."""


def _shown(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"\S+", value):
        return value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _allowed(kind: Any, location: Location) -> set[str]:
    """The keys that the model at `location` (whose last part is the unknown key) knows."""
    schema = TypeAdapter(kind).json_schema()
    node = _resolve(schema, schema)
    for part in location[:-1]:
        values = node.get("additionalProperties") or next(iter(node.get("patternProperties", {}).values()), None)
        following = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part) or values
        node = _resolve(schema, following or node)
    return set(node.get("properties", {}))


def _resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The definition that `node` refers to, itself or in one of its branches."""
    for choice in (node, *node.get("anyOf", ()), *node.get("oneOf", ())):
        if "$ref" in choice:
            definition: dict[str, Any] = schema["$defs"][choice["$ref"].rsplit("/", 1)[1]]
            return definition
    return node
