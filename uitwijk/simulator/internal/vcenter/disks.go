package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// sizeAttached gives disks that are attached, not made, the capacity that
// their file states. A client that attaches a disk names no size.
func sizeAttached(ctx *simulator.Context, changes []types.BaseVirtualDeviceConfigSpec) {
	for _, change := range changes {
		spec := change.GetVirtualDeviceConfigSpec()
		disk, ok := spec.Device.(*types.VirtualDisk)
		if !ok || spec.Operation != types.VirtualDeviceConfigSpecOperationAdd || spec.FileOperation != "" {
			continue
		}
		file, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo)
		if ok && disk.CapacityInKB == 0 && disk.CapacityInBytes == 0 {
			disk.CapacityInKB = capacityKiB(ctx, file.GetVirtualDeviceFileBackingInfo().FileName)
			disk.CapacityInBytes = disk.CapacityInKB * 1024
		}
	}
}
