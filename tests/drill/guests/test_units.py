"""systemd's unit files, read as systemd reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests.units import Command, Directory, parse, seconds

VALUES = st.text(st.characters(codec="ascii", exclude_characters="%$\\"), max_size=12)


def commands(text: str, name: str = "one.service", **variables: str) -> tuple[Command, ...]:
    return parse(name, [f"[Service]\nExecStart={text}\n"]).commands("ExecStart", variables)


def test_the_last_setting_counts_and_an_empty_one_forgets_what_was_there() -> None:
    unit = parse(
        "one.service",
        [
            "[Unit]\nAfter=a\n[Service]\n# not this\n; nor this\nUser=one\nExecStartPre=/a\nExecStart=/b \\\n  c\n",
            "[Service]\nUser=two\nExecStartPre=/d\nExecStart=\nExecStart=/e\n",
        ],
    )
    assert unit.one("User") == "two"
    assert unit.all("ExecStartPre") == ("/a", "/d")
    assert unit.all("ExecStart") == ("/e",)
    assert parse("one.service", ["[Service]\nExecStart=/b \\\n  c\n"]).one("ExecStart").split() == ["/b", "c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/bin/a", Command(("/bin/a",))),
        ("-/bin/a", Command(("/bin/a",), may_fail=True)),
        ("+/bin/a", Command(("/bin/a",), as_root=True)),
        ("-+/bin/a b", Command(("/bin/a", "b"), may_fail=True, as_root=True)),
        ("@/bin/a zero b", Command(("/bin/a", "b"))),
        ("/bin/a \"b c\" 'd e'", Command(("/bin/a", "b c", "d e"))),
        ("/bin/a $WORDS", Command(("/bin/a", "x", "y"))),
        ('/bin/a "$WORDS"', Command(("/bin/a", "x", "y"))),
        ("/bin/a ${WORDS}", Command(("/bin/a", "x y"))),
        ("/bin/a --b=${WORDS} $$c", Command(("/bin/a", "--b=x y", "$c"))),
        ("/bin/a $NOTHING ${NOTHING}", Command(("/bin/a", ""))),
        (":/bin/a $WORDS", Command(("/bin/a", "$WORDS"))),
        ("/bin/a %n %N %p %i %t 100%%", Command(("/bin/a", "o@1.service", "o@1", "o", "1", "/run", "100%"))),
    ],
)
def test_a_command_is_split_and_filled_in(text: str, expected: Command) -> None:
    assert commands(text, "o@1.service", WORDS="x y") == (expected,)


@pytest.mark.parametrize("text", ["/bin/a %q", '/bin/a "b', "-"])
def test_a_command_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(UitwijkError, match=r"one\.service: "):
        commands(text)


def test_the_environment_comes_from_the_unit_its_files_and_its_folders() -> None:
    unit = parse(
        "one.service",
        [
            "[Service]\nEnvironment='A=1 2' B=3\nEnvironment=C=4\nEnvironmentFile=-/none\nEnvironmentFile=/some/*\n"
            "RuntimeDirectory=one two\n"
        ],
    )
    files = {"/some/*": ["# a comment\nB=5\n\nD='6 7'\n", "E=8"]}
    env = unit.environment(lambda path: files.get(path, []))
    assert env.pop("PATH").endswith("/bin")
    assert env.pop("LANG")
    assert env == {"A": "1 2", "B": "5", "C": "4", "D": "6 7", "E": "8", "RUNTIME_DIRECTORY": "/run/one:/run/two"}


def test_a_file_of_the_environment_that_must_be_there_is_missed() -> None:
    unit = parse("one.service", ["[Service]\nEnvironmentFile=/none\n"])
    with pytest.raises(UitwijkError, match="EnvironmentFile /none is missing"):
        unit.environment(lambda _: [])


def test_folders_belong_to_the_account_but_those_of_configuration() -> None:
    unit = parse(
        "one.service",
        ["[Service]\nRuntimeDirectory=a\nRuntimeDirectoryMode=0770\nStateDirectory=b c:d\nConfigurationDirectory=e\n"],
    )
    assert set(unit.directories) == {
        Directory("/run/a", 0o770, owned=True),
        Directory("/var/lib/b", 0o755, owned=True),
        Directory("/var/lib/c", 0o755, owned=True),
        Directory("/etc/e", 0o755, owned=False),
    }


@given(st.dictionaries(st.sampled_from("ABC"), VALUES), st.lists(st.sampled_from("ABC")))
def test_braces_never_split_and_never_lose_a_word(variables: dict[str, str], names: list[str]) -> None:
    (command,) = commands(" ".join(["/bin/a", *(f"${{{name}}}" for name in names)]), **variables)
    assert command.words == ("/bin/a", *(variables.get(name, "") for name in names))


@pytest.mark.parametrize(
    ("span", "expected"),
    [("0", 0), ("300", 300), ("5min", 300), ("1h 30s", 3630), ("1min30s", 90), ("500ms", 0.5), ("1.5h", 5400)],
)
def test_a_time_span_is_understood(span: str, expected: float) -> None:
    assert seconds(span) == expected


@pytest.mark.parametrize("span", ["", "soon", "5 parsecs", "min"])
def test_what_is_no_time_span_is_refused(span: str) -> None:
    with pytest.raises(UitwijkError, match="no time span"):
        seconds(span)


@pytest.mark.parametrize("text", ["User=a\n", "[Service]\nnonsense\n"])
def test_a_line_that_is_nothing_is_named(text: str) -> None:
    with pytest.raises(UitwijkError, match=r"one\.service: the line .* is neither"):
        parse("one.service", [text])
