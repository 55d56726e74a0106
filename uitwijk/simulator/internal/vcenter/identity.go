package vcenter

import (
	"fmt"
	"hash/fnv"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// identify gives a machine that is to be made the identifiers that a vCenter
// chooses. The simulator derives them from the machine's path, so that a
// machine made again would look like the one before and two sites' machines
// like one, and its MAC addresses collide.
func (v *VCenter) identify(config *types.VirtualMachineConfigSpec) {
	if config.Uuid == "" {
		config.Uuid = uuid.NewString()
	}
	if config.InstanceUuid == "" {
		config.InstanceUuid = uuid.NewString()
	}
	v.assignMACs(config.DeviceChange)
}

var macs atomic.Uint32

// assignMACs gives new network cards addresses of the range in which a vCenter
// assigns them: 00:50:56, 80 + the vCenter's number, a counter.
func (v *VCenter) assignMACs(changes []types.BaseVirtualDeviceConfigSpec) {
	for _, change := range changes {
		spec := change.GetVirtualDeviceConfigSpec()
		card, ok := spec.Device.(types.BaseVirtualEthernetCard)
		if !ok || spec.Operation != types.VirtualDeviceConfigSpecOperationAdd {
			continue
		}
		if nic := card.GetVirtualEthernetCard(); nic.MacAddress == "" {
			n := macs.Add(1)
			nic.MacAddress = fmt.Sprintf("00:50:56:%02x:%02x:%02x", 0x80+siteNumber(v.site.Site), byte(n>>8), byte(n))
		}
	}
}

// siteNumber stands for the number between 0 and 63 that each vCenter has.
func siteNumber(site string) uint32 {
	hash := fnv.New32a()
	hash.Write([]byte(site))
	return hash.Sum32() % 64
}

// place chooses a host where the caller leaves it to the cluster: each in turn.
// The simulator would put every clone on its template's host.
func (v *VCenter) place(host **types.ManagedObjectReference) {
	if *host != nil {
		return
	}
	hosts := v.cluster().Host
	v.mu.Lock()
	defer v.mu.Unlock()
	chosen := hosts[v.placed%len(hosts)]
	v.placed++
	*host = &chosen
}

func (v *VCenter) cluster() *simulator.ClusterComputeResource {
	return v.context.Map.Any("ClusterComputeResource").(*simulator.ClusterComputeResource)
}
