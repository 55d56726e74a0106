package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// The simulator differs from a real vCenter in ways that break the provider or
// a drill. This file hooks the corrections in; each has its own file.

// correct installs every correction; it must run before the inventory is built.
func (v *VCenter) correct() {
	registry := v.context.Map
	hub := newHub()
	registry.Put(hub)
	registry.AddHandler(hub)
	registry.Put(newDesk())
	registry.AddHandler(&objectCorrections{})
	registry.AddHandler(newTaskPruner())

	pc := &collector{}
	pc.Self = v.content().PropertyCollector
	registry.Put(pc)
	registry.EventManager().MaxCollector = maxEventCollectors
	roles := registry.Get(*v.content().AuthorizationManager).(*simulator.AuthorizationManager)
	registry.Put(&permissions{AuthorizationManager: roles})
	registry.Handler = v.intercept
}

// maxEventCollectors is far above the stock 32: every customisation that is
// under way holds one.
const maxEventCollectors = 1000

// baseTypes names the type that an object really has when a client uses the
// base type, as a real vCenter allows.
var baseTypes = map[string]string{
	"ComputeResource": "ClusterComputeResource",
	"ResourcePool":    "VirtualApp",
}

// intercept sees every SOAP call before the simulator does. It may change the
// call; it never answers it itself.
func (v *VCenter) intercept(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	switch method.Name {
	case "LoginByToken", "LoginExtensionByCertificate":
		return nil, new(types.InvalidLogin) // the simulator would believe any token
	}
	v.ownCollector(ctx)
	if v.refused(ctx, method) {
		return nil, nil
	}
	derive(ctx, &method.This)
	switch body := method.Body.(type) {
	case *types.RetrieveProperties:
		deriveAll(ctx, body.SpecSet)
	case *types.RetrievePropertiesEx:
		deriveAll(ctx, body.SpecSet)
	case *types.CreateFilter:
		deriveAll(ctx, []types.PropertyFilterSpec{body.Spec})
	case *types.CreateVM_Task:
		v.identify(&body.Config)
		v.place(&body.Host)
		sizeAttached(ctx, body.Config.DeviceChange)
	case *types.CloneVM_Task:
		if body.Spec.Config == nil {
			body.Spec.Config = new(types.VirtualMachineConfigSpec)
		}
		v.identify(body.Spec.Config)
		v.place(&body.Spec.Location.Host)
		sizeAttached(ctx, body.Spec.Config.DeviceChange)
	case *types.ReconfigVM_Task:
		v.assignMACs(body.Spec.DeviceChange)
		sizeAttached(ctx, body.Spec.DeviceChange)
	}
	redirect(method)
	return nil, nil
}

// ownCollector makes a new login's property collector once, not once for each
// of its first calls.
func (v *VCenter) ownCollector(ctx *simulator.Context) {
	if ctx.Session == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	ctx.Session.Get(v.content().PropertyCollector)
}

func (v *VCenter) content() types.ServiceContent {
	return v.context.Map.Get(vim25.ServiceInstance).(*simulator.ServiceInstance).Content
}

func deriveAll(ctx *simulator.Context, specs []types.PropertyFilterSpec) {
	for i := range specs {
		for j := range specs[i].ObjectSet {
			derive(ctx, &specs[i].ObjectSet[j].Obj)
		}
	}
}

func derive(ctx *simulator.Context, ref *types.ManagedObjectReference) {
	derived, ok := baseTypes[ref.Type]
	if !ok || ctx.Map.Get(*ref) != nil {
		return
	}
	if r := (types.ManagedObjectReference{Type: derived, Value: ref.Value}); ctx.Map.Get(r) != nil {
		*ref = r
	}
}
