"""After any walk, whoever does what the refusals say gets everything to work again."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.continuity.steps import Step
from tests.continuity.test_walks import WALKS, started
from tests.continuity.world import World
from uitwijk.continuity.declaration import Change
from uitwijk.continuity.guard import Refusal

COMMAND = re.compile(
    r"`(?:pulumi (?P<up>up) --stack (?P<at>\S+) --continue-on-error"
    r"|pulumi stack (?P<import>import) --stack (?P<state>\S+) --file …"
    r"|uitwijk (?P<recover>recover) (?P<broken>\S+)"
    r"|uitwijk declare (?P<declare>drained|normal|lost) (?P<site>\S+) --by … --reason …"
    r"|uitwijk declare (?P<promoted>promoted) (?P<dataset>\S+) --at (?P<holder>\S+) --by … --reason …)`"
)
ROUNDS = 12


def hands(world: World, site: str, refusal: Refusal) -> None:
    """What people do besides typing: each remedy asks for it in words."""
    if "Put their files back" in refusal.text or "put the files back" in refusal.text:
        world.put_files_back()
    if "snapshot" in refusal.text:
        world.consolidate(site)


def follow(world: World, site: str, refusal: Refusal) -> None:
    """Does what the refusal says, to the letter; what it says for another case is left out."""
    hands(world, site, refusal)
    advice = re.sub(r"If [^`]*?: `[^`]+`[^.]*\.?|\([^)]*if [^)]*\)", "", refusal.text)
    for found in COMMAND.finditer(advice):
        if found["up"]:
            world.up(found["at"])
        elif found["import"]:
            wanted = re.search(r"the newest backup of epoch (\d+) or later", advice)
            world.restore_state(found["state"], 0, epoch=int(wanted[1]) if wanted else 0)
        elif found["recover"]:
            world.recover(found["broken"])
        elif found["declare"]:
            world.declare([Change(found["declare"], found["site"])])
        else:
            world.declare([Change("promoted", found["dataset"], at=found["holder"])])


def at_work(world: World) -> bool:
    """Whether everything works where it is placed."""
    placed = world.placement(world.situation).workloads
    return all(
        world.cold_at(site) == {key for key, where in placed.items() if where == site}
        and world.stacks[site].epoch == world.situation.epoch
        for site in world.situation.living
    )


@settings(max_examples=2 * settings.default.max_examples)
@given(WALKS, st.sampled_from(["east", "west"]))
def test_whoever_does_what_is_said_gets_everything_to_work(steps: list[Step], first: str) -> None:
    world = started()
    for step in steps:
        step.take(world)
    world.unreached.clear()
    world.stuck.clear()
    told: list[str] = []
    for _ in range(ROUNDS):
        for site in sorted(world.situation.living, key=lambda site: site != first):
            refused = world.up(site)
            told += [f"{site}: {refusal.row}" for refusal in refused]
            for refusal in refused or world.obstacles:
                follow(world, site, refusal)
            if not refused and not world.succeeded and not world.waited:
                world.recover(site)
        if at_work(world):
            break
    assert at_work(world), told
    assert not world.went_wrong()


def test_two_sites_that_were_both_emptied_by_half_do_not_wait_for_each_other() -> None:
    world = started()
    for change in (Change("drained", "east"), Change("drained", "west")):
        assert world.declare([change])
    for site in ("east", "west"):
        assert world.up(site, stop_after=1) == ()
    for change in (Change("normal", "east"), Change("normal", "west")):
        assert world.declare([change])
    assert world.up("east") == world.up("west") == ()
    assert at_work(world)
