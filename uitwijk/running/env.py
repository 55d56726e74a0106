"""The environment in which `pulumi` uses this tool chain and, while they run, the simulated sites."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from uitwijk.running.toolchain import Toolchain, first_on_path
from uitwijk.running.workspace import Workspace

ENGINE_ENV: Mapping[str, str] = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_ENABLE_LEGACY_DIFF": "true",
    "GOGC": "500",
}
"""Nothing is fetched during a failover, and unchanged inputs mean an unchanged machine."""
_IN_THE_WAY = ("PULUMI_", "VSPHERE_", "GOVC_")
"""Settings that would point the engine or a provider somewhere else than at the simulated sites."""


def environment(workspace: Workspace, current: Mapping[str, str]) -> dict[str, str | None]:
    """The variables to set, and with None those to unset, given the `current` ones.

    Raises:
        UitwijkError: when the note about the simulated sites cannot be read.
    """
    running = workspace.running_sites()
    wanted: dict[str, str | None] = {}
    first = [str(folder) for folder in first_on_path()]
    if running:
        first = [*running["path"], *first]
        wanted |= {name: None for name in sorted(current) if name.startswith(_IN_THE_WAY)}
        wanted |= running["env"]
    rest = current.get("PATH", os.defpath).split(os.pathsep)
    return {"PATH": os.pathsep.join(dict.fromkeys([*first, *rest])), **wanted, **ENGINE_ENV}


def engine_environment(workspace: Workspace, current: Mapping[str, str]) -> dict[str, str]:
    """The whole environment in which plain `pulumi` uses this tool chain: the `current` variables, changed as above.

    Raises:
        UitwijkError: when the note about the simulated sites cannot be read.
    """
    variables = {**current, **environment(workspace, current)}
    return {name: value for name, value in variables.items() if value is not None}


def clean_environment(toolchain: Toolchain) -> dict[str, str]:
    """Our own environment without any setting of Pulumi or vSphere, the tool chain first on PATH."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "VSPHERE_", "GOVC_"))}
    env["PATH"] = os.pathsep.join([*map(str, toolchain.path), env.get("PATH", os.defpath)])
    return env


def shell_lines(variables: Mapping[str, str | None]) -> list[str]:
    """Lines for a POSIX shell's `eval`."""
    return [
        f"unset {name}" if value is None else f"export {name}={_quoted(value)}" for name, value in variables.items()
    ]


def _quoted(value: str) -> str:
    quoted = shlex.quote(value)
    return quoted if quoted.startswith("'") else f"'{quoted}'"
