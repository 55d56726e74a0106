package vcenter

import (
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// hub tells property filters that an object they look at has changed.
type hub struct {
	mo.ExtensibleManagedObject // as the simulator expects of every object it keeps

	mu       sync.Mutex
	byObject map[types.ManagedObjectReference]map[*filter]struct{}
	all      map[*filter]struct{} // filters that follow paths, so that any change may concern them
}

var hubReference = types.ManagedObjectReference{Type: "ChangeHub", Value: "hub"}

func newHub() *hub {
	h := &hub{
		byObject: map[types.ManagedObjectReference]map[*filter]struct{}{},
		all:      map[*filter]struct{}{},
	}
	h.Self = hubReference
	return h
}

// hubOf finds the hub in the site's registry, where a collector that was made
// by reflection can find it too.
func hubOf(ctx *simulator.Context) *hub { return ctx.Map.Get(hubReference).(*hub) }

func (h *hub) watch(f *filter) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !f.objectsOnly() {
		h.all[f] = struct{}{}
		return
	}
	for _, object := range f.Spec.ObjectSet {
		if h.byObject[object.Obj] == nil {
			h.byObject[object.Obj] = map[*filter]struct{}{}
		}
		h.byObject[object.Obj][f] = struct{}{}
	}
}

func (h *hub) unwatch(f *filter) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, f)
	for _, object := range f.Spec.ObjectSet {
		delete(h.byObject[object.Obj], f)
		if len(h.byObject[object.Obj]) == 0 {
			delete(h.byObject, object.Obj)
		}
	}
}

func (h *hub) changed(ref types.ManagedObjectReference) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for f := range h.byObject[ref] {
		f.touch()
	}
	for f := range h.all {
		f.touch()
	}
}

// PutObject is called by the registry for every new object.
func (h *hub) PutObject(_ *simulator.Context, o mo.Reference) { h.changed(o.Reference()) }

// UpdateObject is called by the registry for every change of properties.
func (h *hub) UpdateObject(_ *simulator.Context, o mo.Reference, _ []types.PropertyChange) {
	h.changed(o.Reference())
}

// RemoveObject is called by the registry just before an object goes; what
// looks at it must look again afterwards.
func (h *hub) RemoveObject(_ *simulator.Context, ref types.ManagedObjectReference) {
	time.AfterFunc(settle, func() { h.changed(ref) })
}
