"""Prepared answers of `pulumi` about the stacks, and what `uitwijk check` makes of them."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.commands.conftest import Desk

PASSWORD = "sentinel-4711"
PULUMI = f"""#!{sys.executable}
import json, pathlib, sys
answers = pathlib.Path(__file__).parent / "answers"
stack = sys.argv[sys.argv.index("--stack") + 1].rsplit("/", 1)[-1]
kind = "config" if sys.argv[1] == "config" else "state"
if "--config-file" in sys.argv:
    stack, kind = pathlib.Path(sys.argv[sys.argv.index("--config-file") + 1]).name.split(".")[1], "file"
with open(answers / "asked", "a") as log:
    log.write(stack + "." + kind + "\\n")
answer = answers / (stack + "." + kind)
if not answer.exists():
    sys.exit("error: no stack named '" + stack + "' found")
text = answer.read_text()
sys.exit(text) if text.startswith("error") else print(text)
"""


class Stacks:
    """A `pulumi` on PATH that gives prepared answers about the stacks."""

    def __init__(self, folder: Path) -> None:
        self._answers = folder / "answers"
        self._answers.mkdir(parents=True)
        program = folder / "pulumi"
        program.write_text(PULUMI, encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IEXEC)

    def configured(self, site: str, server: str, **more: Any) -> None:
        """The stack has its settings."""
        self._write(f"{site}.config", self._settings(server, **more))

    def configured_by_file(self, site: str, server: str, folder: Path) -> None:
        """The stack is in another backend, but its stack file lies in the project's `folder`."""
        (folder / f"Pulumi.{site}.yaml").touch()
        self._write(f"{site}.file", self._settings(server))

    @staticmethod
    def _settings(server: str, **more: Any) -> str:
        settings: dict[str, Any] = {
            "vcenter": {"server": server, "user": "checker"},
            "vcenterPassword": PASSWORD,
            **more,
        }
        answer = {
            f"uitwijk:{key}": {"value": value, **({"objectValue": value} if isinstance(value, dict) else {})}
            for key, value in settings.items()
        }
        return json.dumps(answer)

    def applied(self, site: str, epoch: int, digest: str, pending: tuple[str, ...] = ()) -> None:
        """The stack's state holds a situation, and operations that were interrupted."""
        urn = f"urn:pulumi:{site}::uitwijk::"
        situation = {
            "urn": f"{urn}uitwijk:index:Situation::situation",
            "type": "uitwijk:index:Situation",
            "inputs": {"epoch": epoch, "digest": digest},
        }
        kind = "vsphere:index/virtualMachine:VirtualMachine"
        interrupted = [{"resource": {"urn": f"{urn}{kind}::{name}", "type": kind}} for name in pending]
        self._write(
            f"{site}.state", json.dumps({"deployment": {"resources": [situation], "pending_operations": interrupted}})
        )

    def empty(self, site: str) -> None:
        """The stack is initialised and was never brought up."""
        self._write(f"{site}.state", json.dumps({"deployment": {}}))

    def spoiled(self, site: str) -> None:
        """The stack's state is none."""
        self._write(f"{site}.state", '{"deployment": {"resources": [1]}}')

    def complains(self, site: str, about: str) -> None:
        """Neither settings nor state can be had."""
        self._write(f"{site}.state", f"error: {about}")
        self._write(f"{site}.config", f"error: {about}")

    @property
    def asked(self) -> set[str]:
        """What was asked for: `STACK.config` or `STACK.state`."""
        log = self._answers / "asked"
        return set(log.read_text(encoding="utf-8").split()) if log.exists() else set()

    def _write(self, name: str, text: str) -> None:
        (self._answers / name).write_text(text, encoding="utf-8")


def lines(desk: Desk) -> dict[str, dict[str, str]]:
    """The lines by subject."""
    return {line["subject"]: line for line in json.loads(desk.uitwijk("check", "--json").out)["lines"]}


def both_applied(desk: Desk, engine: Stacks) -> None:
    for site in ("veldoord", "zandermeer"):
        engine.applied(site, desk.situation.epoch, desk.situation.digest)
