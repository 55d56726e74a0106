"""The directive `commands`: every verb of the command with its options and help, as Typer itself writes them."""

from __future__ import annotations

import typer
from docutils.nodes import Node
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from typer.cli import get_docs_for_click

from uitwijk.__main__ import app as uitwijk


class Commands(SphinxDirective):
    """Puts a section for each verb where it stands."""

    def run(self) -> list[Node]:
        """The sections, made from Markdown."""
        group = typer.main.get_command(uitwijk)
        with group.make_context("uitwijk", [], resilient_parsing=True) as context:
            text = get_docs_for_click(obj=group, ctx=context, name="uitwijk")
        # The page has a title already.
        return self.parse_text_to_nodes(text.removeprefix("# `uitwijk`"), allow_section_headings=True)


def setup(app: Sphinx) -> None:
    """Makes Sphinx know the directive."""
    app.add_directive("commands", Commands)
