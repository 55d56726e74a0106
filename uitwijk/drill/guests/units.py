"""systemd's unit files: read and expanded as systemd.unit(5), systemd.service(5) and systemd.exec(5) say. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from uitwijk.continuity.errors import UitwijkError

SEARCHED = ("etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system")
"""Folders of unit files below a root, the first that has one wins."""
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KINDS = {
    "RuntimeDirectory": "/run",
    "StateDirectory": "/var/lib",
    "CacheDirectory": "/var/cache",
    "LogsDirectory": "/var/log",
    "ConfigurationDirectory": "/etc",
}
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)")
_SECONDS = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec"), 0.001),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}
_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


@dataclass(frozen=True)
class Command:
    """A program that a unit runs."""

    words: tuple[str, ...]
    may_fail: bool = False
    """`-`: its failure counts as success."""
    as_root: bool = False
    """`+` and `!`: it runs without the restrictions of the unit's account."""


@dataclass(frozen=True)
class Directory:
    """A folder that systemd makes before the unit starts, for the unit's account."""

    path: str
    mode: int
    owned: bool
    """False: it stays root's, as those of configuration do."""


@dataclass(frozen=True)
class Unit:
    """A unit with its drop-ins.

    Args:
        name: e.g. `knot.service`.
        sections: what each key of each section was set to, in order.
    """

    name: str
    sections: Mapping[str, Mapping[str, Sequence[str]]]

    def all(self, key: str, section: str = "Service") -> tuple[str, ...]:
        """Every value of a key that may be set several times; specifiers are expanded."""
        return tuple(self._expanded(value) for value in self.sections.get(section, {}).get(key, ()))

    def one(self, key: str, default: str = "", section: str = "Service") -> str:
        """The value of a key of which the last setting counts."""
        return (self.all(key, section) or (default,))[-1]

    def flag(self, key: str) -> bool:
        """Whether a switch is on."""
        return self.one(key).lower() in ("yes", "true", "on", "1")

    @property
    def kind(self) -> str:
        """What says that the service has started: its `Type=`."""
        return self.one("Type", "simple" if self.all("ExecStart") else "oneshot")

    @property
    def ambient(self) -> tuple[str, ...]:
        """Capabilities that its processes keep, as setpriv names them."""
        return _capabilities(self.all("AmbientCapabilities"))

    @property
    def wanted_by(self) -> tuple[str, ...]:
        """Targets that start it, once it is enabled."""
        return tuple(word for value in self.all("WantedBy", "Install") for word in value.split())

    @property
    def directories(self) -> tuple[Directory, ...]:
        """Folders to be made before it starts."""
        return tuple(
            Directory(
                f"{parent}/{name.split(':')[0]}",
                int(self.one(f"{key}Mode", "0755"), 8),
                owned=key != "ConfigurationDirectory",
            )
            for key, parent in _KINDS.items()
            for value in self.all(key)
            for name in value.split()
        )

    def environment(self, read: Callable[[str], Sequence[str]]) -> dict[str, str]:
        """The variables of its processes.

        Args:
            read: the contents of all files that match a path with wildcards.

        Raises:
            UitwijkError: a file that must be there is missing.
        """
        variables = {"PATH": _PATH, "LANG": "C.UTF-8"}
        for value in self.all("Environment"):
            variables |= dict(word.split("=", 1) for word in _words(self.name, value) if "=" in word)
        for path in self.all("EnvironmentFile"):
            texts = read(path.removeprefix("-"))
            if not texts and not path.startswith("-"):
                raise UitwijkError(f"{self.name}: its EnvironmentFile {path} is missing")
            for text in texts:
                variables |= _assignments(self.name, text)
        for key, parent in _KINDS.items():
            if names := " ".join(self.all(key)).split():
                variable = f"{key.removesuffix('Directory').upper()}_DIRECTORY"
                variables[variable] = ":".join(f"{parent}/{name}" for name in names)
        return variables

    def commands(self, key: str, variables: Mapping[str, str]) -> tuple[Command, ...]:
        """The commands of `ExecStart`, `ExecStartPre` …, with the variables filled in.

        Raises:
            UitwijkError: one cannot be read.
        """
        return tuple(self._command(value, variables) for value in self.all(key))

    def _command(self, value: str, variables: Mapping[str, str]) -> Command:
        prefixes = re.match(r"[-+!:@]*", value)
        assert prefixes is not None, "may be empty"
        program, *args = _words(self.name, value[prefixes.end() :]) or [""]
        if not program:
            raise UitwijkError(f"{self.name}: a command without a program: {value!r}")
        if "@" in prefixes[0]:
            args = args[1:]
        if ":" not in prefixes[0]:
            args = [word for arg in args for word in _filled_in(arg, variables)]
        return Command((program, *args), may_fail="-" in prefixes[0], as_root=bool({"+", "!"} & set(prefixes[0])))

    def _expanded(self, value: str) -> str:
        prefix, _, rest = self.name.rpartition(".")[0].partition("@")
        known = {"%": "%", "n": self.name, "N": self.name.rpartition(".")[0], "p": prefix, "i": rest, "t": "/run"}
        known |= {"S": "/var/lib", "C": "/var/cache", "L": "/var/log", "E": "/etc"}

        def expand(found: re.Match[str]) -> str:
            if found[1] not in known:
                raise UitwijkError(f"{self.name}: the specifier {found[0]} in {value!r} is not known to the drill")
            return known[found[1]]

        return re.sub(r"%(.)", expand, value)


def parse(name: str, texts: Iterable[str]) -> Unit:
    """A unit.

    Args:
        name: e.g. `knot.service`.
        texts: the unit file, then its drop-ins in their order.

    Raises:
        UitwijkError: a line is neither a section nor an assignment.
    """
    sections: dict[str, dict[str, list[str]]] = {}
    for text in texts:
        section = ""
        for line in _lines(text):
            if line.startswith("[") and line.endswith("]"):
                section = line[1:-1]
                continue
            key, equals, value = line.partition("=")
            if not equals or not section:
                raise UitwijkError(f"{name}: the line {line!r} is neither a section nor an assignment")
            values = sections.setdefault(section, {}).setdefault(key.strip(), [])
            if value.strip():
                values.append(value.strip())
            else:
                values.clear()
    return Unit(name, sections)


def seconds(span: str) -> float:
    """A time span as systemd.time(7) writes it: `5min`, `1h 30s`, `300`.

    Raises:
        UitwijkError: it is none.
    """
    parts, rest = [], span.strip()
    while rest and (found := _SPAN.match(rest)) and found[2] in _SECONDS:
        parts.append(float(found[1]) * _SECONDS[found[2]])
        rest = rest[found.end() :]
    if rest.strip() or not parts:
        raise UitwijkError(f"{span!r} is no time span; one is for example 5min, or 1h 30s")
    return sum(parts)


def _lines(text: str) -> Iterable[str]:
    """What is not a comment, with continued lines as one."""
    begun = ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith(("#", ";")) or (not line and not begun):
            continue
        begun += line
        if begun.endswith("\\"):
            begun = f"{begun[:-1]} "
            continue
        yield begun.strip()
        begun = ""
    if begun.strip():
        yield begun.strip()


def _words(name: str, value: str) -> list[str]:
    try:
        return shlex.split(value)
    except ValueError as error:
        raise UitwijkError(f"{name}: {value!r} cannot be read: {error}") from error


def _assignments(name: str, text: str) -> dict[str, str]:
    """The variables of an environment file."""
    pairs = (line.split("=", 1) for line in _lines(text) if "=" in line)
    return {key.strip(): " ".join(_words(name, value)) for key, value in pairs}


def _filled_in(word: str, variables: Mapping[str, str]) -> list[str]:
    """`$NAME` alone becomes as many words as the variable has; `${NAME}`, and either in a word, are put in place."""
    if (alone := re.fullmatch(r"\$(\w+)", word)) is not None:
        return variables.get(alone[1], "").split()
    return [_VARIABLE.sub(lambda found: variables.get(found[1] or found[2], "") if found[0] != "$$" else "$", word)]


def _capabilities(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.lower().removeprefix("cap_") for value in values for word in value.split())
