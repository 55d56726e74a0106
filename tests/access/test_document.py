"""The page about access shows the table as it is. After a change: `UPDATE_GOLDEN=1 make test-fast`; review it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from uitwijk.access.table import Grant, Table, load_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "production" / "access.md"
MARKED = re.compile(r"(<!-- from uitwijk/access/roles.yaml: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def test_the_page_shows_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = {"grants": grants, "privileges": privileges}
    wanted = MARKED.sub(lambda found: f"{found[1]}\n{shown[found[2]](load_table())}\n{found[3]}", text)
    assert {found[1] for found in MARKED.findall(text)} == shown.keys()
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(wanted, encoding="utf-8")
        text = wanted
    assert text == wanted


def grants(table: Table) -> str:
    """Where each account gets which role."""
    rows = [(g.account, table.objects[g.object], g.role, "yes" if g.propagate else "no") for g in table.grants]
    return rendered(("account", "object", "role", "and below"), rows)


def privileges(table: Table) -> str:
    """Every privilege of every role."""
    return "\n".join(
        f"**{name}**: {role.purpose} On: {places(table, name)}.\n"
        + (f"\n{rendered(('privilege', 'methods', 'why'), rows)}" if (rows := list(reasons(table, name))) else "")
        for name, role in table.roles.items()
    )


def places(table: Table, role: str) -> str:
    given: list[Grant] = [grant for grant in table.grants if grant.role == role]
    names = [table.objects[grant.object] for grant in given]
    return "; ".join(dict.fromkeys(f"{name[0].lower()}{name[1:]}" for name in names))


def reasons(table: Table, role: str) -> Iterator[tuple[str, ...]]:
    for name, privilege in table.roles[role].privileges.items():
        yield f"`{name}`", ", ".join(f"`{shortened(method)}`" for method in privilege.methods), privilege.why


def shortened(method: str) -> str:
    """A path of the REST interface without what all of them begin with."""
    return method.replace("/rest/com/vmware/cis/tagging/", "…/")


def rendered(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
