package vcenter

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	// settle lets changes that come in a burst reach a client in one answer.
	settle = 5 * time.Millisecond
	// settleAll is the same for filters that follow paths: each look of theirs
	// is at every object, and while hundreds of machines are made, they would
	// look all the time.
	settleAll = time.Second
	// longestWait bounds one answer, so that a client that went away costs no goroutine for long.
	longestWait = time.Minute
)

// collector is a property collector that any number of callers of one login may
// wait on at the same time. The stock one hands an update to whichever waiter
// comes first and writes shared maps unlocked.
//
// It is level-triggered: each filter keeps the present value of every property
// with the revision that set it. A version that a client sends is a revision,
// and the answer is all that is newer. A waiter sleeps until an object changes
// that one of the collector's own filters looks at.
//
// The zero value works: the simulator makes one per login by reflection.
type collector struct {
	simulator.PropertyCollector

	mu        sync.Mutex // guards what follows and the state of the filters
	filters   []*filter
	revision  int
	wake      chan struct{} // closed at the next change; nil when nobody waits
	cancelled int           // grows when the waits that are under way shall end
}

// notify wakes every waiter. The caller holds mu.
func (p *collector) notify() {
	if p.wake != nil {
		close(p.wake)
		p.wake = nil
	}
}

// waker is closed at the next change. The caller holds mu.
func (p *collector) waker() <-chan struct{} {
	if p.wake == nil {
		p.wake = make(chan struct{})
	}
	return p.wake
}

// CreatePropertyCollector gives the login one more collector.
func (p *collector) CreatePropertyCollector(ctx *simulator.Context, _ *types.CreatePropertyCollector) soap.HasFault {
	made := &collector{}
	ref := ctx.Session.Put(made).Reference()
	return &methods.CreatePropertyCollectorBody{Res: &types.CreatePropertyCollectorResponse{Returnval: ref}}
}

// DestroyPropertyCollector removes the collector with its filters and ends its waits.
func (p *collector) DestroyPropertyCollector(ctx *simulator.Context, c *types.DestroyPropertyCollector) soap.HasFault {
	p.mu.Lock()
	filters := p.filters
	p.filters = nil
	p.mu.Unlock()
	for _, f := range filters {
		f.forget(ctx)
	}
	p.cancel()
	ctx.Session.Remove(ctx, c.This)
	return &methods.DestroyPropertyCollectorBody{Res: new(types.DestroyPropertyCollectorResponse)}
}

// CancelWaitForUpdates ends the waits that are under way with a fault.
func (p *collector) CancelWaitForUpdates(*types.CancelWaitForUpdates) soap.HasFault {
	p.cancel()
	return &methods.CancelWaitForUpdatesBody{Res: new(types.CancelWaitForUpdatesResponse)}
}

func (p *collector) cancel() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancelled++
	p.notify()
}

// CreateFilter adds a filter. An object that does not exist is a fault.
func (p *collector) CreateFilter(ctx *simulator.Context, c *types.CreateFilter) soap.HasFault {
	body := new(methods.CreateFilterBody)
	check := p.RetrievePropertiesEx(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{c.Spec}})
	if fault := check.Fault(); fault != nil {
		body.Fault_ = fault
		return body
	}
	f := newFilter(p, c)
	ctx.Session.Put(f)
	hubOf(ctx).watch(f)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.filters = append(p.filters, f)
	p.notify()
	body.Res = &types.CreateFilterResponse{Returnval: f.Self}
	return body
}

// WaitForUpdatesEx answers with all that is newer than the version the client
// has seen, and waits until there is something.
func (p *collector) WaitForUpdatesEx(ctx *simulator.Context, r *types.WaitForUpdatesEx) soap.HasFault {
	body := new(methods.WaitForUpdatesExBody)
	limit := longestWait
	if r.Options != nil && r.Options.MaxWaitSeconds != nil {
		limit = min(limit, time.Duration(*r.Options.MaxWaitSeconds)*time.Second)
	}
	set, cancelled := p.updates(ctx, r.Version, limit)
	if cancelled {
		body.Fault_ = simulator.Fault("", new(types.RequestCanceled))
		return body
	}
	body.Res = &types.WaitForUpdatesExResponse{Returnval: set}
	return body
}

// WaitForUpdates is the older form of WaitForUpdatesEx, still used by pyVmomi.
func (p *collector) WaitForUpdates(ctx *simulator.Context, r *types.WaitForUpdates) soap.HasFault {
	body := new(methods.WaitForUpdatesBody)
	set, cancelled := p.updates(ctx, r.Version, longestWait)
	if cancelled {
		body.Fault_ = simulator.Fault("", new(types.RequestCanceled))
		return body
	}
	if set == nil {
		set = &types.UpdateSet{Version: r.Version}
	}
	body.Res = &types.WaitForUpdatesResponse{Returnval: *set}
	return body
}

// updates waits for something newer than version; nil when limit has passed.
func (p *collector) updates(ctx *simulator.Context, version string, limit time.Duration) (set *types.UpdateSet, cancelled bool) {
	seen, err := strconv.Atoi(version)
	if err != nil {
		seen = -1 // a client that knows nothing yet
	}
	p.mu.Lock()
	cancels := p.cancelled
	p.mu.Unlock()
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for {
		p.mu.Lock()
		woken, filters := p.waker(), slices.Clone(p.filters)
		p.mu.Unlock()
		for _, f := range filters {
			f.refresh(ctx)
		}
		p.mu.Lock()
		set, cancelled := p.newer(seen), p.cancelled != cancels
		p.mu.Unlock()
		if set != nil || cancelled {
			return set, cancelled
		}
		select {
		case <-woken:
			time.Sleep(pauseOf(filters))
		case <-timeout.C:
			return nil, false
		}
	}
}

// pauseOf is how long changes are gathered before the filters look again.
func pauseOf(filters []*filter) time.Duration {
	if slices.ContainsFunc(filters, func(f *filter) bool { return !f.objectsOnly() }) {
		return settleAll
	}
	return settle
}

// newer is what changed after revision seen, nil when nothing did; a client
// that has seen nothing always gets an answer. The caller holds mu.
func (p *collector) newer(seen int) *types.UpdateSet {
	set := &types.UpdateSet{Version: strconv.Itoa(p.revision)}
	for _, f := range p.filters {
		if objects := f.newer(seen); len(objects) > 0 {
			set.FilterSet = append(set.FilterSet, types.PropertyFilterUpdate{Filter: f.Self, ObjectSet: objects})
		}
	}
	if len(set.FilterSet) == 0 && seen >= 0 {
		return nil
	}
	return set
}
