"""One virtual machine: a clone of its operating system's golden template."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_vsphere as vsphere

from uitwijk.continuity.region import dataset_datastore
from uitwijk.continuity.standing import Standing
from uitwijk.machines.cloud_init import BLANK, FORMAT, PACKED, REFUSE, meta_data
from uitwijk.resources.identifiers import LOCAL
from uitwijk.resources.site import Site

_MIB = 1024
"""Per GiB; the provider counts memory in MiB."""
_CLONE_MINUTES = 30
_CUSTOMIZE_MINUTES = 10


@dataclass(frozen=True, kw_only=True)
class MachineArgs:
    """What one machine is made from. Nothing of it depends on the situation but what it is told once, when made."""

    here: Standing
    """The machine, at the site whose stack makes it."""
    site: Site
    """Whose vCenter gets it."""
    user_data: pulumi.Input[str]
    """cloud-init's user data, packed; a secret, for it holds a key and a password's hash."""
    returned: bool = False
    """Whether its data disks come back from another site, so that a blank one is not to be formatted."""


def virtual_machine(args: MachineArgs, opts: pulumi.ResourceOptions | None = None) -> vsphere.VirtualMachine:
    """Registers the machine under its own name, which is the same in the stacks of all sites."""
    machine, workload, identifiers = args.here.machine, args.here.workload, args.site.identifiers
    template = identifiers.templates[machine.system]
    return vsphere.VirtualMachine(
        machine.name,
        name=machine.name,
        # By its notes a machine tells which template it stems from.
        annotation=template.annotation or None,
        folder=args.site.folder(machine.organisation),
        tags=args.site.tags(machine.organisation, machine.service, workload.recovery_class.value),
        resource_pool_id=identifiers.resource_pool,
        datastore_id=identifiers.datastores[LOCAL],
        guest_id=template.guest_id,
        firmware=template.firmware,
        scsi_type=template.scsi_type,
        num_cpus=machine.vcpus,
        memory=machine.memory_gib * _MIB,
        network_interfaces=[
            vsphere.VirtualMachineNetworkInterfaceArgs(
                network_id=identifiers.networks[machine.network],
                adapter_type="vmxnet3",
            )
        ],
        disks=_disks(args, template, identifiers.datastores[dataset_datastore(workload.home)]),
        clone=_clone(args, template.id),
        extra_config={
            "guestinfo.userdata": args.user_data,
            "guestinfo.userdata.encoding": PACKED,
            "guestinfo.metadata": meta_data(args.here),
            **({BLANK: REFUSE if args.returned else FORMAT} if machine.disks else {}),
        },
        extra_config_reboot_required=False,
        wait_for_guest_net_timeout=args.site.guest_network_wait_minutes,
        opts=pulumi.ResourceOptions.merge(
            args.site.with_providers(opts),
            pulumi.ResourceOptions(
                # A rebuilt template has a new identity and other notes; that must not change what runs.
                ignore_changes=["annotation", "clone", f'extraConfig["{BLANK}"]'],
                # Whoever asks for one to be replaced finds its name taken, and its data disks in use.
                delete_before_replace=True,
            ),
        ),
    )


def _disks(
    args: MachineArgs, template: vsphere.AwaitableGetVirtualMachineResult, data: str
) -> list[vsphere.VirtualMachineDiskArgs]:
    machine, system = args.here.machine, template.disks[0]
    # A disk that takes part in a snapshot is attached elsewhere as of the snapshot, and cannot be detached here.
    mode = "independent_persistent" if args.site.region.settings.backup.inside_guest else None
    return [
        vsphere.VirtualMachineDiskArgs(
            label="disk0",
            size=system.size,
            thin_provisioned=system.thin_provisioned,
            eagerly_scrub=system.eagerly_scrub,
            unit_number=0,
        ),
        *(
            vsphere.VirtualMachineDiskArgs(
                label=name,
                attach=True,
                path=machine.disk_path(name),
                datastore_id=data,
                unit_number=unit,
                disk_mode=mode,
            )
            for unit, name in enumerate(machine.disks, start=1)
        ),
    ]


def _clone(args: MachineArgs, template: str) -> vsphere.VirtualMachineCloneArgs:
    here = args.here
    # The provider's defaults are stated: as `clone` is ignored later, a default that the provider filled in would make
    # the inputs of the next run differ from those of the first, and cost a comparison of every machine.
    return vsphere.VirtualMachineCloneArgs(
        template_uuid=template,
        timeout=_CLONE_MINUTES,
        customize=vsphere.VirtualMachineCloneCustomizeArgs(
            timeout=_CUSTOMIZE_MINUTES,
            linux_options=vsphere.VirtualMachineCloneCustomizeLinuxOptionsArgs(
                host_name=here.machine.name, domain=here.domain, hw_clock_utc=True
            ),
            network_interfaces=[
                vsphere.VirtualMachineCloneCustomizeNetworkInterfaceArgs(
                    ipv4_address=str(here.address.ip), ipv4_netmask=here.address.network.prefixlen
                )
            ],
            ipv4_gateway=str(here.gateway),
            dns_server_lists=[str(server.address.ip) for server in here.name_servers],
            dns_suffix_lists=[here.domain],
        ),
    )
