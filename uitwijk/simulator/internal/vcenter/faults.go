package vcenter

import (
	"errors"
	"fmt"
	"path"
	"reflect"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// Fault is one rule of fault injection for SOAP calls.
type Fault struct {
	// Method is the call's name, for example Destroy_Task.
	Method string `json:"method"`
	// Object is the name, or a glob of names, of what the call works on or is
	// about to make; empty means any.
	Object string `json:"object"`
	// Count is how many calls the rule hits; 0 means every one.
	Count int `json:"count"`
	// DelaySeconds is how long the call waits first, if the rules are not
	// cleared before.
	DelaySeconds float64 `json:"delay_seconds"`
	// Fault is the vSphere fault that the call ends with, for example
	// InsufficientResourcesFault; empty means that it goes on after the delay.
	Fault string `json:"fault"`
	// Hits is how many calls the rule has hit.
	Hits int `json:"hits"`

	kind reflect.Type
}

// Faults is the site's rules; the first one that matches a call is applied.
type Faults struct {
	mu    sync.Mutex
	rules []*Fault
	// cleared is closed when the rules in force are cleared.
	cleared chan struct{}
}

// Add checks a rule and puts it in force.
func (f *Faults) Add(rule Fault) error {
	_, badGlob := path.Match(rule.Object, "")
	switch {
	case rule.Method == "":
		return errors.New("method is missing (for example Destroy_Task)")
	case badGlob != nil:
		return fmt.Errorf("object %q is no glob: %w", rule.Object, badGlob)
	case rule.Count < 0:
		return fmt.Errorf("count %d is negative", rule.Count)
	case rule.DelaySeconds < 0:
		return fmt.Errorf("delay_seconds %v is negative", rule.DelaySeconds)
	case rule.Fault == "" && rule.DelaySeconds == 0:
		return errors.New("neither fault nor delay_seconds is given")
	}
	if _, known := types.TypeFunc()(rule.Method); !known {
		return fmt.Errorf("method %q is no vSphere method (for example Destroy_Task)", rule.Method)
	}
	if rule.Fault != "" {
		kind, known := types.TypeFunc()(rule.Fault)
		if !known || !reflect.PointerTo(kind).Implements(reflect.TypeFor[types.BaseMethodFault]()) {
			return fmt.Errorf("fault %q is no vSphere fault (for example InsufficientResourcesFault)", rule.Fault)
		}
		rule.kind = kind
	}
	rule.Hits = 0
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, &rule)
	return nil
}

// Clear removes every rule. Calls that wait go on at once.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
	if f.cleared != nil {
		close(f.cleared)
		f.cleared = nil
	}
}

// Rules lists the rules with their hits.
func (f *Faults) Rules() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	rules := make([]Fault, 0, len(f.rules))
	for _, rule := range f.rules {
		rules = append(rules, *rule)
	}
	return rules
}

// hit finds the rule for a call and counts it. With it comes what ends its
// delay early.
func (f *Faults) hit(ctx *simulator.Context, method *simulator.Method) (*Fault, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, rule := range f.rules {
		if rule.Method != method.Name || rule.Count > 0 && rule.Hits >= rule.Count || !rule.about(ctx, method) {
			continue
		}
		rule.Hits++
		if f.cleared == nil {
			f.cleared = make(chan struct{})
		}
		found := *rule
		return &found, f.cleared
	}
	return nil, nil
}

// about tells whether the rule's glob fits a name that the call concerns.
func (f *Fault) about(ctx *simulator.Context, method *simulator.Method) bool {
	if f.Object == "" {
		return true
	}
	for _, name := range names(ctx, method) {
		if fits, _ := path.Match(f.Object, name); fits {
			return true
		}
	}
	return false
}

// names lists the name of the object that a call works on and of the one it
// makes.
func names(ctx *simulator.Context, method *simulator.Method) []string {
	var names []string
	if entity, ok := ctx.Map.Get(method.This).(mo.Entity); ok {
		names = append(names, entity.Entity().Name)
	}
	switch body := method.Body.(type) {
	case *types.CreateVM_Task:
		names = append(names, body.Config.Name)
	case *types.CloneVM_Task:
		names = append(names, body.Name)
	case *types.CreateFolder:
		names = append(names, body.Name)
	}
	return names
}

// refused applies the rule for a call, if there is one, and refuses what needs
// datastores while they cannot be reached. It tells whether the call is refused.
func (v *VCenter) refused(ctx *simulator.Context, method *simulator.Method) bool {
	if ctx.Session == nil {
		return false
	}
	if rule, cleared := v.Faults.hit(ctx, method); rule != nil {
		select {
		case <-time.After(time.Duration(rule.DelaySeconds * float64(time.Second))):
		case <-cleared:
		}
		if rule.kind != nil {
			fault := reflect.New(rule.kind).Interface().(types.BaseMethodFault)
			refuse(ctx, method, fault, "fault injected by the simulator: "+rule.Fault)
			return true
		}
	}
	if needsStorage(method) && !v.store.Readable() {
		fault := &types.InaccessibleDatastore{}
		fault.Name = "every datastore of " + v.site.Site
		refuse(ctx, method, fault, "the datastores of "+v.site.Site+" cannot be read")
		return true
	}
	return false
}

// needsStorage tells whether a call reads or writes files of a datastore.
func needsStorage(method *simulator.Method) bool {
	switch method.This.Type {
	case "VirtualDiskManager", "FileManager", "HostDatastoreBrowser":
		return true
	}
	switch method.Name {
	case "CreateVM_Task", "RegisterVM_Task", "CloneVM_Task", "ReconfigVM_Task", "RelocateVM_Task", "PowerOnVM_Task",
		"ResetVM_Task", "UpgradeVM_Task", "CreateSnapshot_Task", "RefreshDatastore":
		return true
	case "Destroy_Task":
		return method.This.Type == "VirtualMachine"
	}
	return false
}
