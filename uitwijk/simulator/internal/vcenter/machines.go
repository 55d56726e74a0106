package vcenter

import (
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// machines tells the recorder what happens to machines, and keeps the network
// of the guests cut while it is to be cut.
type machines struct {
	recorder Recorder

	mu    sync.Mutex
	known map[types.ManagedObjectReference]bool // machines whose making has ended
	cut   bool                                  // the guests' network
}

// Reference makes it a handler of the registry.
func (m *machines) Reference() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "Machines", Value: "machines"}
}

// PutObject has nothing to tell: a machine is there when its making has ended.
func (m *machines) PutObject(*simulator.Context, mo.Reference) {}

// UpdateObject tells of a machine that was made, changed, or switched on or off.
func (m *machines) UpdateObject(ctx *simulator.Context, o mo.Reference, changes []types.PropertyChange) {
	vm, ok := o.(*mo.VirtualMachine)
	if !ok || vm.Config == nil {
		return
	}
	for _, change := range changes {
		switch change.Name {
		case "name":
			m.named(vm)
		case "config.changeVersion":
			if m.knows(vm.Self) {
				m.recorder.Reconfigured(vm.Name, vm.Config.InstanceUuid)
			}
		case "runtime.powerState":
			m.recorder.Power(vm.Name, vm.Config.InstanceUuid, string(vm.Runtime.PowerState))
			if m.isCut() {
				connect(vm, false)
			}
		}
	}
}

// RemoveObject tells of a machine that goes.
func (m *machines) RemoveObject(ctx *simulator.Context, ref types.ManagedObjectReference) {
	vm, ok := ctx.Map.Get(ref).(*simulator.VirtualMachine)
	if !ok || !m.knows(ref) {
		return
	}
	m.mu.Lock()
	delete(m.known, ref)
	m.mu.Unlock()
	m.recorder.Destroyed(vm.Name, vm.Config.InstanceUuid)
}

// named notes the last step of a machine's making; later it is a renaming.
func (m *machines) named(vm *mo.VirtualMachine) {
	if m.knows(vm.Self) {
		m.recorder.Reconfigured(vm.Name, vm.Config.InstanceUuid)
		return
	}
	m.mu.Lock()
	m.known[vm.Self] = true
	m.mu.Unlock()
	m.recorder.Created(vm.Name, vm.Config.InstanceUuid)
}

func (m *machines) knows(ref types.ManagedObjectReference) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known[ref]
}

func (m *machines) isCut() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cut
}

// SetGuestsNetwork cuts the network of the guests or restores it. While it is
// cut, the network cards of running machines and guest.net read as not
// connected; whether a card connects at power-on is untouched.
func (v *VCenter) SetGuestsNetwork(up bool) {
	v.machines.mu.Lock()
	v.machines.cut = !up
	v.machines.mu.Unlock()
	for _, entity := range v.context.Map.All("VirtualMachine") {
		vm := entity.(*simulator.VirtualMachine)
		ctx := v.internalContext()
		ctx.WithLock(vm, func() {
			connect(&vm.VirtualMachine, up)
			ctx.Update(vm, []types.PropertyChange{
				{Name: "guest.net", Val: vm.Guest.Net},
				{Name: "config.hardware.device", Val: vm.Config.Hardware.Device},
			})
		})
	}
}

// GuestsNetworkUp tells whether the guests' network is up.
func (v *VCenter) GuestsNetworkUp() bool { return !v.machines.isCut() }

// connect sets the state of a machine's network cards. The caller holds the machine's lock.
func connect(vm *mo.VirtualMachine, up bool) {
	running := vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn
	for _, device := range vm.Config.Hardware.Device {
		card, ok := device.(types.BaseVirtualEthernetCard)
		if !ok {
			continue
		}
		if state := card.GetVirtualEthernetCard().Connectable; state != nil {
			state.Connected = up && running && state.StartConnected
		}
	}
	for i := range vm.Guest.Net {
		vm.Guest.Net[i].Connected = up
	}
}

// internalContext is a caller of its own, so that it waits for the locks of others.
func (v *VCenter) internalContext() *simulator.Context {
	return &simulator.Context{Context: v.context.Context, Session: v.context.Session, Map: v.context.Map}
}
