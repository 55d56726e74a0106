"""The stack's configuration, read and judged in one place; every mistake is told at once."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pulumi
from pulumi.runtime.config import CONFIG
from pydantic import Field

from uitwijk.continuity.bounded import Unreadable
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.fields import Entity, Line, Slug
from uitwijk.continuity.reading import Problems, validate
from uitwijk.continuity.region import ELSEWHERE, Region
from uitwijk.continuity.secrets import ALWAYS_SHARED, all_shared, config_key
from uitwijk.continuity.strict_json import parse_json
from uitwijk.observe import Login
from uitwijk.project import NAMESPACE
from uitwijk.resources.site import SiteArgs

_SECRETS = ("vcenterPassword", *map(config_key, ALWAYS_SHARED))
_SHORTEST_KEY = 16
"""Bytes of a TSIG key below which RFC 8945 calls a truncated HMAC-SHA256 useless; a fresh key has 32."""


class VCenter(Entity):
    """How the site's vCenter is reached."""

    server: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+(:[0-9]+)?$")]
    """Host name, and a port if it is not 443; no scheme."""
    user: Annotated[str, Field(min_length=1)]


class Peer(Entity):
    """Where another site's stack is found."""

    backend: Annotated[str, Field(min_length=1)]
    """URL of the state backend, as for `pulumi login`."""


class Kept(Entity):
    """Where something is kept without which the stack cannot be used: a site of the region, or `elsewhere`."""

    state: Slug | None = None
    secrets: Slug | None = None
    """What decrypts the stack's secrets."""


class _Plain(Entity):
    """The keys that hold no secret, as they stand in the stack's file."""

    site: Line
    catalogue: Line = "catalogue"
    situation: Line = "situation.yaml"
    vcenter: VCenter
    guestNetworkWaitMinutes: Annotated[int, Field(ge=0, le=60, strict=True)] = 5
    peers: dict[Slug, Peer] = Field(default_factory=dict)
    kept: Kept = Kept()
    """Only `uitwijk check` asks for it."""


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """What differs from stack to stack, and the secrets that the machines of both share."""

    project: str
    """What Pulumi calls the project."""
    site: str
    catalogue: Path
    situation: Path
    vcenter: Login
    """For whoever looks into it from the program itself."""
    vcenter_password: pulumi.Output[str]
    """The same password, for resources."""
    guest_network_wait_minutes: int
    """How long a new machine may take to get its network up; 0: do not wait."""
    peer_backends: Mapping[str, str]
    """State backend by site, for those that do not share this stack's."""
    kept_at: tuple[str, ...]
    """Where its state and the key to its secrets are kept, as far as that is said: sites, or `elsewhere`."""
    shared: Mapping[str, pulumi.Output[str]]
    """What the stacks of all sites are told for their jobs, by the name under which recipes ask for it; among it the
    TSIG key (base64, HMAC-SHA256) with which machines announce their names."""

    def site_args(self, region: Region) -> SiteArgs:
        """What the site's component is made from."""
        return SiteArgs(
            region=region,
            slug=self.site,
            server=self.vcenter.server,
            user=self.vcenter.user,
            password=self.vcenter_password,
            secrets=self.shared,
            guest_network_wait_minutes=self.guest_network_wait_minutes,
        )

    def check_against(self, region: Region) -> None:
        """Sees that the stack stands for a site of the region.

        Raises:
            UitwijkError: naming each key that the region does not know.
        """
        known = ", ".join(region.sites)
        place = _file()
        problems = [
            f"{place}: peers: {peer} is no site; there are: {known}"
            for peer in self.peer_backends
            if peer not in region.sites
        ]
        problems += [
            f"{place}: kept: {where} is no site, nor {ELSEWHERE}; there are: {known}"
            for where in dict.fromkeys(self.kept_at)
            if where not in (*region.sites, ELSEWHERE)
        ]
        problems += [
            f"{place}: {key} is missing, a secret that a recipe asks for; set it by {_set_by(key)}"
            for key in map(config_key, all_shared(region))
            if _name(key) not in self.shared
        ]
        if self.site not in region.sites:
            problems.insert(0, f"{place}: site: {self.site} is no site of the catalogue; there are: {known}")
        if problems:
            raise UitwijkError(problems)


def read_settings() -> StackSettings:
    """The settings of the stack that runs.

    Raises:
        UitwijkError: with every unknown, missing, malformed or unencrypted key.
    """
    raw = {
        key.removeprefix(f"{NAMESPACE}:"): value
        for key, value in CONFIG.get().items()
        if key.startswith(f"{NAMESPACE}:")
    }
    problems = Problems()
    plain = validate(
        _Plain, {key: plain_value(value) for key, value in raw.items() if not _secret(key)}, _file(), problems
    )
    _check_secrets(raw, problems)
    stack = pulumi.get_stack()
    site = raw.get("site", stack)
    if site != stack:
        problems.add(
            f"{_file()}: site", f"{site} is not the name of this stack, {stack}; a stack is named after its site"
        )
    if plain is None or problems.lines:
        raise UitwijkError(problems.lines)
    config = pulumi.Config(NAMESPACE)
    return StackSettings(
        project=pulumi.get_project(),
        site=plain.site,
        catalogue=Path(plain.catalogue),
        situation=Path(plain.situation),
        vcenter=Login(plain.vcenter.server, plain.vcenter.user, raw["vcenterPassword"]),
        vcenter_password=config.require_secret("vcenterPassword"),
        guest_network_wait_minutes=plain.guestNetworkWaitMinutes,
        peer_backends={site: peer.backend for site, peer in plain.peers.items()},
        kept_at=tuple(where for where in (plain.kept.state, plain.kept.secrets) if where),
        shared={_name(key): config.require_secret(key) for key in raw if _secret(key) and key != "vcenterPassword"},
    )


def _file() -> str:
    return f"Pulumi.{pulumi.get_stack()}.yaml"


def plain_value(value: str) -> Any:
    """Objects and integers reach the program as JSON; text as it stands."""
    try:
        parsed = parse_json(value)
    except Unreadable:
        return value
    return parsed if isinstance(parsed, dict | list | int) else value


def _check_secrets(raw: Mapping[str, str], problems: Problems) -> None:
    for key in _SECRETS:
        set_it = _set_by(key)
        if not raw.get(key):
            problems.add(f"{_file()}: {key}", f"is missing; set it by {set_it}")
        elif not pulumi.runtime.is_config_secret(f"{NAMESPACE}:{key}"):
            problems.add(f"{_file()}: {key}", f"stands there in plain text; replace it by {set_it}")
    update_key = raw.get("dnsUpdateKey")
    if update_key and not _is_key(update_key):
        problems.add(
            f"{_file()}: dnsUpdateKey", f"is not base64 of {_SHORTEST_KEY} or more bytes; make one by `tsig-keygen`"
        )


def _secret(key: str) -> bool:
    """Whether a key holds, or has to hold, a secret."""
    plain = key in _Plain.model_fields
    return key in _SECRETS or (not plain and pulumi.runtime.is_config_secret(f"{NAMESPACE}:{key}"))


def _name(key: str) -> str:
    """What recipes call a key that `config_key` made."""
    return re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", key)


def _set_by(key: str) -> str:
    return f"`pulumi config set --secret {NAMESPACE}:{key} --stack {pulumi.get_stack()}`"


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) >= _SHORTEST_KEY
    except binascii.Error:
        return False
