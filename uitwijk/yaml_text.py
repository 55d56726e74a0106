"""Edits YAML as people wrote it: what is not changed keeps every letter, with comments, order, quotes and layout."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from uitwijk.continuity.errors import UitwijkError
from uitwijk.files import write_atomically


class Word(str):
    """A text that YAML takes for itself without quotes."""


class NotEditable(Exception):
    """A place that cannot be found in the text, or that an edit before it has spoilt."""


class YamlText:
    """The text of a YAML file with a mapping at its root. A path is a sequence of keys and positions.

    Each change raises `NotEditable` where the text has no such place.
    """

    def __init__(self, text: str) -> None:
        self._windows = "\r\n" in text
        # Without carriage returns, of which some programs leave too many: all lines end alike when it is written.
        self._text = re.sub(r"\r+\n|\r", "\n", text)

    @property
    def text(self) -> str:
        """All of it, as it is now."""
        return self._text.replace("\n", "\r\n") if self._windows else self._text

    def set(self, value: object, *path: str | int) -> None:
        """Replace the value at a path; where there is none, add its last key to the mapping."""
        *above, key = path
        parent = self._node(*above)
        node = _value(parent, key)
        if node is None:
            self._add(parent, str(key), value)
        elif isinstance(node, yaml.CollectionNode) and not node.flow_style:
            start = self._text.rindex(":", 0, node.start_mark.index) + 1
            end = self._behind(node)
            self._replace(start, end, f" {_shown(value)}\n")
        else:
            start, end = node.start_mark.index, node.end_mark.index
            self._replace(start, end, _shown(value) if end > start else f" {_shown(value)}", keep_column=True)

    def remove(self, *path: str | int) -> None:
        """Take the last key of a path out of its mapping."""
        *above, key = path
        parent = self._node(*above)
        place = next((number for number, (name, _) in enumerate(parent.value) if name.value == key), None)
        if place is None:
            raise NotEditable
        name, node = parent.value[place]
        start, end = name.start_mark.index, node.end_mark.index
        if not parent.flow_style and len(parent.value) == 1:
            self.set({}, *above)
        elif not parent.flow_style:
            self._replace(self._line(start), self._behind(node), "")
        elif place + 1 < len(parent.value):
            self._replace(start, parent.value[place + 1][0].start_mark.index, "")
        else:
            self._replace(parent.value[place - 1][1].end_mark.index if place else start, end, "")

    def append(self, item: Mapping[str, object], *path: str | int, on_one_line: bool) -> None:
        """Add a mapping at the end of a list, in the style of the one before it.

        Args:
            on_one_line: the style of the first one.
        """
        there = _value(self._node(*path[:-1]), path[-1])
        if there is not None and there.value and there.flow_style:
            # In front of the bracket that closes the list.
            self._replace(there.end_mark.index - 1, there.end_mark.index - 1, f", {_shown(item)}")
            return
        full = there is not None and bool(there.value)
        column = there.start_mark.column if full else 2
        flow = there.value[-1].flow_style if full else on_one_line
        fields = [_shown(item)] if flow else [f"{name}: {_shown(value)}" for name, value in item.items()]
        entry = " " * column + "- " + f"\n{' ' * column}  ".join(fields) + "\n"
        if full:
            self._insert(self._behind(there), entry)
            return
        if there is None:
            self._insert(self._behind(self._node()), f"{path[-1]}:\n{entry}")
            return
        key = self._text[: there.start_mark.index].rstrip(" ")
        self._text = key + self._text[there.end_mark.index :]
        self._insert(self._line_end(len(key)), entry)

    def _node(self, *path: str | int) -> Any:
        try:
            node: Any = yaml.compose(self._text, yaml.SafeLoader)
        except (yaml.YAMLError, ValueError, RecursionError):
            raise NotEditable from None
        for key in path:
            node = _value(node, key)
        if not isinstance(node, yaml.CollectionNode):
            raise NotEditable
        return node

    def _add(self, parent: Any, key: str, value: object) -> None:
        if parent.flow_style:
            before = ", " if parent.value else ""
            self._replace(parent.end_mark.index - 1, parent.end_mark.index - 1, f"{before}{key}: {_shown(value)}")
        else:
            self._insert(self._behind(parent), f"{' ' * parent.start_mark.column}{key}: {_shown(value)}\n")

    def _behind(self, node: Any) -> int:
        """Where the line behind `node` begins, and behind the comments that are indented as parts of it."""
        last = node
        while not isinstance(last, yaml.ScalarNode) and not last.flow_style:
            last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
        end = last.end_mark
        at = end.index if end.column == 0 and end.index else self._line_end(end.index)
        column = node.start_mark.column + isinstance(node, yaml.SequenceNode)
        comments = re.compile(rf"(^ {{{column},}}#.*(\n|\Z))+", re.MULTILINE).match(self._text, at)
        return comments.end() if comments else at

    def _line(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """Where the next line begins."""
        found = self._text.find("\n", at)
        return len(self._text) if found < 0 else found + 1

    def _insert(self, at: int, lines: str) -> None:
        """Whole lines; whoever did not end the last one before them gets that done."""
        begun = at > 0 and self._text[at - 1] != "\n"
        self._replace(at, at, ("\n" if begun else "") + lines)

    def _replace(self, start: int, end: int, new: str, keep_column: bool = False) -> None:
        """Puts `new` between two places.

        Args:
            keep_column: a comment behind it stays where it is, as long as there is room.
        """
        rest = self._text[end:]
        if keep_column and (found := re.match(r"([^\n#]*[^\s#])?( +)#", rest)):
            between, space = found[1] or "", len(found[2]) + (end - start) - len(new)
            rest = between + " " * max(1, space) + rest[found.end() - 1 :]
        self._text = self._text[:start] + new + rest


def write_edited(path: Path, edit: Callable[[], str], right: Callable[[Path], bool], by_hand: str) -> None:
    """Writes what is edited, if it says what it should; else the file stays as it is.

    Args:
        edit: gives the new text.
        right: whether a draft beside `path` says what it should.
        by_hand: what a person does instead.

    Raises:
        UitwijkError: it does not.
        OSError: the folder cannot be written.
    """
    unsafe = UitwijkError(
        f"{path.name}: is written in a way that cannot be edited safely, so nothing was written. {by_hand}"
    )

    def verify(draft: Path) -> None:
        try:
            fine = right(draft)
        except UitwijkError:
            fine = False
        if not fine:
            raise unsafe

    try:
        text = edit()
    except NotEditable:
        raise unsafe from None
    write_atomically(path, text, verify)


def _value(node: Any, key: str | int) -> Any:
    if isinstance(key, int):
        return node.value[key]
    return next((value for name, value in node.value if name.value == key), None)


def _shown(value: object) -> str:
    """`value` on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_shown(item)}' for name, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, datetime.datetime):
        return f"{value.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, datetime.date | Word):
        return str(value)
    said = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() or letter > "\uffff" else json.dumps(letter)[1:-1] for letter in said)
