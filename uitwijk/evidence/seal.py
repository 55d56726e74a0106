"""Lets anybody see later whether evidence is what the exercise left: chained events, and a seal over every file.

Each line of `events.jsonl` names the SHA-256 of the line before it, and `seal.json` that of every file once the
exercise has ended. Whoever can write the folder can seal it anew; so note the seal's own hash elsewhere, in the minutes
for one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from uitwijk.continuity.errors import UitwijkError
from uitwijk.evidence.event import EVENTS, Event
from uitwijk.files import write_atomically

SEAL = "seal.json"
_RENDERED = "report.html"
"""Made from the other files, as often as one likes."""
BEGINNING = ""
"""What the first line names as the one before it."""


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def chain_anew(path: Path) -> str:
    """Chains the lines of a file again, for text in them was replaced; returns the digest of the last one."""
    previous, lines = BEGINNING, []
    for line in _lines(path.read_bytes()):
        lines.append(Event.model_validate_json(line).model_copy(update={"previous": previous}).line())
        previous = digest(lines[-1].encode())
    write_atomically(path, "".join(f"{line}\n" for line in lines))
    return previous


def seal(directory: Path) -> str:
    """Writes `seal.json` over the evidence in a folder; returns its digest."""
    files = {name: digest(path.read_bytes()) for name, path in _files(directory)}
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
    present = {name: digest(path.read_bytes()) for name, path in _files(directory)}
    problems = list(_broken_chain(directory / EVENTS)) if EVENTS in present else []
    for name in sorted(sealed.keys() | present.keys()):
        if name not in present:
            problems.append(f"{name} is missing")
        elif name not in sealed:
            problems.append(f"{name} was added after the exercise")
        elif sealed[name] != present[name]:
            problems.append(f"{name} was changed after the exercise")
    return problems


def _broken_chain(path: Path) -> Iterator[str]:
    previous = BEGINNING
    for number, line in enumerate(_lines(path.read_bytes()), 1):
        try:
            follows = json.loads(line)["previous"] == previous
        except (ValueError, KeyError, TypeError):
            follows = False
        if not follows:
            before = f"line {number - 1}" if number > 1 else "the beginning"
            yield f"{path.name}, line {number}: does not follow {before}; one of them was altered, dropped or moved"
        previous = digest(line.encode())


def _lines(content: bytes) -> list[str]:
    """Only a line feed ends a line of JSON; texts may hold other characters that separate lines."""
    return content.decode(errors="replace").removesuffix("\n").split("\n")


def _files(directory: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.name not in (SEAL, _RENDERED):
            yield path.relative_to(directory).as_posix(), path


def _read_seal(directory: Path) -> tuple[bytes, dict[str, Any]]:
    path = directory / SEAL
    try:
        content = path.read_bytes()
        read: dict[str, Any] = json.loads(content)
        read["files"].items()
    except FileNotFoundError as error:
        raise UitwijkError(f"{path} is missing: this exercise was never sealed, or its seal was removed") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UitwijkError(f"{path} is no seal of an exercise") from error
    return content, read
