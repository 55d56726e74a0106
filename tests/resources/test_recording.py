"""The helper for tests fails on what the engine or a provider would refuse, and tells what it saw."""

from __future__ import annotations

import pulumi
import pulumi_random as random
import pulumi_vsphere as vsphere
import pytest

from uitwijk.resources.testing import record


class Finished(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("example:index:Finished", name, {}, opts)
        self.register_outputs({})


class Unfinished(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("example:index:Unfinished", name, {})


def vcenter() -> vsphere.Provider:
    return vsphere.Provider("vcenter", vsphere_server="x", user="u", password=pulumi.Output.secret("p"))


def folder(name: str, **arguments: object) -> vsphere.Folder:
    return vsphere.Folder(name, path=name, type="vm", **arguments)


def test_two_resources_with_one_name_are_refused():
    with pytest.raises(AssertionError, match=r"::twice is registered 2 times"):
        record(lambda: (Finished("twice"), Finished("twice")), stack="s")


def test_a_component_that_is_not_finished_is_refused():
    with pytest.raises(AssertionError, match=r"Unfinished::half does not register its outputs"):
        record(lambda: Unfinished("half"), stack="s")


def test_a_resource_without_an_explicit_provider_is_refused():
    with pytest.raises(AssertionError, match=r"::lost has no explicit provider"):
        record(lambda: folder("lost"), stack="s")


def test_an_input_that_the_provider_does_not_know_is_refused_however_deep_it_stands():
    def program() -> None:
        vsphere.VirtualMachine(
            "vm",
            resource_pool_id="pool",
            network_interfaces=[{"netwerk_id": "n"}],
            opts=pulumi.ResourceOptions(provider=vcenter()),
        )

    with pytest.raises(AssertionError, match=r"its provider knows no input networkInterfaces\[0\]\.netwerk_id"):
        record(program, stack="s")


def test_options_secrets_and_parents_are_remembered():
    def program() -> None:
        site = vcenter()
        parent = Finished("parent")
        first = folder("first", opts=pulumi.ResourceOptions(provider=site))
        folder(
            "second",
            datacenter_id=pulumi.Output.secret("dc"),
            opts=pulumi.ResourceOptions(
                provider=site, parent=parent, depends_on=[first], protect=True, ignore_changes=["path"]
            ),
        )

    recording = record(program, stack="s")
    second = recording.of_type("Folder")[1]
    assert second.urn == "urn:pulumi:s::uitwijk::example:index:Finished$vsphere:index/folder:Folder::second"
    assert second.parents == ("urn:pulumi:s::uitwijk::example:index:Finished::parent",)
    assert second.inputs == {"path": "second", "type": "vm", "datacenterId": "dc"}
    assert second.secrets == {"datacenterId"}
    assert second.waits_for == {"urn:pulumi:s::uitwijk::vsphere:index/folder:Folder::first"}
    assert second.provider == "urn:pulumi:s::uitwijk::pulumi:providers:vsphere::vcenter"
    assert (second.protect, second.retain_on_delete, second.ignore_changes) == (True, False, ("path",))


def test_a_generated_password_stays_secret_in_what_is_made_of_it():
    def program() -> None:
        provider = random.Provider("random")
        password = random.RandomPassword("pin", length=8, opts=pulumi.ResourceOptions(provider=provider))
        opts = pulumi.ResourceOptions(provider=vcenter())
        vsphere.Folder("f", path=password.result.apply(lambda pin: f"x-{pin}"), type="vm", opts=opts)

    (made,) = record(program, stack="s").of_type("Folder")
    assert made.inputs["path"] == "x-sentinel-pin"
    assert made.secrets == {"path"}


def test_exports_are_remembered_as_plain_data():
    assert record(lambda: pulumi.export("epoch", 3), stack="s").outputs == {"epoch": 3}
