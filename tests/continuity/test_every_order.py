"""The ways back, with their steps in every order: the guard lets through what is safe, and the end is the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest

from tests.continuity.steps import Step, declared, up
from tests.continuity.world import World, tiny
from uitwijk.continuity.declaration import Change

REGION = tiny()
LOST = [declared(Change("lost", "east"), Change("promoted", "east", at="west")), up("west")]
DRAINED = declared(Change("drained", "east"))
NORMAL = declared(Change("normal", "east"))
AWAY = declared(Change("promoted", "east", at="west"))
HOME = declared(Change("promoted", "east", at="east"))
EAST, WEST = up("east"), up("west")
MOVED = [DRAINED, EAST, AWAY, WEST, EAST]

WAYS: dict[str, tuple[list[Step], list[Step]]] = {
    "a lost site comes back": (LOST, [DRAINED, EAST, WEST, NORMAL, WEST, HOME, EAST, WEST]),
    "a planned move": ([], MOVED),
    "the return from a planned move": (MOVED, [NORMAL, WEST, HOME, EAST, WEST]),
    "a false alarm": ([], [declared(Change("lost", "east")), WEST, NORMAL, EAST, WEST]),
}
"""What has happened, and the steps of the way in their right order."""


def orders(steps: list[Step]) -> Iterator[tuple[Step, ...]]:
    """Every order, each once."""
    yield from dict.fromkeys(permutations(steps))


def after(steps: list[Step]) -> World:
    world = World(REGION)
    for step in [EAST, WEST, *steps]:
        step.take(world)
    return world


def take(world: World, step: Step, story: object) -> None:
    step.take(world)
    assert not world.served_twice(), story
    assert not world.started_on_a_copy, story


def what_stands(world: World) -> dict[str, tuple[int | None, str | None, frozenset[str]]]:
    """Of each stack what it applied, epochs aside, and its machines."""
    return {site: (None, stack.digest, frozenset(stack.machines)) for site, stack in world.stacks.items()}


@pytest.mark.parametrize("way", WAYS)
def test_the_right_order_goes_through_at_once(way: str) -> None:
    before, steps = WAYS[way]
    world = after([*before, *steps])
    assert {stack.epoch for stack in world.stacks.values()} == {world.situation.epoch}
    assert world.cold_at("east") == {
        k for k, where in world.placement(world.situation).workloads.items() if where == "east"
    }


@pytest.mark.parametrize("way", WAYS)
def test_in_whatever_order_somebody_goes_nothing_dangerous_happens_and_the_way_can_still_be_gone(way: str) -> None:
    before, steps = WAYS[way]
    right = what_stands(after([*before, *steps]))
    for order in orders(steps):
        world = after(before)
        for step in order:
            take(world, step, order)
        # Whoever notices the mess takes back a promotion that came too early, and goes the way once more. What is
        # declared already is refused, and does no harm.
        undo = [DRAINED, AWAY] if before is LOST else []
        for step in [*undo, *steps, EAST, WEST, EAST]:
            take(world, step, order)
        assert what_stands(world) == right, order
