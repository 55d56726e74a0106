package vcenter

import (
	"context"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"uitwijk/simulator/internal/inventory"
)

// addHost adds a host and gives it the hardware of the inventory.
func (v *VCenter) addHost(ctx context.Context, cluster *object.ClusterComputeResource, h inventory.Host) error {
	task, err := cluster.AddHost(ctx, types.HostConnectSpec{HostName: h.Name}, true, nil, nil)
	if err != nil {
		return err
	}
	result, err := task.WaitForResult(ctx)
	if err != nil {
		return err
	}
	host := v.context.Map.Get(result.Result.(types.ManagedObjectReference)).(*simulator.HostSystem)

	summary := host.Summary.Hardware
	summary.Vendor = "Simulated"
	summary.Model = "Simulated host"
	summary.CpuModel = "Simulated CPU of generation " + h.CPUGeneration
	summary.CpuMhz = int32(h.MHz)
	summary.NumCpuPkgs = 1
	summary.NumCpuCores = int16(h.Cores)
	summary.NumCpuThreads = int16(h.Cores)
	summary.MemorySize = int64(h.MemoryGiB) * gib
	host.Summary.MaxEVCModeKey = h.CPUGeneration

	hardware := host.Hardware // the simulator shares the parts below it between hosts
	hardware.SystemInfo.Vendor = summary.Vendor
	hardware.SystemInfo.Model = summary.Model
	hardware.MemorySize = summary.MemorySize
	hardware.CpuInfo = types.HostCpuInfo{
		NumCpuPackages: summary.NumCpuPkgs,
		NumCpuCores:    summary.NumCpuCores,
		NumCpuThreads:  summary.NumCpuThreads,
		Hz:             int64(h.MHz) * 1e6,
	}
	hardware.CpuPkg = []types.HostCpuPackage{{
		Vendor:      "simulated",
		Hz:          hardware.CpuInfo.Hz,
		Description: summary.CpuModel,
	}}
	return nil
}

// sumUp gives the cluster and its root pool the sum of the hosts' capacities.
func (v *VCenter) sumUp() {
	cluster := v.cluster()
	sum := cluster.Summary.GetComputeResourceSummary()
	hosts := len(cluster.Host)
	*sum = types.ComputeResourceSummary{
		NumHosts:          int32(hosts),
		NumEffectiveHosts: int32(hosts),
		OverallStatus:     types.ManagedEntityStatusGreen,
	}
	for _, host := range v.hosts() {
		hardware := host.Summary.Hardware
		sum.NumCpuCores += hardware.NumCpuCores
		sum.NumCpuThreads += hardware.NumCpuThreads
		sum.TotalCpu += hardware.CpuMhz * int32(hardware.NumCpuCores)
		sum.TotalMemory += hardware.MemorySize
	}
	sum.EffectiveCpu = sum.TotalCpu
	sum.EffectiveMemory = sum.TotalMemory >> 20 // MiB, unlike the total

	pool := v.context.Map.Get(*cluster.ResourcePool).(*simulator.ResourcePool)
	cpu, memory := int64(sum.TotalCpu), sum.TotalMemory
	pool.Runtime.Cpu = types.ResourcePoolResourceUsage{UnreservedForPool: cpu, UnreservedForVm: cpu, MaxUsage: cpu}
	pool.Runtime.Memory = types.ResourcePoolResourceUsage{
		UnreservedForPool: memory, UnreservedForVm: memory, MaxUsage: memory,
	}
}
