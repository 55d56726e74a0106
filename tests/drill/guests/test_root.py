"""What is written into a guest's file system stays in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests.root import Root


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A root whose file system is an ordinary folder."""
    made = Root(tmp_path / "template", tmp_path / "guest")
    (made.path / "etc").mkdir(parents=True)
    return made


@pytest.mark.parametrize(
    ("link", "target", "asked", "found"),
    [
        ("etc/resolv.conf", "/run/resolv.conf", "/etc/resolv.conf", "run/resolv.conf"),
        ("etc/resolv.conf", "../../../../run/resolv.conf", "/etc/resolv.conf", "run/resolv.conf"),
        ("lib", "usr/lib", "/lib/systemd/x", "usr/lib/systemd/x"),
        ("var", "/", "/var/etc/x", "etc/x"),
        ("etc/none", "/none", "/../../etc/./x", "etc/x"),
    ],
)
def test_no_link_leads_out(root: Root, link: str, target: str, asked: str, found: str) -> None:
    (root.path / link).symlink_to(target)
    assert root.inside(asked) == root.path / found


def test_links_that_go_round_in_a_circle_are_named(root: Root) -> None:
    (root.path / "a").symlink_to("b")
    (root.path / "b").symlink_to("a")
    with pytest.raises(UitwijkError, match="/a/x: too many symbolic links"):
        root.inside("/a/x")


def test_accounts_are_those_of_the_guest(root: Root) -> None:
    (root.path / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nknot:x:104:110::/var/lib/knot:/bin/false\n")
    (root.path / "etc/group").write_text("root:x:0:\nknot:x:110:\n")
    assert (root.user("knot"), root.group("knot"), root.user("7")) == (104, 110, 7)
    assert (root.primary_group("knot"), root.home("knot")) == ("110", "/var/lib/knot")
    with pytest.raises(LookupError):
        root.user("postgres")


def test_files_are_found_by_wildcards_in_their_order(root: Root) -> None:
    for name in ("b.conf", "a.conf", "c.txt"):
        root.write(f"/etc/x.d/{name}", name.encode(), user=os.getuid(), group=os.getgid())
    assert root.read("/etc/x.d/*.conf") == ["a.conf", "b.conf"]
    assert root.read("/etc/x.d/none") == []


def test_what_programs_say_reaches_a_socket_however_long_its_path_is(root: Root) -> None:
    deep = "/run/" + "a-long-name/" * 20
    with root.socket(f"{deep}log") as told:
        assert root.inside(f"{deep}log").is_socket()
        folder = os.open(root.inside(deep), os.O_PATH)
        with told.__class__(told.family, told.type) as program:
            program.sendto(b"hello", f"/proc/self/fd/{folder}/log")
        os.close(folder)
        assert told.recv(100) == b"hello"
