"""Odd inputs of every kind, made from good ones with a random generator: the same seed, the same input."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

BOMB = "&a [x,x,x,x,x,x,x,x,x], " + ", ".join(
    f"&{n} [{', '.join([f'*{p}'] * 9)}]" for p, n in itertools.pairwise("abcdefghi")
)
WORDS = (
    *("0127", "1:28", "1:28:30", "yes", "No", "on", "OFF", "y", "~", "null", "", "true", "0x1F", "0b11", "1_000", "08"),
    *("-1", "0", "1", "2", "10", "500", "65536", "999999999", "1000000000", "1000000001", "1" + "0" * 30, "9" * 6000),
    *("0xf" + "f" * 6000, "-" + "9" * 400, "1e5", "1e309", "1.5", "-0.0", ".inf", "-.INF", ".nan", "1.", "0.1e+400"),
    *("2026-11-28", "2026-13-45", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "2026-11-28T08:12:00"),
    *("2026-11-28T25:00:00Z", "2026-1-1 1:00:00", '"0001-01-01"', '"2026-11-28T08:12:00Z"', "12:00", "1:2:3:4"),
    *(
        '"\\uD800"',
        '"\\0"',
        '"\\x1b[2J"',
        '"\\u202e"',
        '"\\UFFFFFFFF"',
        '"\\n\\n"',
        "'  '",
        '"a\\tb"',
        '"\\q"',
        '"\\u00e9"',
    ),
    *(
        "!!int ''",
        "!!bool maybe",
        "!!float x",
        "!!binary '%'",
        "!!timestamp x",
        "!!set {a}",
        "!!omap [a]",
        "!x y",
        "! 1",
    ),
    *("!!python/object/apply:os.system [true]", "*a", "&a [*a]", "&a {b: *a}", f"[{BOMB}]", "{<<: {a: b}}", "<<", "="),
    *(
        "[]",
        "{}",
        "[[]]",
        "{a: {}}",
        "[1, 2]",
        "{a: 1, a: 2}",
        "{[a]: b}",
        "{1: a}",
        "{true: a}",
        "{~: a}",
        "? a",
        "- a",
    ),
    *(
        "[" * 900,
        "[" * 900 + "]" * 900,
        "{a: " * 400,
        "[" * 30 + "]" * 30,
        "- " * 500,
        "x" * 20_000,
        f'"{"é" * 20_000}"',
    ),
    *("normal", "lost", "drained", "veldoord", "zandermeer", "kust-office", "elders", "R0", "hot", "cold", "all"),
    *(
        "'{'",
        "'{0}'",
        "'{site'",
        "'{site.__class__}'",
        "'{x}'",
        "'%s'",
        "'{{}}'",
        "../..",
        "/dev/zero",
        "'[bold]'",
        "'[/]'",
    ),
    *(
        "10.0.0.0/8",
        "0.0.0.0/0",
        "10.0.0.1/16",
        "::/0",
        "+31",
        "+3151749",
        "'+31517491200'",
        "@a",
        "`a`",
        "%a",
        "|",
        ">",
    ),
)
"""Values, as they may stand in YAML."""
JSON = (
    *(None, True, False, 0, -1, 1.5, 1e300, 10**15, -(10**17), "", " ", "x" * 5000, "\x00", "\ud800", "\u202e", "a\nb"),
    *(
        [],
        {},
        [[]],
        [None],
        {"": ""},
        [[[[[[[[]]]]]]]],
        "2026-11-28",
        "0001-01-01T00:00:00+23:00",
        "2026-11-28T08:12:00",
    ),
    *("9999-12-31T23:59:59.999999-23:59", "S1", "S9", "passed", "failed", "[red]", "<script>", "{{ x }}", "{", "R9"),
    *(float("inf"), float("nan"), 10**400, ["x"] * 2000, {str(n): n for n in range(500)}),
)
"""Values of JSON, and a few that it does not have."""
Bytes = bytes
Change = Callable[[random.Random, bytes], bytes]


def _truncated(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _cut_at_a_line(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(lines[: chance.randrange(len(lines) + 1)])


def _flipped(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _inserted(chance: random.Random, content: bytes) -> bytes:
    what = chance.choice(
        (
            b"\x00",
            b"\xff",
            b"\t",
            b"\r",
            b"\x85",
            b"\xe2\x80\xa8",
            b"\xef\xbb\xbf",
            b"\xed\xa0\x80",
            b"\x1b[2J",
            b"'",
            b'"',
            b"{",
            b"}",
            b"[",
            b"]",
            b":",
            b"#",
            b"&a ",
            b"*a ",
            b"!!str ",
            b"--- ",
            b"\n---\n",
            b"\n...\n",
            b"%YAML 9.9\n",
        )
    )
    at = chance.randrange(len(content) + 1)
    return content[:at] + what + content[at:]


def _lines(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[one]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines[one] = b" " * chance.choice((1, 2, 5)) + lines[one]
    return b"".join(lines)


def _line_ends(chance: random.Random, content: bytes) -> bytes:
    return content.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\r\r\n", b"\n\r", b"\xc2\x85", b"\xe2\x80\xa9")))


def _encoded(chance: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", errors="replace")
    return text.encode(chance.choice(("utf-16", "utf-32", "utf-8-sig", "latin-1", "cp1252", "utf-7")), errors="replace")


def _value(chance: random.Random, content: bytes) -> bytes:
    places = list(re.finditer(rb"(?<=: )[^\s{}\[\],#][^{}\[\],#\n]*|(?<=[\[ ])[a-z0-9-]+(?=[,\]])", content))
    if not places:
        return content
    place = chance.choice(places)
    return content[: place.start()] + chance.choice(WORDS).encode("utf-8", "surrogatepass") + content[place.end() :]


def _key(chance: random.Random, content: bytes) -> bytes:
    places = list(re.finditer(rb"[A-Za-z_][\w-]*(?=:)", content))
    if not places:
        return content
    place = chance.choice(places)
    return content[: place.start()] + chance.choice(WORDS).encode("utf-8", "surrogatepass") + content[place.end() :]


def _nothing_of_it(chance: random.Random, content: bytes) -> bytes:  # noqa: ARG001
    return chance.choice(
        (
            b"",
            b"\n",
            b"# x\n",
            b"[]",
            b"{}",
            b"- a",
            b"a",
            b"~",
            b"[" * 100000,
            b"{" * 100000,
            b"- " * 50000,
            b"a: " * 999,
            b"\x00" * 1000,
            b"x" * 2000000,
            b"a: [" + b"1," * 200000 + b"]",
            chance.randbytes(500),
            b"'" * 5000,
            b"\n" * 900000,
            f"a: {BOMB}".encode(),
            f"a: [{BOMB}]\n".encode(),
            b"? " * 20000,
            b"\t",
            b'{"a":' * 50000,
            b"&a " * 1000,
            b"!" * 1000,
            b"".join(b"k%d: {}\n" % n for n in range(60000)),
            b"- {}\n" * 60000,
            b'"' + b"\\n" * 400000 + b'"',
        )
    )


CHANGES: tuple[Change, ...] = (
    *(_truncated, _cut_at_a_line, _flipped, _inserted, _lines, _line_ends, _encoded, _nothing_of_it),
    *(_value,) * 8,
    *(_key,) * 3,
)


def changed(chance: random.Random, content: bytes) -> bytes:
    """`content`, odd in one way or two."""
    for _ in range(chance.choice((1, 1, 1, 2))):
        content = chance.choice(CHANGES)(chance, content or b"a: b\n")
    return content


def changed_json(chance: random.Random, content: bytes) -> bytes:
    """The same of JSON, mostly with another value somewhere."""
    if chance.random() < 0.3:
        return changed(chance, content)
    lines = content.splitlines(keepends=True)
    number = chance.randrange(len(lines)) if len(lines) > 1 and lines[0].rstrip().endswith(b"}") else None
    read = json.loads(content if number is None else lines[number])
    holders = _holders(read)
    for _ in range(chance.choice((1, 1, 2, 5))):
        holder = chance.choice(holders)
        _put(chance, holder)
    text = json.dumps(read, default=str)
    if chance.random() < 0.05:
        text = text.replace('{"', '{"a": 1, "a": 2, "', 1)
    if number is None:
        return text.encode()
    return b"".join([*lines[:number], text.encode() + b"\n", *lines[number + 1 :]])


def _holders(value: Any) -> list[Any]:
    found, waiting = [], [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            if one:
                found.append(one)
            waiting += one.values() if isinstance(one, dict) else one
    return found or [[value]]


def _put(chance: random.Random, holder: Any) -> None:
    odd = chance.choice(JSON)
    if isinstance(holder, dict) and holder:
        key = chance.choice(list(holder))
        if chance.random() < 0.2:
            del holder[key]
        else:
            holder[key] = odd
    elif isinstance(holder, list) and holder:
        holder[chance.randrange(len(holder))] = odd


def place(chance: random.Random, path: Path, siblings: list[Path]) -> str | None:
    """Puts what is no file, or another one, in the place of a file; None: it is left to change its content."""
    if chance.random() > 0.12:
        return None
    kind = chance.choice(("pipe", "device", "folder", "loop", "to a pipe", "gone", "swapped", "/proc", "large"))
    path.unlink()
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to(chance.choice(("/dev/zero", "/dev/urandom", "/dev/null", "/dev/full", "/dev/tty")))
        case "folder":
            path.mkdir()
        case "loop":
            path.symlink_to(path.name)
        case "to a pipe":
            os.mkfifo(path.with_name(".pipe"))
            path.symlink_to(".pipe")
        case "swapped":
            path.write_bytes(chance.choice(siblings).read_bytes())
        case "/proc":
            path.symlink_to(chance.choice(("/proc/self/maps", "/proc/self/mem", "/proc/kmsg", "/proc/self/fd/0")))
        case "large":
            with path.open("wb") as file:
                file.truncate(8 * 1024**3)
    return kind


ARGUMENTS = (
    *(
        "",
        " ",
        "-",
        "--",
        "--help",
        "-h",
        "--version",
        "\x00x"[1:],
        "W\udcfbn",
        "\x1b[2J",
        "a\nb",
        "\u202e",
        "x" * 5000,
    ),
    *("0", "-1", "1", "65536", "99999999999999999999", "9" * 6000, "1e5", "0x10", "nan", "٣", "1_0", "0127", "18441.5"),
    *(
        "/dev/zero",
        "/dev/null",
        "/",
        ".",
        "..",
        "~",
        "/proc/self/mem",
        "pipe",
        "folder",
        "no-such",
        "a/" * 2000,
        "file\\x",
    ),
    *(
        "lost",
        "drained",
        "normal",
        "closed",
        "opened",
        "promoted",
        "override",
        "at",
        "veldoord",
        "zandermeer",
        "elders",
    ),
    *(
        "kust-office",
        "kolkwijde-town-hall",
        "wilgendam-town-hall",
        "peer-holds",
        "epoch",
        "S1",
        "S9",
        "all",
        "kolkwijde",
    ),
    *("wilgendam-town-hall=500", "wilgendam-town-hall=0", "wilgendam-town-hall=" + "9" * 6000, "wilgendam-town-hall=٣"),
    *(
        "=",
        "a=b=c",
        "kust-office=-1",
        "kust-office=1e3",
        "elders=5",
        "wilgendam-town-hall=2",
        "=5",
        "{}",
        "%s",
        "[red]x[/]",
    ),
    *(
        "2027-03-01",
        "2027-02-30",
        "0001-01-01",
        "9999-12-31",
        "20270301",
        "2027-W01-1",
        "soon",
        "L1",
        "L0",
        "L" + "9" * 6000,
    ),
)
