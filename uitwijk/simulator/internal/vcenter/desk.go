package vcenter

import (
	"slices"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// desk is an object of the registry to which calls are redirected that the
// simulator's own objects answer wrongly or unsafely.
type desk struct {
	mo.ExtensibleManagedObject // as the simulator expects of every object it keeps

	mu       sync.Mutex
	refusals map[*simulator.Context]*soap.Fault
}

func newDesk() *desk {
	d := &desk{refusals: map[*simulator.Context]*soap.Fault{}}
	d.Self = deskReference
	return d
}

var deskReference = types.ManagedObjectReference{Type: "Desk", Value: "desk"}

// redirect sends the calls that the desk answers to it.
func redirect(method *simulator.Method) {
	switch method.Name {
	case "QueryConfigOptionEx", "DestroyCollector", "SetCollectorPageSize", "RefreshDatastore",
		"SearchDatastore_Task", "SearchDatastoreSubFolders_Task":
		method.This = deskReference
	}
}

// refuse makes the call under way end with the fault and message.
func refuse(ctx *simulator.Context, method *simulator.Method, fault types.BaseMethodFault, message string) {
	d := ctx.Map.Get(deskReference).(*desk)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refusals[ctx] = simulator.Fault(message, fault)
	method.This = deskReference
	method.Name = "Refuse"
}

// Lock does nothing: calls at the desk do not wait for each other.
func (d *desk) Lock() {}

// Unlock does nothing.
func (d *desk) Unlock() {}

// refusal is the answer to a refused call, whatever its method.
type refusal struct{ fault *soap.Fault }

// Fault makes refusal an answer.
func (r *refusal) Fault() *soap.Fault { return r.fault }

// Refuse answers a refused call of any method.
func (d *desk) Refuse(ctx *simulator.Context, _ any) soap.HasFault {
	d.mu.Lock()
	defer d.mu.Unlock()
	fault := d.refusals[ctx]
	delete(d.refusals, ctx)
	return &refusal{fault: fault}
}

// QueryConfigOptionEx answers from a copy. The simulator writes each caller's
// guest ids into the answer that all callers share.
func (d *desk) QueryConfigOptionEx(_ *simulator.Context, r *types.QueryConfigOptionEx) soap.HasFault {
	option := configOption()
	var wanted []string
	if r.Spec != nil {
		wanted = r.Spec.GuestId
	}
	for _, id := range simulator.GuestID {
		if len(wanted) == 0 || slices.Contains(wanted, string(id)) {
			option.GuestOSDescriptor = append(option.GuestOSDescriptor,
				types.GuestOsDescriptor{Id: string(id), Family: guestFamily(string(id))})
		}
	}
	return &methods.QueryConfigOptionExBody{Res: &types.QueryConfigOptionExResponse{Returnval: option}}
}

// DestroyCollector removes a history collector while no event is posted; the
// simulator's own method writes the map that a posted event reads.
func (d *desk) DestroyCollector(ctx *simulator.Context, r *types.DestroyCollector) soap.HasFault {
	type collector interface {
		DestroyCollector(*simulator.Context, *types.DestroyCollector) soap.HasFault
	}
	var body soap.HasFault = &methods.DestroyCollectorBody{Fault_: gone(r.This)}
	whileQuiet(ctx, r.This, func(c collector) { body = c.DestroyCollector(ctx, r) })
	return body
}

// SetCollectorPageSize fills the collector's page while no event is posted.
func (d *desk) SetCollectorPageSize(ctx *simulator.Context, r *types.SetCollectorPageSize) soap.HasFault {
	type collector interface {
		SetCollectorPageSize(*simulator.Context, *types.SetCollectorPageSize) soap.HasFault
	}
	var body soap.HasFault = &methods.SetCollectorPageSizeBody{Fault_: gone(r.This)}
	whileQuiet(ctx, r.This, func(c collector) {
		ctx.WithLock(r.This, func() { body = c.SetCollectorPageSize(ctx, r) })
	})
	return body
}

// whileQuiet calls f with a history collector of the login, if ref is one,
// while no event is posted.
func whileQuiet[C any](ctx *simulator.Context, ref types.ManagedObjectReference, f func(C)) {
	c, ok := ctx.Session.Get(ref).(C)
	if !ok {
		return
	}
	ctx.WithLock(ctx.Map.EventManager(), func() { f(c) })
}

// RefreshDatastore leaves the capacity of the inventory in place; the simulator's own would set 1 TiB a host.
func (d *desk) RefreshDatastore(ctx *simulator.Context, r *types.RefreshDatastore) soap.HasFault {
	if _, ok := ctx.Map.Get(r.This).(*simulator.Datastore); !ok {
		return &methods.RefreshDatastoreBody{Fault_: gone(r.This)}
	}
	return &methods.RefreshDatastoreBody{Res: new(types.RefreshDatastoreResponse)}
}

func gone(ref types.ManagedObjectReference) *soap.Fault {
	return simulator.Fault("managed object not found: "+ref.String(), &types.ManagedObjectNotFound{Obj: ref})
}
