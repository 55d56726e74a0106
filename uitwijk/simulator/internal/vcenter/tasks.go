package vcenter

import (
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// A finished task can be read for this long, and at least this many can.
const (
	taskLifetime = 10 * time.Minute
	tasksKept    = 200
)

// taskPruner forgets tasks that ended long ago, as a real vCenter does; the
// simulator keeps each with its whole request.
type taskPruner struct {
	mu    sync.Mutex
	ended []endedTask // oldest first
}

type endedTask struct {
	ref types.ManagedObjectReference
	at  time.Time
}

func newTaskPruner() *taskPruner { return &taskPruner{} }

// Reference makes the pruner a handler of the registry.
func (p *taskPruner) Reference() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "TaskPruner", Value: "pruner"}
}

// PutObject has nothing to prune.
func (p *taskPruner) PutObject(*simulator.Context, mo.Reference) {}

// UpdateObject notes the end of a task and removes what is due.
func (p *taskPruner) UpdateObject(ctx *simulator.Context, o mo.Reference, changes []types.PropertyChange) {
	if _, ok := o.(*mo.Task); !ok || !ended(changes) {
		return
	}
	for _, ref := range p.due(o.Reference(), time.Now()) {
		ctx.Map.Remove(ctx, ref)
	}
}

// RemoveObject has nothing to prune.
func (p *taskPruner) RemoveObject(*simulator.Context, types.ManagedObjectReference) {}

func (p *taskPruner) due(ref types.ManagedObjectReference, now time.Time) []types.ManagedObjectReference {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = append(p.ended, endedTask{ref, now})
	var due []types.ManagedObjectReference
	for len(p.ended) > tasksKept && now.Sub(p.ended[0].at) > taskLifetime {
		due = append(due, p.ended[0].ref)
		p.ended = p.ended[1:]
	}
	return due
}

func ended(changes []types.PropertyChange) bool {
	for _, change := range changes {
		if change.Name == "info.completeTime" {
			return true
		}
	}
	return false
}
