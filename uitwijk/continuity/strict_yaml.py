"""Reads YAML strictly: one document, bounded, each key once, and no word that readers of YAML understand differently.

The tree is built from the parser's events, one by one, so that nothing grows before it is counted.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import yaml

from uitwijk.continuity.bounded import Unreadable, unfit
from uitwijk.continuity.yaml_words import Unclear, meaning

DEEPEST = 32
"""Lists and mappings within each other."""
MOST_VALUES = 100_000
"""Of a file; what an alias repeats counts each time."""
LONGEST = 10_000
"""Characters of one text."""
_MOST_COMPLAINTS = 20


def parse_yaml(text: str) -> Any:
    """The content of a YAML file; None if there is nothing in it.

    Raises:
        Unreadable: with every word that is unclear, or with what keeps the rest from being read.
    """
    try:
        loader = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"line {line}: holds a character that cannot be shown (U+{error.character:04X})"
        raise Unreadable(("", what)) from None
    tree = _Tree()
    try:
        while loader.check_event():
            tree.take(loader.get_event())  # type: ignore[no-untyped-call]
    except yaml.MarkedYAMLError as error:
        raise Unreadable(("", f"{_line(error.problem_mark)}{error.problem}")) from None
    except (ValueError, OverflowError) as error:  # an escape that is no character
        raise Unreadable(("", f"is no YAML: {' '.join(str(error).split())}")) from None
    finally:
        loader.dispose()
    if tree.complaints:
        raise Unreadable(*tree.complaints)
    return tree.content


class _Dumper(yaml.SafeDumper):
    """Writes what `parse_yaml` reads again: no aliases, and quotes around each text that would be something else."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    try:
        plain = meaning(text) == text
    except Unclear:
        plain = False
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else "'")


_Dumper.add_representer(str, _represent_text)


def to_yaml(value: Any, *, width: int = 80) -> str:
    """Plain data as YAML, keys in their order, which `parse_yaml` reads as the same again.

    Args:
        value: of mappings, lists and single values.
        width: columns after which a text may go on in the next line.
    """
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width)


@dataclass
class _Branch:
    """A list or mapping that is being read."""

    value: list[Any] | dict[Any, Any]
    anchor: str | None
    values: int = 1
    """How many it holds, itself included."""
    height: int = 1
    """Levels from its deepest value to itself."""
    key: list[Hashable] = field(default_factory=list)
    """Of the value that comes next; empty: a key comes next."""


@dataclass(frozen=True)
class _Anchored:
    value: Any
    values: int
    height: int


class _Tree:
    """What the events up to now make."""

    def __init__(self) -> None:
        self.content: Any = None
        self.complaints: list[tuple[str, str]] = []
        self._open: list[_Branch] = []
        self._anchored: dict[str, _Anchored | None] = {}
        """Values that aliases may repeat; None: one that is still being read."""
        self._documents = 0
        self._values = 0

    def take(self, event: yaml.Event) -> None:
        """Adds one event."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _wrong(event, "a second document (---) begins; one is all that is read")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event)
            self._anchor(event.anchor, _Anchored(value := self._scalar(event), 1, 0))
            self._add(event, value, 1, 0)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            self._refuse_tag(event)
            self._begin(event)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            branch = self._open.pop()
            self._anchor(branch.anchor, _Anchored(branch.value, branch.values, branch.height))
            self._add(event, branch.value, branch.values, branch.height)

    def _begin(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        if self._open and isinstance(self._open[-1].value, dict) and not self._open[-1].key:
            raise _wrong(event, "a key must be text")
        if len(self._open) == DEEPEST:
            raise _wrong(event, f"is nested too deep; {DEEPEST} levels are the most")
        self._count(event, 1)
        if event.anchor:
            self._anchored[event.anchor] = None
        self._open.append(_Branch([] if isinstance(event, yaml.SequenceStartEvent) else {}, event.anchor))

    def _alias(self, event: yaml.AliasEvent) -> None:
        name = str(event.anchor)[:30]
        if event.anchor not in self._anchored:
            raise _wrong(event, f"*{name} repeats what is nowhere named so")
        anchored = self._anchored[event.anchor]
        if anchored is None:
            raise _wrong(event, f"*{name} stands within what it repeats")
        if len(self._open) + anchored.height > DEEPEST:
            raise _wrong(event, f"is nested too deep; {DEEPEST} levels are the most")
        self._count(event, anchored.values)
        self._add(event, anchored.value, anchored.values, anchored.height)

    def _anchor(self, name: str | None, anchored: _Anchored) -> None:
        if name:
            self._anchored[name] = anchored

    def _count(self, event: yaml.Event, values: int) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            raise _wrong(event, f"holds too much; {MOST_VALUES:,} values are the most, repeated ones counted each time")

    def _add(self, event: yaml.Event, value: Any, values: int, height: int) -> None:
        if not self._open:
            self.content = value
            return
        branch = self._open[-1]
        branch.values += values
        branch.height = max(branch.height, height + 1)
        if isinstance(branch.value, list):
            branch.value.append(value)
        elif branch.key:
            branch.value[branch.key.pop()] = value
        elif not isinstance(value, bool | int | float | str):
            raise _wrong(event, "a key must be text")
        elif value in branch.value:
            raise _wrong(event, f"{str(value)[:30]} stands twice")
        else:
            branch.key.append(value)

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        self._count(event, 1)
        if len(event.value) > LONGEST:
            raise _wrong(event, f"is a text of {len(event.value):,} characters; {LONGEST:,} are the most")
        if event.style is not None:
            if why := unfit(event.value):
                self._complain(event, why)
            return event.value
        if event.value == "<<":
            raise _wrong(event, "<< takes in other mappings, which is not read here; write their keys out")
        try:
            return meaning(event.value)
        except Unclear as unclear:
            self._complain(event, str(unclear))
            return event.value

    def _complain(self, event: yaml.Event, what: str) -> None:
        path = self._path()
        self.complaints.append((path, what) if path else ("", f"{_line(event.start_mark)}{what}"))
        if len(self.complaints) == _MOST_COMPLAINTS:
            raise Unreadable(*self.complaints)

    def _path(self) -> str:
        """Where the value stands that is being read."""
        text = ""
        for branch in self._open:
            if isinstance(branch.value, list):
                text += f"[{len(branch.value)}]"
            elif branch.key:
                text += f".{str(branch.key[0])[:60]}" if text else str(branch.key[0])[:60]
        return text

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        if event.tag is not None and event.tag != "!":
            name = re.sub("^tag:yaml.org,2002:", "!!", event.tag)[:30]
            raise _wrong(event, f"{name} is a tag, which is not read here; write the value without it")


def _wrong(event: yaml.Event, what: str) -> Unreadable:
    return Unreadable(("", f"{_line(event.start_mark)}{what}"))


def _line(mark: Any) -> str:
    return f"line {mark.line + 1}: " if mark else ""
