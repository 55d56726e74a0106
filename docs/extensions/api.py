"""How the pages that `sphinx.ext.apidoc` makes of the library look: short titles, fields with their own sentences."""

from __future__ import annotations

import re

from pydantic import BaseModel
from sphinx.application import Sphinx


def _title(_: Sphinx, page: str, source: list[str]) -> None:
    if page.startswith("reference/api/"):
        source[0] = re.sub(r"^uitwijk\.(\S+) (module|package)$", r"\1", source[0], count=1, flags=re.MULTILINE)


def _fields_only(_app: Sphinx, _what: str, _name: str, described: object, *_: object) -> tuple[str, str] | None:
    """The fields of a class of the catalogue follow with their types; its signature would only repeat them."""
    return ("", "") if isinstance(described, type) and issubclass(described, BaseModel) else None


def _sentence(_: Sphinx, what: str, _name: str, _obj: object, _options: object, lines: list[str]) -> None:
    """Napoleon takes what stands before a colon in the first line of an attribute's docstring for its type."""
    if what in ("attribute", "data", "property"):
        lines.insert(0, "\\ ")


def setup(app: Sphinx) -> None:
    """Connects them."""
    app.connect("source-read", _title)
    app.connect("autodoc-process-signature", _fields_only)
    app.connect("autodoc-process-docstring", _sentence, priority=400)
