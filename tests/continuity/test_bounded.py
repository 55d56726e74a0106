"""Only regular files are read, and no more of them than anybody needs."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from uitwijk.continuity.bounded import Unreadable, read_bytes, read_text
from uitwijk.continuity.strict_json import parse_json


def refused(path: Path, most: int = 100) -> str:
    with pytest.raises(Unreadable) as caught:
        read_text(path, most)
    return str(caught.value)


def test_a_pipe_a_device_a_folder_and_links_to_them_are_refused_without_a_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for target, kind in {"pipe": "a pipe", "folder": "a folder", "socket": "a socket"}.items():
            (tmp_path / f"to-{target}").symlink_to(target)
            for name in (target, f"to-{target}"):
                assert refused(tmp_path / name) == f"is {kind}; a file is expected there"
    (tmp_path / "device").symlink_to("/dev/zero")
    assert refused(tmp_path / "device") == "is a device; a file is expected there"
    (tmp_path / "loop").symlink_to("loop")
    assert refused(tmp_path / "loop").startswith("cannot be read: ")


def test_a_file_may_be_as_large_as_is_said_and_no_larger(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100)
    assert read_bytes(tmp_path / "file", 100) == b"x" * 100
    (tmp_path / "link").symlink_to("file")
    assert read_bytes(tmp_path / "link", 100) == b"x" * 100
    assert "is too large" in refused(tmp_path / "file", 99)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "is nested too deep"),
        ("[" * 65 + "]" * 65, "is nested too deep; 64 levels are the most"),
        ('{"a": 1, "a": 2}', 'is no JSON: "a" stands twice'),
        ("9" * 6000, "is no JSON: a number has 6000 digits"),
        ("1e999", "is no JSON: 1e999 is too large"),
        ("NaN", "is no JSON: NaN is no number"),
        ('["\\ud800"]', "holds what is no text in UTF-8"),
        ("[" + "1," * 1_000_001, "holds too much"),
        ("{", "is no JSON: "),
    ],
)
def test_json_that_nobody_writes_is_refused(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_json(text)
    assert said in str(caught.value)


def test_json_is_read_as_it_is_written() -> None:
    assert parse_json('{"a": [1, -2.5, "é", null, true]}') == {"a": [1, -2.5, "é", None, True]}
