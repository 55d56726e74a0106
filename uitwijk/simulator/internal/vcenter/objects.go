package vcenter

import (
	"fmt"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// objectCorrections fills in properties that a real vCenter has and the
// simulator leaves empty.
type objectCorrections struct{}

// Reference makes it a handler of the registry.
func (*objectCorrections) Reference() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "ObjectCorrections", Value: "corrections"}
}

// PutObject corrects new objects.
func (*objectCorrections) PutObject(_ *simulator.Context, o mo.Reference) {
	switch object := o.(type) {
	case *simulator.VirtualMachine:
		// An empty value of an enumeration stops clients that check types, such as pyVmomi.
		object.Runtime.FaultToleranceState = types.VirtualMachineFaultToleranceStateNotConfigured
		object.Runtime.RecordReplayState = types.VirtualMachineRecordReplayStateInactive
		object.Summary.Runtime.FaultToleranceState = object.Runtime.FaultToleranceState
		object.Summary.Runtime.RecordReplayState = object.Runtime.RecordReplayState
		// Else every plan wants to set it, since the provider's default is "inherit".
		if object.Config != nil && object.Config.SwapPlacement == "" {
			object.Config.SwapPlacement = string(types.VirtualMachineConfigInfoSwapPlacementTypeInherit)
		}
	case *simulator.EnvironmentBrowser:
		// Else every reconfiguration fails: the provider would upgrade the hardware from version 0.
		object.QueryConfigOptionResponse.Returnval = configOption()
	}
}

// UpdateObject completes tasks that have failed with a message that names what
// did.
func (*objectCorrections) UpdateObject(_ *simulator.Context, o mo.Reference, _ []types.PropertyChange) {
	task, ok := o.(*mo.Task)
	if !ok {
		return
	}
	if failure := task.Info.Error; failure != nil {
		failure.LocalizedMessage = message(failure.Fault)
	}
}

// message is a fault's name with the file or name that it is about.
func message(fault types.BaseMethodFault) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", fault), "*types.")
	if file, ok := fault.(types.BaseFileFault); ok {
		return name + ": " + file.GetFileFault().File
	}
	if duplicate, ok := fault.(*types.DuplicateName); ok {
		return name + ": " + duplicate.Name
	}
	return name
}

// RemoveObject has nothing to correct.
func (*objectCorrections) RemoveObject(*simulator.Context, types.ManagedObjectReference) {}

func capacityKiB(ctx *simulator.Context, datastorePath string) int64 {
	datacenter := ctx.Map.Any("Datacenter").Reference()
	descriptor, _, fault := ctx.Map.FileManager().DiskDescriptor(ctx, &datacenter, datastorePath)
	if fault != nil {
		return 0
	}
	return descriptor.Capacity() / 1024
}

// configOption says what the hosts can run; without a hardware version the
// provider believes that every machine needs an upgrade.
func configOption() *types.VirtualMachineConfigOption {
	hardware, err := types.ParseHardwareVersion(esx.HardwareVersion)
	if err != nil {
		panic(err) // a constant of the library
	}
	return &types.VirtualMachineConfigOption{
		Version:         esx.HardwareVersion,
		DefaultDevice:   esx.VirtualDevice,
		HardwareOptions: types.VirtualHardwareOption{HwVersion: int32(hardware)},
	}
}

func guestFamily(id string) string {
	switch {
	case strings.HasPrefix(id, "win"):
		return string(types.VirtualMachineGuestOsFamilyWindowsGuest)
	case strings.HasPrefix(id, "darwin"):
		return string(types.VirtualMachineGuestOsFamilyDarwinGuestFamily)
	}
	return string(types.VirtualMachineGuestOsFamilyLinuxGuest)
}
