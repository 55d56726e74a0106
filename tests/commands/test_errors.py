"""Bad input gets clear lines and no traceback, whatever the command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.commands.conftest import Desk
from tests.regions import SMALL
from uitwijk.commands import status


def uitwijk(*words: str, code: str = "", **options: object) -> subprocess.CompletedProcess[str]:
    """Runs the command in a process of its own; `code` runs there afterwards, with what was imported still there."""
    program = f"import sys\nfrom uitwijk.__main__ import run\ncode = run({list(words)!r})\n{code}\nsys.exit(code)"
    return subprocess.run(
        [sys.executable, "-c", program], cwd=SMALL.folder, capture_output=True, text=True, check=False, **options
    )  # type: ignore[call-overload,no-any-return]


def test_help_is_there_without_the_slow_libraries() -> None:
    done = uitwijk("--help", code="print('slow:', {'pulumi', 'pyVmomi', 'jinja2'} & set(sys.modules))")
    assert "slow: set()" in done.stdout
    for command in ("status", "declare", "check", "env", "drill", "report", "sites"):
        assert f"│ {command} " in done.stdout


@pytest.mark.parametrize("command", ["status", "declare", "check", "env", "drill", "report", "sites"])
def test_the_help_of_every_command_has_an_example(desk: Desk, command: str) -> None:
    said = desk.uitwijk(command, "--help")
    assert said.code == 0
    assert f"uitwijk {command}" in said.out.split("Example", 1)[1] or f"uitwijk {command})" in said.out


def test_an_unknown_command_names_near_ones(desk: Desk) -> None:
    said = desk.uitwijk("declaer")
    assert said.code == 2
    assert "error: No such command 'declaer'. Did you mean 'declare'?" in said.err


def test_an_unknown_option_is_one_error(desk: Desk) -> None:
    said = desk.uitwijk("status", "--sitation", "x")
    assert said.code == 2
    assert said.err.startswith("error: No such option")


def test_a_situation_file_that_does_not_exist_is_one_error(desk: Desk) -> None:
    file = desk.folder / "nowhere.yaml"
    said = desk.uitwijk("status", "--situation", str(file))
    assert (said.code, said.err) == (2, f"error: {file}: the file does not exist\n")


def test_every_problem_of_the_situation_is_told_at_once(desk: Desk) -> None:
    text = desk.file.read_text(encoding="utf-8")
    desk.file.write_text(text.replace("veldoord: normal", "elders: normal"), encoding="utf-8")
    said = desk.uitwijk("status")
    assert said.code == 2
    assert "elders is no site" in said.err
    assert "sites.veldoord: is missing" in said.err


SPOILED = {
    "a municipality listed twice": (
        "partnerships/kust.yaml",
        "members: [kolkwijde, ",
        "members: [kolkwijde, kolkwijde, ",
    ),
    "a municipality without its town hall": ("municipalities/kolkwijde.yaml", "town_hall: kolkwijde-town-hall\n", ""),
    "an unknown key": ("municipalities/kolkwijde.yaml", "home: veldoord", "home: veldoord\nfax: none"),
    "a number that is too short": ("municipalities/kolkwijde.yaml", "first: 0527-991200", "first: 0527-9912"),
    "a number of another area": (
        "municipalities/kolkwijde.yaml",
        "{first: 0527-991200, last: 0527-991299}",
        "{first: 0525-491200, last: 0525-491299}",
    ),
}


@pytest.mark.parametrize(("file", "old", "new"), SPOILED.values(), ids=SPOILED.keys())
@pytest.mark.parametrize("words", [("status",), ("declare", "lost", "veldoord", "--by", "x", "--reason", "y")])
def test_a_spoiled_catalogue_stops_every_command(
    desk: Desk, words: tuple[str, ...], file: str, old: str, new: str
) -> None:
    path, before = desk.folder / "catalogue" / file, desk.file.read_bytes()
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    said = desk.uitwijk(*words)
    assert said.code == 2
    assert f"error: catalogue/{file}" in said.err
    assert "Traceback" not in said.err
    assert desk.file.read_bytes() == before


def test_a_file_that_may_not_be_written_is_one_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(desk.file))

    monkeypatch.setattr("uitwijk.files.tempfile.mkstemp", forbidden)
    said = desk.declare("lost veldoord")
    assert (said.code, said.err) == (2, f"error: {desk.file}: Permission denied\n")


def test_ctrl_c_ends_quietly(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(status.Screen, "__rich_console__", interrupted)
    said = desk.uitwijk("status")
    assert (said.code, said.err) == (130, "")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "uitwijk", "status", "--json"],
            cwd=SMALL.folder,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN),
        )
    finally:
        os.close(writing)
    assert done.stderr == ""


def test_a_terminal_without_accents_gets_question_marks() -> None:
    done = uitwijk("status", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "Ree?nmeer" in done.stdout


def test_no_command_shows_what_there_is(desk: Desk) -> None:
    said = desk.uitwijk()
    assert "Commands" in said.out + said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("W\udcfbn", "holds what is no text in UTF-8"),
        ("\x1b[2J", "holds a character that cannot be shown (U+001B)"),
        ("x" * 4001, "has 4,001 characters; 4,000 are the most"),
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        ("declare", "lost", "veldoord", "--reason", "fire", "--yes", "--by"),
        ("status", "--situation"),
        ("lesson", "close", "L1", "--by", "me", "--how"),
        ("report",),
        (),
    ],
)
def test_an_argument_that_nobody_can_read_is_refused_wherever_it_stands(
    desk: Desk, words: tuple[str, ...], argument: str, why: str
) -> None:
    before = desk.file.read_bytes()
    said = desk.uitwijk(*words, argument)
    assert (said.code, said.out, desk.file.read_bytes()) == (2, "", before)
    assert said.err.startswith(f"error: argument {len(words) + 1}, ")
    assert said.err.endswith(f": {why}\n")


@pytest.mark.parametrize("port", ["0", "1023", "65001", "99999999999999999999", "-1", "one"])
def test_a_port_that_cannot_be_is_refused_before_anything_starts(desk: Desk, port: str) -> None:
    said = desk.uitwijk("sites", "--first-port", port)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: Invalid value for '--first-port': ")
