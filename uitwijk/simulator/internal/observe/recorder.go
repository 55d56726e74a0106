// Package observe remembers what happened at a site, for checks that must not
// rest on what a tool says of itself: power events in order, machines made,
// changed and removed, and every request by login and method.
package observe

import (
	"fmt"
	"sync"
	"time"
)

// Event is one thing that happened to a machine.
type Event struct {
	VM    string    `json:"vm"`
	UUID  string    `json:"uuid"`            // the instance UUID
	State string    `json:"state,omitempty"` // of a power event: poweredOn, poweredOff or suspended
	At    timestamp `json:"at"`
	Order int       `json:"order"` // counts all events of the site from 1
}

// timestamp is written as RFC 3339 in UTC with milliseconds.
type timestamp time.Time

// MarshalText writes the timestamp.
func (t timestamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format("2006-01-02T15:04:05.000Z07:00")), nil
}

// Observed is what happened at the site, or did after a mark.
type Observed struct {
	Power        []Event       `json:"power"`
	Created      []Event       `json:"created"`
	Reconfigured []Event       `json:"reconfigured"`
	Destroyed    []Event       `json:"destroyed"`
	Requests     Traffic       `json:"requests"` // the sum of all logins
	Logins       []LoginRecord `json:"logins"`
}

// Recorder collects what happens. It is safe for concurrent use.
type Recorder struct {
	mu                                      sync.Mutex
	order                                   int
	power, created, reconfigured, destroyed []Event
	logins                                  map[string]*LoginRecord // by session key; "" is what no login covers
	marks                                   map[string]mark
}

// mark is a moment to compare with.
type mark struct {
	order  int
	logins map[int]Traffic
}

// NewRecorder starts with nothing observed.
func NewRecorder() *Recorder {
	r := &Recorder{marks: map[string]mark{}}
	r.logins = map[string]*LoginRecord{"": {Traffic: Traffic{Methods: map[string]int{}}}}
	return r
}

func (r *Recorder) add(events *[]Event, vm, uuid, state string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.order++
	*events = append(*events, Event{VM: vm, UUID: uuid, State: state, At: timestamp(time.Now()), Order: r.order})
}

// Power notes that a machine was switched on or off.
func (r *Recorder) Power(vm, uuid, state string) { r.add(&r.power, vm, uuid, state) }

// Created notes that a machine was made.
func (r *Recorder) Created(vm, uuid string) { r.add(&r.created, vm, uuid, "") }

// Reconfigured notes that a machine's configuration or name was changed.
func (r *Recorder) Reconfigured(vm, uuid string) { r.add(&r.reconfigured, vm, uuid, "") }

// Destroyed notes that a machine was removed.
func (r *Recorder) Destroyed(vm, uuid string) { r.add(&r.destroyed, vm, uuid, "") }

// Mark returns a cursor for this moment.
func (r *Recorder) Mark() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	cursor := fmt.Sprintf("%d-%d", len(r.marks)+1, r.order)
	m := mark{order: r.order, logins: map[int]Traffic{}}
	for _, login := range r.logins {
		m.logins[login.ID] = login.Traffic.clone()
	}
	r.marks[cursor] = m
	return cursor
}

// Since returns what was observed after the mark; an empty cursor means from the start.
func (r *Recorder) Since(cursor string) (*Observed, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	from, known := r.marks[cursor]
	if !known && cursor != "" {
		return nil, fmt.Errorf("since %q is no cursor that was given out", cursor)
	}
	observed := &Observed{
		Power:        after(r.power, from.order),
		Created:      after(r.created, from.order),
		Reconfigured: after(r.reconfigured, from.order),
		Destroyed:    after(r.destroyed, from.order),
		Requests:     Traffic{Methods: map[string]int{}},
		Logins:       []LoginRecord{},
	}
	for _, login := range r.sortedLogins() {
		login.Traffic = login.Traffic.minus(from.logins[login.ID])
		if login.Traffic.Count == 0 {
			continue
		}
		observed.Requests.add(login.Traffic)
		observed.Logins = append(observed.Logins, login)
	}
	return observed, nil
}

func after(events []Event, order int) []Event {
	later := []Event{}
	for _, event := range events {
		if event.Order > order {
			later = append(later, event)
		}
	}
	return later
}
