"""Lets anybody see later whether evidence is what the exercise left: chained events, and a seal over every file.

Each line of `events.jsonl` names the SHA-256 of the line before it, and `seal.json` that of every file once the
exercise has ended. Whoever can write the folder can seal it anew; so note the seal's own hash elsewhere, in the minutes
for one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from uitwijk.continuity.bounded import MIB, Unreadable, as_text, open_regular, read_bytes
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.strict_json import parse_json
from uitwijk.evidence.event import EVENTS, Event
from uitwijk.files import write_atomically

SEAL = "seal.json"
_RENDERED = "report.html"
"""Made from the other files, as often as one likes."""
_LARGEST = 16 * MIB
_LARGEST_FILE = 1024 * MIB
_MOST_TOLD = 50
"""Of what is wrong, one by one."""
BEGINNING = ""
"""What the first line names as the one before it."""


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def chain_anew(path: Path) -> str:
    """Chains the lines of a file again, for text in them was replaced; returns the digest of the last one."""
    previous, lines = BEGINNING, []
    for line in _lines(path):
        lines.append(Event.model_validate_json(line).model_copy(update={"previous": previous}).line())
        previous = digest(lines[-1].encode())
    write_atomically(path, "".join(f"{line}\n" for line in lines))
    return previous


def seal(directory: Path) -> str:
    """Writes `seal.json` over the evidence in a folder; returns its digest."""
    files = {name: _digest_of(path) for name, path in _files(directory)}
    text = json.dumps({"files": files}, indent=1, sort_keys=True) + "\n"
    write_atomically(directory / SEAL, text)
    return digest(text.encode())


def seal_of(directory: Path) -> str:
    """The digest of the seal.

    Raises:
        UitwijkError: the folder was never sealed.
    """
    return digest(_read_seal(directory)[0])


def broken(directory: Path) -> list[str]:
    """Everything in a folder of evidence that is not as it was sealed, one sentence each; empty: all is as it was.

    Raises:
        UitwijkError: the folder was never sealed.
    """
    sealed: dict[str, str] = _read_seal(directory)[1]["files"]
    present = {name: _digest_of(path) for name, path in _files(directory)}
    problems = _broken_chain(directory / EVENTS) if EVENTS in present else []
    for name in sorted(sealed.keys() | present.keys()):
        shown = name if name.isprintable() else json.dumps(name)
        if name not in present:
            problems.append(f"{shown} is missing")
        elif name not in sealed:
            problems.append(f"{shown} was added after the exercise")
        elif sealed[name] != present[name]:
            problems.append(f"{shown} was changed after the exercise")
    if len(problems) > _MOST_TOLD:
        problems[_MOST_TOLD:] = [f"{len(problems) - _MOST_TOLD} more files or lines are not as the exercise left them"]
    return problems


def _broken_chain(path: Path) -> list[str]:
    previous, problems = BEGINNING, []
    try:
        for number, line in enumerate(_lines(path), 1):
            try:
                follows = parse_json(line)["previous"] == previous
            except (Unreadable, KeyError, TypeError):
                follows = False
            if not follows:
                before = f"line {number - 1}" if number > 1 else "the beginning"
                what = f"does not follow {before}; one of them was altered, dropped or moved"
                problems.append(f"{path.name}, line {number}: {what}")
            if len(problems) > _MOST_TOLD:
                break
            previous = digest(line.encode())
    except Unreadable as unreadable:
        problems.append(f"{path.name} {unreadable}")
    return problems


def _lines(path: Path) -> Iterator[str]:
    """Only a line feed ends a line of JSON; texts may hold other characters that separate lines."""
    number = 0
    with open_regular(path) as file:
        while line := file.readline(MIB + 1):
            if len(line) > MIB:
                raise Unreadable(("", f"has a line of more than {MIB:,} bytes, so it was not left by a drill"))
            number += 1
            yield line.removesuffix(b"\n").decode(errors="replace")
    if not number:
        yield ""


def _digest_of(path: Path) -> str:
    """The same as `digest` of its content; another word for what cannot be read, which no seal holds."""
    try:
        with open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > _LARGEST_FILE:
                return "too large"
            hashed = hashlib.sha256()
            for part in iter(lambda: file.read(MIB) or b"", b""):
                hashed.update(part)
            return hashed.hexdigest()
    except Unreadable as unreadable:
        return str(unreadable)


def _files(directory: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(directory.rglob("*")):
        if not path.is_dir() and path.name not in (SEAL, _RENDERED):
            yield path.relative_to(directory).as_posix(), path


def _read_seal(directory: Path) -> tuple[bytes, dict[str, Any]]:
    path = directory / SEAL
    try:
        if not path.exists():
            raise UitwijkError(f"{path} is missing: this exercise was never sealed, or its seal was removed")
        content = read_bytes(path, _LARGEST)
        read = parse_json(as_text(content))
    except Unreadable as unreadable:
        raise UitwijkError(f"{path} is no seal of an exercise: {unreadable}") from None
    if not isinstance(read, dict) or not isinstance(read.get("files"), dict):
        raise UitwijkError(f"{path} is no seal of an exercise: it names no files")
    return content, read
