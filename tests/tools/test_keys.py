"""What makes a binary be built again, and what does not."""

from __future__ import annotations

import pytest

from tests.tools.conftest import Checkout
from uitwijk.tools.binaries import BINARIES

ALL = [binary.name for binary in BINARIES]


@pytest.fixture(autouse=True)
def built(checkout: Checkout) -> None:
    assert checkout.make() == 0
    assert checkout.builds == ALL
    (checkout.fake / "builds").unlink()


def test_a_first_run_leaves_every_binary_and_the_script_beside_the_language_host(checkout: Checkout) -> None:
    assert checkout.binaries() == sorted([*ALL, "pulumi-language-python-exec"])
    (host,) = checkout.folders("pulumi-language-python")
    assert (host / "pulumi-language-python-exec").stat().st_mode & 0o111


def test_a_second_run_builds_nothing_and_says_nothing(checkout: Checkout) -> None:
    assert checkout.make() == 0
    assert checkout.builds == []
    assert checkout.said == ""


@pytest.mark.parametrize(
    ("file", "rebuilt"),
    [
        ("simulator/main.go", ["vcenter-simulator"]),
        ("simulator/internal/clock/clock.go", ["vcenter-simulator"]),
        ("tools/engine/go.sum", ["pulumi"]),
        ("tools/language-host/go.mod", ["pulumi-language-python"]),
        ("tools/providers/cmd/pulumi-resource-random/main.go", ["pulumi-resource-random"]),
        ("tools/providers/cmd/pulumi-resource-vsphere/newer_inputs.go", ["pulumi-resource-vsphere"]),
        ("tools/providers/go.mod", ["pulumi-resource-vsphere", "pulumi-resource-random"]),
    ],
)
def test_a_changed_file_rebuilds_only_what_is_made_of_it(checkout: Checkout, file: str, rebuilt: list[str]) -> None:
    checkout.change(file, "// changed\n")
    assert checkout.make() == 0
    assert checkout.builds == rebuilt


@pytest.mark.parametrize("file", ["simulator/main_test.go", "simulator/README.md", "tools/binaries.md"])
def test_a_file_that_no_binary_is_made_of_rebuilds_nothing(checkout: Checkout, file: str) -> None:
    checkout.change(file, "// changed\n")
    assert checkout.make() == 0
    assert checkout.builds == []


def test_a_change_taken_back_after_a_build_is_there_already(checkout: Checkout) -> None:
    original = (checkout.root / "simulator/main.go").read_text()
    checkout.change("simulator/main.go", "// changed\n")
    assert checkout.make() == 0
    checkout.change("simulator/main.go", original)
    assert checkout.make() == 0
    assert checkout.builds == ["vcenter-simulator"]
    assert len(checkout.folders("vcenter-simulator")) == 2


def test_another_version_of_go_rebuilds_everything(checkout: Checkout) -> None:
    checkout.go_says("go1.27.0")
    assert checkout.make() == 0
    assert checkout.builds == ALL


def test_what_is_built_stays_good_when_go_has_gone(checkout: Checkout) -> None:
    (checkout.fake / "path" / "go").unlink()
    assert checkout.make() == 0
    assert checkout.said == ""


def test_a_binary_that_was_deleted_is_built_again(checkout: Checkout) -> None:
    (folder,) = checkout.folders("pulumi")
    (folder / "pulumi").unlink()
    assert checkout.make() == 0
    assert checkout.builds == ["pulumi"]


def test_only_the_named_binary_is_built(checkout: Checkout) -> None:
    checkout.go_says("go1.27.0")
    assert checkout.make("pulumi-resource-random") == 0
    assert checkout.builds == ["pulumi-resource-random"]
