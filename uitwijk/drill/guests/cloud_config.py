"""What a machine is told by cloud-init's user data and instance data, as a plan for whoever plays its first boot. Pure.

Every address of the plan is mapped onto the loopback network, wherever it stands.
"""

from __future__ import annotations

import base64
import binascii
import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from uitwijk.continuity.errors import UitwijkError

SHORTENED = {
    "bootcmd": "the folder of a disk needs no file system of its own",
    "ntp": "guests have this computer's time",
    "package_update": "packages are in the drill's template",
    "ssh_pwauth": "nobody logs in to a guest",
    "timezone": "guests have the time zone UTC",
    "users": "nobody logs in to a guest",
}
"""What of the user data a guest in a drill does not carry out, and why."""
_CARRIED_OUT = {"fqdn", "hostname", "mounts", "packages", "runcmd", "write_files"}
_ENCODINGS: Mapping[str, tuple[bool, bool]] = {
    "text/plain": (False, False),
    "": (False, False),
    **dict.fromkeys(("b64", "base64"), (True, False)),
    **dict.fromkeys(("gz", "gzip"), (False, True)),
    **dict.fromkeys(("gz+b64", "gz+base64", "gzip+b64", "gzip+base64"), (True, True)),
}
"""Whether a content is in base64, and whether it is compressed."""


@dataclass(frozen=True)
class File:
    """A file to be written."""

    path: str
    content: bytes
    mode: int
    user: str
    group: str
    append: bool


@dataclass(frozen=True)
class Plan:
    """What a machine does at its first boot."""

    name: str
    """Its fully qualified name."""
    files: tuple[File, ...]
    """In the order in which they are written."""
    mounts: tuple[str, ...]
    """Where the data disks are mounted, in the order of the disks."""
    commands: tuple[tuple[str, ...], ...]
    """Each as the words of a program; a line for the shell is `sh -c LINE`."""
    packages: frozenset[str]
    resolvers: tuple[str, ...]
    """Addresses of name servers."""
    search: tuple[str, ...]
    """Domains in which short names are looked up."""
    shortened: Mapping[str, str]
    """What is not carried out: why, by key of the user data."""


def read(user_data: str, meta_data: str, mapped: Callable[[str], str]) -> Plan:
    """The plan of a machine.

    Args:
        user_data: cloud-init's user data, a `#cloud-config`.
        meta_data: cloud-init's instance data, YAML.
        mapped: maps the addresses in a text.

    Raises:
        UitwijkError: it is no cloud-config, or a part of it cannot be carried out.
    """
    if user_data.partition("\n")[0].strip() != "#cloud-config":
        raise UitwijkError("the user data does not begin with the line #cloud-config")
    config, instance = _mapping(mapped(user_data), "user data"), _mapping(mapped(meta_data), "instance data")
    try:
        return _plan(config, instance, mapped)
    except (AttributeError, TypeError, ValueError, LookupError) as error:
        raise UitwijkError(f"the user data is not as cloud-init has it: {error}") from error


def _plan(config: Mapping[str, Any], instance: Mapping[str, Any], mapped: Callable[[str], str]) -> Plan:
    cards = ((instance.get("network") or {}).get("ethernets") or {}).values()
    written = sorted(config.get("write_files") or (), key=lambda entry: bool(entry.get("defer")))
    return Plan(
        name=str(config.get("fqdn") or config.get("hostname") or instance.get("local-hostname") or "localhost"),
        files=tuple(_file(entry, mapped) for entry in written),
        mounts=tuple(str(entry[1]) for entry in config.get("mounts") or ()),
        commands=tuple(_command(command) for command in config.get("runcmd") or ()),
        packages=frozenset(str(package) for package in config.get("packages") or ()),
        resolvers=tuple(str(server) for card in cards for server in _nameservers(card, "addresses")),
        search=tuple(str(domain) for card in cards for domain in _nameservers(card, "search")),
        shortened={key: SHORTENED.get(key, "the drill does not know it") for key in config if key not in _CARRIED_OUT},
    )


def _mapping(text: str, what: str) -> dict[str, Any]:
    try:
        content = yaml.load(text, Loader=yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise UitwijkError(f"the {what} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise UitwijkError(f"the {what} is no mapping")
    return content


def _nameservers(card: Mapping[str, Any], key: str) -> list[Any]:
    return (card.get("nameservers") or {}).get(key) or []


def _command(command: Any) -> tuple[str, ...]:
    return ("sh", "-c", command) if isinstance(command, str) else tuple(str(word) for word in command)


def _file(entry: Mapping[str, Any], mapped: Callable[[str], str]) -> File:
    path = str(entry.get("path", ""))
    if not path.startswith("/"):
        raise UitwijkError(f"write_files: {path!r} is no absolute path")
    user, _, group = str(entry.get("owner", "root:root")).partition(":")
    return File(
        path=path,
        content=_content(path, entry, mapped),
        mode=int(str(entry.get("permissions", "0644")), 8),
        user=user,
        group=group or "root",
        append=bool(entry.get("append")),
    )


def _content(path: str, entry: Mapping[str, Any], mapped: Callable[[str], str]) -> bytes:
    """What is to stand in the file. What was encoded has not been mapped yet."""
    content, encoding = entry.get("content", ""), str(entry.get("encoding", "")).lower()
    if encoding not in _ENCODINGS:
        raise UitwijkError(f"write_files: {path}: the encoding {encoding!r} is not known")
    coded, compressed = _ENCODINGS[encoding]
    raw = content if isinstance(content, bytes) else str(content).encode()
    if not coded and not compressed:
        return raw
    try:
        raw = base64.b64decode(raw) if coded else raw
        raw = gzip.decompress(raw) if compressed else raw
    except (binascii.Error, OSError, EOFError) as error:
        raise UitwijkError(f"write_files: {path}: its content is not in the encoding {encoding!r}: {error}") from error
    try:
        return mapped(raw.decode()).encode()
    except UnicodeDecodeError:
        return raw
