package main

import (
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

const gib = 1 << 30

func TestTheSiteIsAVCenterOfItsVersion(t *testing.T) {
	about := startSite(t).client(t).ServiceContent.About

	if about.Version != "8.0.3" || about.ApiVersion != "8.0.3.0" {
		t.Errorf("version %s, API %s", about.Version, about.ApiVersion)
	}
}

func TestHostsHaveTheHardwareOfTheInventory(t *testing.T) {
	w := startSite(t).workshop(t)
	host := must(w.finder.HostSystem(w.ctx, "bolsward-cluster/bolsward-host-2"))(t)
	var read mo.HostSystem
	if err := host.Properties(w.ctx, host.Reference(), []string{"summary", "hardware"}, &read); err != nil {
		t.Fatal(err)
	}

	hardware := read.Summary.Hardware
	if hardware.NumCpuCores != 64 || hardware.CpuMhz != 2000 || hardware.MemorySize != 1024*gib {
		t.Errorf("summary: %d cores, %d MHz, %d bytes", hardware.NumCpuCores, hardware.CpuMhz, hardware.MemorySize)
	}
	if hardware.CpuModel != "Simulated CPU of generation intel-icelake" || read.Summary.MaxEVCModeKey != "intel-icelake" {
		t.Errorf("CPU model %q, EVC mode %q", hardware.CpuModel, read.Summary.MaxEVCModeKey)
	}
	if read.Hardware.MemorySize != 1024*gib || read.Hardware.CpuInfo.NumCpuCores != 64 {
		t.Errorf("hardware: %+v", read.Hardware.CpuInfo)
	}
}

func TestTheClusterHasTheSumOfItsHosts(t *testing.T) {
	w := startSite(t).workshop(t)
	cluster := must(w.finder.ClusterComputeResource(w.ctx, "bolsward-cluster"))(t)
	var read mo.ClusterComputeResource
	if err := cluster.Properties(w.ctx, cluster.Reference(), []string{"summary"}, &read); err != nil {
		t.Fatal(err)
	}

	sum := read.Summary.GetComputeResourceSummary()
	if sum.NumHosts != 2 || sum.NumCpuCores != 96 || sum.TotalMemory != 1536*gib || sum.TotalCpu != 32*2600+64*2000 {
		t.Errorf("%+v", sum)
	}
}

func TestDatastoresAndNetworksAreThoseOfTheInventoryAndNoOthers(t *testing.T) {
	w := startSite(t).workshop(t)
	names := map[string]bool{}
	for _, network := range must(w.finder.NetworkList(w.ctx, "*"))(t) {
		names[network.(*object.Network).Name()] = true
	}
	var store mo.Datastore
	data := must(w.finder.Datastore(w.ctx, "data-bolsward"))(t)
	if err := data.Properties(w.ctx, data.Reference(), []string{"summary", "host"}, &store); err != nil {
		t.Fatal(err)
	}

	if len(names) != 2 || !names["harlingen-servers"] || !names["iszf-servers"] {
		t.Errorf("networks: %v", names)
	}
	if store.Summary.Capacity != 40000*gib || len(store.Host) != 2 {
		t.Errorf("datastore: %d bytes on %d hosts", store.Summary.Capacity, len(store.Host))
	}
}

func TestEveryHostCarriesEveryNetworkWithItsVLAN(t *testing.T) {
	w := startSite(t).workshop(t)
	for _, host := range must(w.finder.HostSystemList(w.ctx, "*"))(t) {
		var read mo.HostSystem
		properties := []string{"network", "config.network.portgroup"}
		if err := host.Properties(w.ctx, host.Reference(), properties, &read); err != nil {
			t.Fatal(err)
		}
		vlans := map[string]int32{}
		for _, group := range read.Config.Network.Portgroup {
			vlans[group.Spec.Name] = group.Spec.VlanId
		}

		if len(read.Network) != 2 || vlans["harlingen-servers"] != 1101 || vlans["iszf-servers"] != 1100 {
			t.Errorf("%s: %d networks, VLANs %v", host.Name(), len(read.Network), vlans)
		}
	}
}

func TestATemplateIsMarkedAndSaysWhichContentItHas(t *testing.T) {
	w := startSite(t).workshop(t)
	var read mo.VirtualMachine
	if err := w.template.Properties(w.ctx, w.template.Reference(), []string{"config", "runtime"}, &read); err != nil {
		t.Fatal(err)
	}

	if !read.Config.Template || read.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOff {
		t.Errorf("template %v, %s", read.Config.Template, read.Runtime.PowerState)
	}
	if read.Config.Annotation != "content: debian-12-2026.10" || read.Config.GuestId != "debian12_64Guest" {
		t.Errorf("annotation %q, guest id %q", read.Config.Annotation, read.Config.GuestId)
	}
	if read.Config.Hardware.NumCPU != 1 || read.Config.Hardware.MemoryMB != 2048 {
		t.Errorf("%d vCPUs, %d MiB", read.Config.Hardware.NumCPU, read.Config.Hardware.MemoryMB)
	}
	disks := object.VirtualDeviceList(read.Config.Hardware.Device).SelectByType((*types.VirtualDisk)(nil))
	if len(disks) != 1 {
		t.Fatalf("%d disks", len(disks))
	}
	disk := disks[0].(*types.VirtualDisk)
	thin := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo).ThinProvisioned
	if disk.CapacityInBytes != 20*gib || thin == nil || !*thin {
		t.Errorf("disk of %d bytes, thin %v", disk.CapacityInBytes, thin)
	}
}
