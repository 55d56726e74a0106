"""The runbook: every command in it is accepted, in its order, and the engine is run where the declaration says."""

from __future__ import annotations

import re
import shlex
from itertools import takewhile
from pathlib import Path

import pytest

from tests.uitwijk.conftest import Desk

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "runbook.md").read_text(encoding="utf-8")
WAYS: dict[str, list[str]] = {
    "a town hall": ["A town hall is closed (S1)"],
    "a site, which comes back": ["A site is lost (S2; S3 the other way round)", "The way back"],
    "a site, which is rebuilt": ["A site is lost (S2; S3 the other way round)", "The way back", "The site was rebuilt"],
    "a false alarm": ["A false alarm"],
    "a planned move": ["A planned move"],
    "the evaluation": ["Afterwards"],
}


def commands(heading: str) -> list[list[str]]:
    """The commands of a section, as a shell splits them."""
    lines = TEXT.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.lstrip("# ") == heading and line.startswith("#"))
    section = takewhile(lambda line: not line.startswith("#"), lines[begin + 1 :])
    return [shlex.split(line.removeprefix("$ ")) for line in section if line.startswith("$ ")]


def told(out: str) -> list[list[str]]:
    """The engine's commands that a declaration says come next, up to the next declaration."""
    shown = [line.strip() for line in out.partition("To run next")[2].splitlines()]
    listed = takewhile(lambda line: not line.startswith("uitwijk "), (line for line in shown if line[:7] in WORDS))
    return [shlex.split(line) for line in listed]


WORDS = ("pulumi ", "uitwijk")


def test_every_section_with_commands_is_played() -> None:
    headings = {match[1] for match in re.finditer(r"^#+ (.+)$", TEXT, re.MULTILINE)}
    played = {heading for way in WAYS.values() for heading in way}
    assert {heading for heading in headings if commands(heading)} == played


@pytest.mark.parametrize("way", [way for way in WAYS if way != "a site, which is rebuilt"])
def test_every_declaration_is_accepted_and_what_follows_it_is_what_the_command_says(desk: Desk, way: str) -> None:
    follows: list[list[str]] = []
    for words in [command for heading in WAYS[way] for command in commands(heading)]:
        if words[0] == "uitwijk":
            assert not follows or WAYS[way] == ["A false alarm"], follows
            said = desk.uitwijk(*words[1:])
            assert said.code == 0, said.err
            follows = told(said.out)
        else:
            assert words in follows, (words, follows)
            follows.remove(words)
    assert not follows


def test_a_rebuilt_site_has_a_command_of_its_own(desk: Desk) -> None:
    ((program, *words),) = commands("The site was rebuilt")
    assert program == "uitwijk"
    assert "is declared normal" in desk.uitwijk(*words).err


def test_every_line_of_the_check_and_every_refusal_that_it_names_exists() -> None:
    root = Path(__file__).resolve().parents[2]
    sources = "".join(path.read_text(encoding="utf-8") for path in (root / "uitwijk" / "readiness").glob("*.py"))
    guard = (root / "continuity" / "guard.py").read_text(encoding="utf-8")
    for name in re.findall(r"line `(\w+) SITE`", TEXT):
        assert f'f"{name} {{' in sources, name
    for row in re.findall(r"^\| `([a-z-]+)`", TEXT, re.MULTILINE):
        assert f'"{row}"' in guard, row
