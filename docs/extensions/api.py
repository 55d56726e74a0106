"""How the pages that `sphinx.ext.apidoc` makes of the library look: short titles, fields with their own sentences."""

from __future__ import annotations

import dataclasses
import re

from pydantic import BaseModel
from sphinx.application import Sphinx


def _page(_: Sphinx, page: str, source: list[str]) -> None:
    if page.startswith("reference/api/"):
        short = re.sub(r"^uitwijk\.(\S+) (module|package)$", r"\1", source[0], count=1, flags=re.MULTILINE)
        source[0] = short.replace("   :show-inheritance:\n", "")


def _fields_only(_app: Sphinx, _what: str, _name: str, described: object, *_: object) -> tuple[str, str] | None:
    """The fields of such a class follow, each with type and docstring; its signature would only repeat them."""
    if isinstance(described, type) and (issubclass(described, BaseModel) or dataclasses.is_dataclass(described)):
        return "", ""
    return None


def _sentence(_: Sphinx, what: str, _name: str, _obj: object, _options: object, lines: list[str]) -> None:
    """Napoleon takes what stands before a colon in the first line of an attribute's docstring for its type."""
    if what in ("attribute", "data", "property"):
        lines.insert(0, "\\ ")


def setup(app: Sphinx) -> None:
    """Connects them."""
    app.connect("source-read", _page)
    app.connect("autodoc-process-signature", _fields_only)
    app.connect("autodoc-process-docstring", _sentence, priority=400)
