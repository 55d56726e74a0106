"""Warns of what the reference lacks: the docstring of a name, a verb of the command, a key of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from uitwijk.__main__ import app as uitwijk
from uitwijk.continuity.json_schema import schemas

_logger = logging.getLogger(__name__)


def _docstring(_: Sphinx, what: str, name: str, described: object, _options: object, lines: list[str]) -> None:
    ours = getattr(described, "__module__", name).startswith("uitwijk.")
    if ours and not any(lines):
        _logger.warning("%s %s has no docstring", what, name)


def _pages(_: Sphinx, env: BuildEnvironment) -> None:
    for page, wanted in (("reference/catalogue", set(_keys())), ("reference/commands", set(_verbs()))):
        literals = [literal.astext() for literal in env.get_doctree(page).findall(nodes.literal)]
        shown = {*literals, *(word.strip(",") for literal in literals for word in literal.split())}
        for missing in sorted(wanted - shown):
            _logger.warning("%s does not show `%s`", page, missing)


def _keys() -> Iterator[str]:
    def within(schema: Any) -> Iterator[str]:
        if isinstance(schema, dict):
            for key, value in schema.get("properties", {}).items():
                yield key
                if "description" not in value:
                    _logger.warning("%s: %s has no docstring", schema.get("title"), key)
            schema = list(schema.values())
        if isinstance(schema, list):
            for each in schema:
                yield from within(each)

    return within([json.loads(schema) for schema in schemas().values()])


def _verbs() -> Iterator[str]:
    def within(path: str, command: Any) -> Iterator[str]:
        yield path
        yield from (option for each in command.params for option in each.opts if option.startswith("--"))
        for name, each in getattr(command, "commands", {}).items():
            yield from within(f"{path} {name}", each)

    return within("uitwijk", typer.main.get_command(uitwijk))


def _outside(app: Sphinx, page: nodes.document) -> None:
    """Leaves the words of a link to a folder or into the rest of the repository: it leads somewhere in a clone only."""
    # The README and the list of changes are pages here, and write their links from the root.
    starts = (Path(app.env.doc2path(app.env.docname)).parent, app.srcdir, app.srcdir.parent)
    for link in list(page.findall(addnodes.pending_xref)):
        goals = [(start / link["reftarget"]).resolve() for start in starts if link["reftarget"]]
        if link["reftarget"] not in app.env.found_docs and any(_only_in_a_clone(goal, app.srcdir) for goal in goals):
            link.replace_self(link.children)


def _only_in_a_clone(goal: Path, docs: Path) -> bool:
    if goal.is_relative_to(docs):
        return goal.is_dir()
    return goal.exists() or goal.with_suffix(".md").exists()


def setup(app: Sphinx) -> None:
    """Has Sphinx ask at each docstring, and once all pages are read."""
    app.connect("autodoc-process-docstring", _docstring, priority=300)
    app.connect("env-check-consistency", _pages)
    app.connect("doctree-read", _outside)
