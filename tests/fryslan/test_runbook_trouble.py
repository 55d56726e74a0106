"""The runbook's page for bad days: it quotes what the command and the guard say today, and its commands are theirs.

The tests of the engine type what `uitwijk check` names as the way out: test_recover.py, test_releases.py.
"""

from __future__ import annotations

import dataclasses
import re
import shlex
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.commands.conftest import Desk
from tests.commands.inventories import inventory, machine
from tests.conftest import ROOT, Catalogue
from tests.continuity.situations import situation
from tests.fryslan.runbook_pages import blocks, commands, page, section
from uitwijk.commands.readiness.line import Line
from uitwijk.commands.readiness.plans import plan_lines
from uitwijk.commands.readiness.sites import machines_line, rebuilt_lines, split_brain_line, vcenter_line
from uitwijk.commands.readiness.stacks import lock_lines, release_lines, stack_line, waiting_lines
from uitwijk.commands.readiness.strays import stray_lines
from uitwijk.commands.rehearse.plan_book import PlanBook
from uitwijk.continuity import load_region, place
from uitwijk.continuity.calamity import NOTHING, single_calamities
from uitwijk.continuity.facts import Facts, StackFacts, VCenterFacts
from uitwijk.continuity.guard import judge
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.observe.locks import Lock
from uitwijk.observe.pulumi import PulumiError
from uitwijk.observe.readings import StackReading
from uitwijk.observe.vcenter import TIMEOUT, vcenter_problem

TROUBLE = page("trouble.md")
HERE, OTHER = "leeuwarden", "bolsward"
HALF_MADE = "harlingen-civil-affairs-database-1"
LOST = {"lost": [OTHER], "promoted": {OTHER: HERE}}


def reading(facts: StackFacts | None = None, **what: object) -> StackReading:
    """What could be read of the stack: nothing wrong, unless told."""
    well = StackReading(HERE, None, None, facts or StackFacts(HERE, readable=True, epoch=7), {}, (), None)
    return dataclasses.replace(well, **what)  # type: ignore[arg-type]


def waiting(region: Region) -> Line:
    """What the check says of a workload whose machine another site could not delete."""
    normal = NOTHING.situation(region)
    holds = StackFacts(HERE, True, epoch=normal.epoch, digest=normal.digest, machines=frozenset({HALF_MADE}))
    own = StackFacts(
        OTHER, True, epoch=normal.epoch, digest=normal.digest, waiting={"harlingen/civil-affairs": "peer-holds"}
    )
    readings = {
        site: StackReading(site, None, None, facts, {}, (), None) for site, facts in ((OTHER, own), (HERE, holds))
    }
    return next(waiting_lines(region, normal, readings, {}))


@pytest.fixture(scope="module")
def lines(region: Region, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Line]:
    """The lines of `uitwijk check` by heading of the page."""
    after = place(region, situation(region, **LOST))
    cold = {m.name for key, at in after.workloads.items() if at == HERE for m in region.workloads[key].machines}
    wanted = {m.name for key in after.runs_at(HERE) for m in region.workloads[key].machines}
    half = {HALF_MADE, "harlingen-civil-affairs-application-1"}
    drained = place(region, situation(region, drained=[HERE], epoch=7))
    old = Lock("operator@office", "office", 4711, datetime(2026, 11, 28, 8, 12, tzinfo=UTC))
    dead = dataclasses.replace(old, host=socket.gethostname(), pid=0)
    catalogue = Catalogue(shutil.copytree(ROOT / "catalogue", tmp_path_factory.mktemp("changed") / "catalogue"))
    some = load_region(catalogue.change("region.yaml", "2XL: {vcpus: 8,", "2XL: {vcpus: 6,").folder)
    return {
        "A run broke off": next(lock_lines(reading(locks=(dead,)))),
        "interrupted": stack_line(NOTHING.situation(region), reading(pending={HALF_MADE: "creating"})),
        "stray": next(
            stray_lines(region, reading(), inventory(region, HERE, [machine(HALF_MADE, powered_on=False)])),
        ),
        "failed": machines_line(region, after, HERE, inventory(region, HERE, map(machine, wanted - half))),
        "Something waits": waiting(region),
        "release": next(
            release_lines(
                region,
                drained,
                reading(StackFacts(HERE, True, epoch=7, machines=frozenset({"leeuwarden-taxes-application-1"}))),
            )
        ),
        "A state is unreadable": stack_line(
            NOTHING.situation(region), reading(state_problem=PulumiError("no answer within 10 s", ""))
        ),
        "A vCenter hangs": vcenter_line(reading(), silence()),
        "A plan needs verified": next(
            line for line in plan_lines(some, PlanBook(ROOT / "plans")) if line.subject == "plan lost-bolsward"
        ),
        "Split brain": split_brain_line(
            region, after, {site: inventory(region, site, map(machine, cold)) for site in (HERE, OTHER)}
        ),
        "The site was rebuilt": next(
            rebuilt_lines(StackFacts(OTHER, True, machines=frozenset(cold)), inventory(region, OTHER))
        ),
    }


def silence() -> str:
    """What is said of a vCenter that takes the call and is silent, as if it had been waited for as long as usual."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        server = f"127.0.0.1:{silent.getsockname()[1]}"
        problem = vcenter_problem(server, timeout=0.25) or ""
    return problem.replace(server, "leeuwarden.example").replace("0.25 s", f"{TIMEOUT:g} s")


def refusals(region: Region) -> Iterator[str]:
    """What the guard says in the cases that the page quotes."""

    def judged(
        declared: Situation,
        site: str,
        own: StackFacts,
        peer: StackFacts,
        vcenter: str | None = None,
        standing: frozenset[str] = frozenset(),
    ) -> None:
        facts = Facts(site, own, {peer.site: peer}, vcenter, VCenterFacts(standing))
        found.extend(f"error: {r.row}: {r.text}" for r in judge(region, declared, place(region, declared), facts))

    found: list[str] = []
    normal, lost = NOTHING.situation(region), situation(region, **LOST)
    awaited = next(calamity for calamity in single_calamities(region) if calamity.sites == (OTHER,)).declared(region)
    new, digest = StackFacts(OTHER, True), normal.digest
    holds = StackFacts(HERE, True, epoch=1, digest=digest, machines=frozenset({HALF_MADE}))
    judged(normal, OTHER, new, holds)
    judged(normal, OTHER, new, StackFacts(HERE, False, "no answer within 10 s"))
    judged(normal, HERE, StackFacts(HERE, True), new, silence())
    judged(normal, HERE, StackFacts(HERE, True, epoch=normal.epoch + 1), new)
    judged(normal, HERE, StackFacts(HERE, True, epoch=normal.epoch, digest="another"), new)
    judged(awaited, HERE, StackFacts(HERE, True), new)
    judged(lost, OTHER, new, StackFacts(HERE, True))
    at_work = StackFacts(HERE, True, epoch=normal.epoch, digest=digest)
    judged(normal, HERE, at_work, new, standing=frozenset({HALF_MADE}))
    judged(normal, HERE, StackFacts(HERE, True), new, standing=frozenset({HALF_MADE}))
    disk = {f"{HALF_MADE}-data": 200}
    judged(normal, OTHER, StackFacts(OTHER, True, epoch=1, digest=digest, remembered=disk), StackFacts(HERE, True))
    yield from found


def test_everything_that_is_quoted_is_said_today(desk: Desk, region: Region, lines: dict[str, Line]) -> None:
    desk.must_declare("lost bolsward")
    said = [
        *(f"{line.verdict.upper()} {line.subject}: {line.why}" for line in lines.values()),
        *refusals(region),
        *desk.uitwijk("rehearse", "lost-bolsward", "--live").err.splitlines(),
        f"error: {of_the_engine()}",
    ]
    quoted = [line for block in blocks(TROUBLE, "text") for line in block]
    assert len(quoted) > 15
    for line in quoted:
        assert any(re.fullmatch(".+".join(map(re.escape, line.split("…"))) or line, each) for each in said), line


def of_the_engine() -> str:
    """Its own words, as a test of the engine has read them."""
    source = (ROOT / "tests" / "engine" / "test_releases.py").read_text(encoding="utf-8")
    (words,) = re.findall(r'assert "(the stack is currently locked[^"]+)" in error', source)
    return f"{words}. Either wait for the other process(es) to end …"


SURPLUS = {
    "Split brain": ['uitwijk declare drained bolsward --by "duty officer" --reason "power is back"'],
    "The site was rebuilt": [
        "pulumi up --stack bolsward --continue-on-error",
        "pulumi up --stack leeuwarden --continue-on-error",
    ],
}
"""What is typed beyond the line's remedy: it says so in words, or the command that it names does."""


@pytest.mark.parametrize(
    "heading",
    [
        "A run broke off",
        "A plan needs verified",
        "Split brain",
        "The site was rebuilt",
    ],
)
def test_the_way_out_is_the_one_that_the_check_names(lines: dict[str, Line], heading: str) -> None:
    typed = [command for command, _ in commands(section(TROUBLE, heading))]
    named = re.findall(r"`((?:pulumi|uitwijk) [^`]+)`", lines[heading].remedy)
    heads = [command.partition(" --by ")[0] for command in named]
    found = [next(number for number, command in enumerate(typed) if command.startswith(head)) for head in heads]
    assert found
    assert found == sorted(found)
    surplus = [command for command in typed if not any(command.startswith(head) for head in heads)]
    assert surplus == SURPLUS.get(heading, [])


def test_every_section_is_in_the_table_at_the_top() -> None:
    headings = re.findall(r"^## (.+)$", TROUBLE, re.MULTILINE)
    linked = re.findall(r"\]\(#([a-z-]+)\) \|$", TROUBLE, re.MULTILINE)
    assert linked == [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_calamities_that_are_rehearsed_by_name_exist(region: Region) -> None:
    known = {calamity.slug for calamity in single_calamities(region)}
    named = {typed.split()[2] for typed, _ in commands(TROUBLE) if typed.startswith("uitwijk rehearse ")}
    assert named
    assert named <= known


@pytest.mark.parametrize("heading", ["Split brain", "The site was rebuilt"])
def test_a_site_that_is_back_is_declared_drained_first(desk: Desk, heading: str) -> None:
    desk.must_declare("lost bolsward")
    first, *_ = (typed for typed, _ in commands(section(TROUBLE, heading)))
    assert "is declared lost. A rebuilt site comes back as drained first" in desk.uitwijk("rebuilt", "bolsward").err
    said = desk.uitwijk(*shlex.split(first)[1:])
    assert said.code == 0, said.err


@pytest.mark.parametrize("words", ["wait for room", "which is at work"])
def test_words_in_passing_are_said_too(words: str) -> None:
    assert words in TROUBLE
    files = (ROOT / "uitwijk" / "resources" / "program.py", ROOT / "uitwijk" / "commands" / "readiness" / "stacks.py")
    assert any(words in file.read_text(encoding="utf-8") for file in files)
