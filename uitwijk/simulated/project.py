"""A Pulumi project beside the repository's own: same program, own stack files, secrets, states and home."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uitwijk
from uitwijk.continuity.bounded import Unreadable, read_text
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import ELSEWHERE, Region
from uitwijk.continuity.secrets import ALWAYS_SHARED, DNS_UPDATE_KEY, all_shared, config_key
from uitwijk.continuity.strict_yaml import parse_yaml, to_yaml
from uitwijk.files import write_private
from uitwijk.observe.pulumi import Pulumi
from uitwijk.project import DEFINITION, NAMESPACE
from uitwijk.running.engine import Stack
from uitwijk.running.env import ENGINE_ENV, clean_environment
from uitwijk.running.toolchain import Toolchain
from uitwijk.simulated.state_database import OPERATOR, READER, StateDatabase
from uitwijk.simulated.vcenter import USER, SimulatedVCenter


def made_up_secrets(region: Region) -> Mapping[str, str]:
    """A value for each secret that all sites must know, by name: encrypted in the configuration of every stack."""
    passwords = {name: secrets.token_urlsafe(18) for name in (*ALWAYS_SHARED, *all_shared(region))}
    return {**passwords, DNS_UPDATE_KEY: base64.b64encode(secrets.token_bytes(32)).decode()}


@dataclass(frozen=True)
class Peer:
    """What an office knows of a site that has another."""

    backend: str
    """URL of the state backend of its stack, for who reads it."""
    vcenter: SimulatedVCenter
    pass_line: str = ""
    """What lets its reader into a state backend that is a database."""


@dataclass(frozen=True)
class Project:
    """Where the engineers of one or more sites keep their stacks."""

    folder: Path
    """Gets `project/` (Pulumi.yaml, stack files), `state/` (backend) and `passphrase`."""
    home: Path
    """PULUMI_HOME."""
    database: StateDatabase | None = None
    """Holds the state; None: a folder does."""

    @property
    def project(self) -> Path:
        """Folder of Pulumi.yaml and the stack files: where people type `pulumi` and `uitwijk`."""
        return self.folder / "project"

    @property
    def backend(self) -> str:
        """URL of the state backend."""
        if self.database is not None:
            return self.database.url(OPERATOR)
        return f"file://{self.folder / 'state'}?metadata=skip"

    def known_to_peers(self, vcenter: SimulatedVCenter) -> Peer:
        """What the offices of other sites know of the site of `vcenter`, whose office this is."""
        if self.database is None:
            return Peer(self.backend, vcenter)
        return Peer(self.database.url(READER), vcenter, self.database.pass_line(READER))

    @property
    def _passwords(self) -> Path:
        """Of databases, where clients look for them."""
        return self.folder / "pgpass"

    @property
    def passphrase_file(self) -> Path:
        """Holds what decrypts the stacks' secrets."""
        return self.folder / "passphrase"

    def env(self, trust: Path) -> dict[str, str]:
        """The variables that `pulumi` needs on top of an environment without any of Pulumi's or vSphere's own.

        Args:
            trust: bundle of the certificate authorities of all sites.
        """
        return {
            "PULUMI_HOME": str(self.home),
            "PULUMI_BACKEND_URL": self.backend,
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.passphrase_file),
            "SSL_CERT_FILE": str(trust),
            **({"PGPASSFILE": str(self._passwords)} if self.database else {}),
            **ENGINE_ENV,
        }

    def create(
        self,
        toolchain: Toolchain,
        vcenters: Iterable[SimulatedVCenter],
        shared: Mapping[str, str],
        *,
        trust: Path,
        situation: Path,
        catalogue: Path,
        program: Path,
        peers: Mapping[str, Peer],
    ) -> dict[str, Stack]:
        """Writes the project, initialises a stack for each vCenter, and stores its secrets encrypted.

        Args:
            shared: what the stacks of all sites know, as `made_up_secrets` gives it.
            situation: the file that the stacks read.
            catalogue: the folder of the catalogue.
            program: the folder of the region's `Pulumi.yaml` and `__main__.py`.
            peers: the sites whose stacks are not here, for these have an office of their own.

        Raises:
            UitwijkError: when `pulumi` fails, with what it said.
        """
        for folder in (self.project, self.folder / "state", self.home):
            folder.mkdir(parents=True, exist_ok=True)
        # The engine keeps a debug log in this folder; where it finds a file instead, it does without.
        (self.home / "logs").touch()
        write_private(self.passphrase_file, secrets.token_urlsafe(24))
        if self.database is not None:
            lines = [self.database.pass_line(OPERATOR), *(peer.pass_line for peer in peers.values())]
            write_private(self._passwords, "".join(lines))
        definition = _definition(program / DEFINITION)
        _write(self.project / DEFINITION, {**definition, "runtime": _runtime(), "main": str(program)})
        # `uitwijk` finds the region beside Pulumi.yaml.
        for name, target in (("catalogue", catalogue), ("situation.yaml", situation)):
            (self.project / name).symlink_to(target)
        env = {**clean_environment(toolchain), **self.env(trust)}
        pulumi = Pulumi(self.project, env)
        stacks: dict[str, Stack] = {}
        for vcenter in vcenters:
            stacks[vcenter.site] = self._stack(vcenter, pulumi, env, situation, catalogue, shared, peers)
        # As both stack files lie at both sites: who looks from here sees the peers' vCenters, too.
        for site, peer in peers.items():
            _write(self._stack_file(site), {"config": {"uitwijk:vcenter": _reached(peer.vcenter)}})
            file, through = str(self._stack_file(site)), next(iter(stacks))
            _keep_secret(pulumi, through, "vcenterPassword", peer.vcenter.password, "--config-file", file)
        return stacks

    def _stack(
        self,
        vcenter: SimulatedVCenter,
        pulumi: Pulumi,
        env: Mapping[str, str],
        situation: Path,
        catalogue: Path,
        shared: Mapping[str, str],
        peers: Mapping[str, Peer],
    ) -> Stack:
        site = vcenter.site
        # Whoever has peers elsewhere has an office of its own.
        kept = site if peers else ELSEWHERE
        config: dict[str, Any] = {
            "pulumi:disable-default-providers": ["*"],
            "uitwijk:site": site,
            "uitwijk:catalogue": str(catalogue),
            "uitwijk:situation": str(situation),
            "uitwijk:vcenter": _reached(vcenter),
            "uitwijk:guestNetworkWaitMinutes": 0,
            "uitwijk:kept": {"state": kept, "secrets": kept},
        }
        if peers:
            config["uitwijk:peers"] = {peer: {"backend": known.backend} for peer, known in peers.items()}
        _write(self._stack_file(site), {"config": config})
        pulumi.order("stack", "init", site, "--no-select")
        _keep_secret(pulumi, site, "vcenterPassword", vcenter.password)
        for name, secret in shared.items():
            _keep_secret(pulumi, site, config_key(name), secret)
        return Stack(site, self.project, env)

    def _stack_file(self, site: str) -> Path:
        return self.project / f"Pulumi.{site}.yaml"


def _reached(vcenter: SimulatedVCenter) -> dict[str, str]:
    return {"server": vcenter.address.server, "user": USER}


def _keep_secret(pulumi: Pulumi, site: str, key: str, secret: str, *flags: str) -> None:
    pulumi.order("config", "set", "--secret", f"{NAMESPACE}:{key}", "--stack", site, *flags, stdin=secret)


def copy_program(project: Path, folder: Path) -> Path:
    """Copies the region's program and the library into `folder`, and returns it.

    Whoever edits either meanwhile changes no machine.

    Args:
        project: the region's project.
        folder: is made.

    Raises:
        OSError: when something is missing in the project, or the folder cannot be written.
    """
    for part in (project / "components", Path(uitwijk.__file__).parent):
        shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (DEFINITION, "__main__.py"):
        shutil.copy(project / file, folder)
    return folder


def copy_project(project: Path, folder: Path) -> Path:
    """Copies what `copy_program` copies, and with it what the region's people declare and approve; returns `folder`.

    Args:
        project: the region's project.
        folder: is made.

    Raises:
        OSError: when something is missing in the project, or the folder cannot be written.
    """
    copy_program(project, folder)
    shutil.copytree(project / "catalogue", folder / "catalogue")
    shutil.copy(project / "situation.yaml", folder)
    if (project / "plans").exists():
        shutil.copytree(project / "plans", folder / "plans")
    return folder


def _definition(path: Path) -> dict[str, Any]:
    try:
        content = parse_yaml(read_text(path))
    except Unreadable as unreadable:
        raise UitwijkError(f"{path}: {unreadable}") from None
    if not isinstance(content, dict):
        raise UitwijkError(f"{path}: must be a mapping that starts with `name: …`")
    return content


def _runtime() -> dict[str, Any]:
    """The interpreter that runs this: a language host that finds no environment in the project would install one."""
    environment = {"virtualenv": sys.prefix} if sys.prefix != sys.base_prefix else {}
    return {"name": "python", "options": {"toolchain": "pip", **environment}}


def bundle(vcenters: Iterable[SimulatedVCenter], path: Path) -> Path:
    """Writes the certificate authorities of all sites into one file and returns it."""
    path.write_text("".join(v.address.ca.read_text(encoding="utf-8") for v in vcenters), encoding="utf-8")
    return path


def _write(path: Path, content: object) -> None:
    # JSON is YAML; a plain dump keeps the order of keys.
    path.write_text(to_yaml(json.loads(json.dumps(content))), encoding="utf-8")
