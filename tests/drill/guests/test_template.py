"""The root of the guests is made whole or not at all, and why there is none is said plainly."""

from __future__ import annotations

from pathlib import Path

import pytest

from uitwijk.cache import cache_folder
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests.template import Template, find_template


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer that may have living guests, and has none of Debian's tools: its PATH is the folder."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("UITWIJK_CACHE", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    for name in ("unshare", "chroot"):
        _program(programs / name, "exit 0")
    return programs


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


MAKES_A_ROOT = 'for folder; do case "$folder" in /*) PATH=/usr/bin:/bin mkdir -p "$folder/etc";; esac; done'


def test_the_root_is_made_once(computer: Path) -> None:
    said: list[str] = []
    _program(computer / "mmdebstrap", f'echo "I: installing essential packages..." >&2; {MAKES_A_ROOT}')
    made = find_template("required", said.append)
    assert made is not None
    assert (made.root / "etc").is_dir()
    assert any("installing essential packages" in line for line in said)
    (computer / "mmdebstrap").unlink()
    assert find_template("required", said.append) == made


def test_a_build_that_fails_leaves_nothing_and_says_the_tool_s_own_words(computer: Path) -> None:
    words = "E: Failed to fetch the archive"
    _program(computer / "mmdebstrap", f'{MAKES_A_ROOT}; echo "I: going on" >&2; echo "{words}" >&2; exit 25')
    with pytest.raises(UitwijkError, match=f"{words}.*--guests none"):
        find_template("required", lambda _: None)
    assert list((cache_folder() / "guests").iterdir()) == []


def test_a_build_that_was_broken_off_is_begun_anew(computer: Path) -> None:
    _program(computer / "mmdebstrap", MAKES_A_ROOT)
    made = find_template("required", lambda _: None)
    assert made is not None
    half = made.root.rename(made.root.with_name(f".{made.root.name}.building"))
    (half / "left-over").touch()
    again = find_template("required", lambda _: None)
    assert again is not None
    assert [path.name for path in again.root.iterdir()] == ["etc"]


def test_mmdebstrap_is_installed_after_the_lists_were_brought_up_to_date(computer: Path) -> None:
    tool = computer / "mmdebstrap"
    _program(
        computer / "apt-get",
        f'case "$2" in update) : >"{computer}/updated";; install) [ -e "{computer}/updated" ] || exit 100; '
        f"""printf '#!/bin/sh\\n%s\\n' '{MAKES_A_ROOT}' >"{tool}"; PATH=/usr/bin:/bin chmod 755 "{tool}";; esac""",
    )
    assert find_template("required", lambda _: None) is not None


def test_a_mirror_of_this_computer_is_used_if_it_has_the_release(computer: Path) -> None:
    _program(
        computer / "apt-get",
        '[ "$2" != indextargets ] || printf "%s\\n" '
        '"Debian|bookworm|main|http://mirror.invalid/debian/" "Debian|sid|main|http://sid.invalid/" '
        '"Else|bookworm|main|http://else.invalid/" "Debian|bookworm-updates|main|http://mirror.invalid/debian/"',
    )
    _program(computer / "mmdebstrap", f'echo "E: $*" >&2; {MAKES_A_ROOT}; exit 1')
    with pytest.raises(UitwijkError) as refusal:
        find_template("required", lambda _: None)
    mirrors = str(refusal.value).partition(".building ")[2]
    assert mirrors.startswith(
        "deb http://mirror.invalid/debian/ bookworm main deb http://mirror.invalid/debian/ bookworm-updates main;"
    )


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        ("who", "need root.*as root"),
        ("apt", "no apt-get.*install mmdebstrap"),
        ("mount", "allows no file systems of their own.*permitted"),
        ("unshare", "unshare not found"),
    ],
)
def test_a_computer_that_may_not_is_told_why_and_what_helps(
    computer: Path, monkeypatch: pytest.MonkeyPatch, spoil: str, why: str
) -> None:
    if spoil == "who":
        monkeypatch.setattr("os.geteuid", lambda: 1000)
    if spoil == "mount":
        _program(computer / "unshare", 'echo "unshare: unshare failed: Operation not permitted" >&2; exit 1')
    if spoil == "unshare":
        (computer / "unshare").unlink()
    with pytest.raises(UitwijkError, match=f"living guests: .*{why}"):
        find_template("required", lambda _: None)
    said: list[str] = []
    assert find_template("auto", said.append) is None
    assert said[-1].startswith("no living guests, machines only: ")


def test_a_drill_without_guests_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    said: list[str] = []
    assert find_template("none", said.append) is None
    assert not said


def test_a_program_that_the_template_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(UitwijkError, match="no program asterisk"):
        Template(tmp_path).program("asterisk")
