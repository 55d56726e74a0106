package vcenter

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"reflect"
	"regexp"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"uitwijk/simulator/internal/outage"
)

// Fault is one rule of fault injection.
type Fault struct {
	// Method is the call's name, for example Destroy_Task, or the verb and path
	// of a REST call, a part of which may be a *.
	Method string `json:"method"`
	// Object is the name, or a glob of names, of what a SOAP call works on or
	// is about to make; empty means any.
	Object string `json:"object"`
	// After is how many calls go by before the rule hits one.
	After int `json:"after"`
	// Count is how many calls the rule hits; 0 means every one.
	Count int `json:"count"`
	// DelaySeconds is how long the call waits first, if the rules are not
	// cleared before.
	DelaySeconds float64 `json:"delay_seconds"`
	// Fault is the vSphere fault that the call ends with, for example
	// InsufficientResourcesFault; a REST call ends with status 503 whatever it
	// is. Empty means that it goes on after the delay.
	Fault string `json:"fault"`
	// Management is the mode that the vCenter goes into with this call: the
	// call is carried out, and nobody hears so.
	Management string `json:"management"`
	// EndSessions ends every login with this call, the call's own first.
	EndSessions bool `json:"end_sessions"`
	// Hits is how many calls the rule has hit.
	Hits int `json:"hits"`

	kind   reflect.Type
	passed int // calls that went by
}

// restMethod is the verb and path of a REST call.
var restMethod = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) /`)

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
	case rule.After < 0:
		return fmt.Errorf("after %d is negative", rule.After)
	case rule.DelaySeconds < 0:
		return fmt.Errorf("delay_seconds %v is negative", rule.DelaySeconds)
	case rule.Fault == "" && rule.DelaySeconds == 0 && rule.Management == "" && !rule.EndSessions:
		return errors.New("neither fault nor delay_seconds, management or end_sessions is given")
	}
	if _, known := types.TypeFunc()(rule.Method); !known && !restMethod.MatchString(rule.Method) {
		return fmt.Errorf("method %q is no vSphere method (for example Destroy_Task)", rule.Method)
	}
	if rule.Management != "" {
		if _, err := outage.ParseMode(rule.Management); err != nil {
			return err
		}
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
func (f *Faults) hit(concerns func(*Fault) bool) (*Fault, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, rule := range f.rules {
		if rule.Count > 0 && rule.Hits >= rule.Count || !concerns(rule) {
			continue
		}
		if rule.passed < rule.After {
			rule.passed++
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
	if ctx.Session == nil && method.Name != "Login" {
		return false
	}
	rule := v.strike(func(rule *Fault) bool { return rule.Method == method.Name && rule.about(ctx, method) })
	if rule != nil && rule.EndSessions {
		refuse(ctx, method, new(types.NotAuthenticated), "The session is not authenticated.")
		return true
	}
	if login, ok := method.Body.(*types.Login); ok && rule != nil && rule.kind != nil {
		login.Password = "" // nobody is logged in yet whose call could be refused otherwise
		return false
	}
	if rule != nil && rule.kind != nil {
		fault := reflect.New(rule.kind).Interface().(types.BaseMethodFault)
		refuse(ctx, method, fault, "fault injected by the simulator: "+rule.Fault)
		return true
	}
	if needsStorage(method) && !v.store.Readable() {
		fault := &types.InaccessibleDatastore{}
		fault.Name = "every datastore of " + v.site.Site
		refuse(ctx, method, fault, "the datastores of "+v.site.Site+" cannot be read")
		return true
	}
	return false
}

// strike does what the rule for a call does besides refusing it, and returns
// the rule, or nil when the call goes on as ever.
func (v *VCenter) strike(concerns func(*Fault) bool) *Fault {
	rule, cleared := v.Faults.hit(concerns)
	if rule == nil {
		return nil
	}
	select {
	case <-time.After(time.Duration(rule.DelaySeconds * float64(time.Second))):
	case <-cleared:
	}
	if rule.Management != "" {
		v.leave(rule.Management)
	}
	if rule.EndSessions {
		v.sessions.end()
	}
	return rule
}

// refusesREST applies the rule for a REST call, if there is one, and tells
// whether it has answered the call.
func (v *VCenter) refusesREST(w http.ResponseWriter, r *http.Request) bool {
	rule := v.strike(func(rule *Fault) bool {
		fits, _ := path.Match(rule.Method, r.Method+" "+r.URL.Path)
		return fits
	})
	switch {
	case rule == nil:
		return false
	case rule.EndSessions:
		http.Error(w, "the session is not authenticated", http.StatusUnauthorized)
	case rule.kind != nil:
		http.Error(w, "fault injected by the simulator: "+rule.Fault, http.StatusServiceUnavailable)
	default:
		return false
	}
	return true
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
