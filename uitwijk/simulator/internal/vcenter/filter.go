package vcenter

import (
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// filter is one property filter with the present state of what it selects.
type filter struct {
	mo.PropertyFilter

	owner      *collector
	stale      atomic.Bool
	collecting sync.Mutex                                    // so that an older collection never follows a newer one
	objects    map[types.ManagedObjectReference]*objectState // guarded by owner.mu
}

// objectState is what a filter last saw of one object.
type objectState struct {
	entered int // revision at which the object came
	left    int // revision at which it went, 0 while it is there
	values  map[string]types.AnyType
	changed map[string]int // revision that set each value
}

func newFilter(owner *collector, c *types.CreateFilter) *filter {
	f := &filter{owner: owner, objects: map[types.ManagedObjectReference]*objectState{}}
	f.Self = types.ManagedObjectReference{Type: "PropertyFilter", Value: "filter-" + uuid.NewString()}
	f.Spec = c.Spec
	f.PartialUpdates = c.PartialUpdates
	f.stale.Store(true)
	return f
}

// Lock does nothing: the filter guards itself.
func (f *filter) Lock() {}

// Unlock does nothing.
func (f *filter) Unlock() {}

// DestroyPropertyFilter removes the filter from its collector.
func (f *filter) DestroyPropertyFilter(ctx *simulator.Context, _ *types.DestroyPropertyFilter) soap.HasFault {
	f.owner.mu.Lock()
	f.owner.filters = slices.DeleteFunc(f.owner.filters, func(other *filter) bool { return other == f })
	f.owner.mu.Unlock()
	f.forget(ctx)
	return &methods.DestroyPropertyFilterBody{Res: new(types.DestroyPropertyFilterResponse)}
}

func (f *filter) forget(ctx *simulator.Context) {
	hubOf(ctx).unwatch(f)
	ctx.Session.Remove(ctx, f.Self)
}

// objectsOnly tells whether the filter looks at the listed objects and follows
// no path to others.
func (f *filter) objectsOnly() bool {
	return !slices.ContainsFunc(f.Spec.ObjectSet, func(o types.ObjectSpec) bool { return len(o.SelectSet) > 0 })
}

// touch says that an object which the filter may look at has changed.
func (f *filter) touch() {
	f.stale.Store(true)
	f.owner.mu.Lock()
	defer f.owner.mu.Unlock()
	f.owner.notify()
}

// refresh collects the filter's objects again if one of them changed.
func (f *filter) refresh(ctx *simulator.Context) {
	f.collecting.Lock()
	defer f.collecting.Unlock()
	if !f.stale.Swap(false) {
		return
	}
	found := f.collect(ctx)
	f.owner.mu.Lock()
	defer f.owner.mu.Unlock()
	if f.record(found, f.owner.revision+1) {
		f.owner.revision++
		f.owner.notify()
	}
}

func (f *filter) collect(ctx *simulator.Context) []types.ObjectContent {
	spec := f.Spec
	spec.ReportMissingObjectsInResults = types.NewBool(true) // one that is gone must not hide the others
	body := f.owner.RetrievePropertiesEx(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{spec}})
	response, ok := body.(*methods.RetrievePropertiesExBody)
	if !ok || response.Res == nil || response.Res.Returnval == nil {
		return nil
	}
	return response.Res.Returnval.Objects
}

// record notes what was found as the given revision and tells whether anything
// differs from before. The caller holds owner.mu.
func (f *filter) record(found []types.ObjectContent, revision int) bool {
	differs := false
	present := map[types.ManagedObjectReference]bool{}
	for _, content := range found {
		present[content.Obj] = true
		state := f.objects[content.Obj]
		if state == nil || state.left > 0 {
			state = &objectState{entered: revision, values: map[string]types.AnyType{}, changed: map[string]int{}}
			f.objects[content.Obj] = state
			differs = true
		}
		differs = state.record(content.PropSet, revision) || differs
	}
	for ref, state := range f.objects {
		if !present[ref] && state.left == 0 {
			state.left = revision
			state.values = nil
			differs = true
		}
	}
	return differs
}

func (s *objectState) record(properties []types.DynamicProperty, revision int) bool {
	differs := false
	present := map[string]bool{}
	for _, property := range properties {
		present[property.Name] = true
		old, known := s.values[property.Name]
		if !known || !reflect.DeepEqual(old, property.Val) {
			s.values[property.Name] = property.Val
			s.changed[property.Name] = revision
			differs = true
		}
	}
	for name, value := range s.values {
		if !present[name] && value != nil {
			s.values[name] = nil
			s.changed[name] = revision
			differs = true
		}
	}
	return differs
}

// newer lists what changed after revision seen. The caller holds owner.mu.
func (f *filter) newer(seen int) []types.ObjectUpdate {
	var updates []types.ObjectUpdate
	for ref, state := range f.objects {
		if update := state.newer(seen); update != nil {
			update.Obj = ref
			updates = append(updates, *update)
		}
	}
	return updates
}

func (s *objectState) newer(seen int) *types.ObjectUpdate {
	update := &types.ObjectUpdate{Kind: types.ObjectUpdateKindModify}
	switch {
	case s.left > 0 && (s.left <= seen || s.entered > seen):
		return nil // the client knows that it left, or never saw it
	case s.left > 0:
		update.Kind = types.ObjectUpdateKindLeave
		return update
	case s.entered > seen:
		update.Kind = types.ObjectUpdateKindEnter
	}
	for name, value := range s.values {
		if s.changed[name] > seen {
			change := types.PropertyChange{Name: name, Op: types.PropertyChangeOpAssign, Val: value}
			update.ChangeSet = append(update.ChangeSet, change)
		}
	}
	if update.Kind == types.ObjectUpdateKindModify && len(update.ChangeSet) == 0 {
		return nil
	}
	return update
}
