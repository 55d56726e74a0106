package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

type event struct {
	VM    string `json:"vm"`
	UUID  string `json:"uuid"`
	State string `json:"state"`
	At    string `json:"at"`
	Order int    `json:"order"`
}

type observed struct {
	Power        []event `json:"power"`
	Created      []event `json:"created"`
	Reconfigured []event `json:"reconfigured"`
	Destroyed    []event `json:"destroyed"`
	Requests     struct {
		Count   int            `json:"count"`
		Methods map[string]int `json:"methods"`
	} `json:"requests"`
	Logins []struct {
		ID       int    `json:"id"`
		Protocol string `json:"protocol"`
		User     string `json:"user"`
		Requests struct {
			Methods map[string]int `json:"methods"`
		} `json:"requests"`
	} `json:"logins"`
}

func TestTheLifeOfAMachineIsObservedInOrder(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	vm := must(w.cloneAndStart("vm"))(t)
	uuid := properties(t, w, vm).Config.InstanceUuid
	for _, err := range []error{
		wait(w.ctx)(vm.Reconfigure(w.ctx, types.VirtualMachineConfigSpec{Annotation: "x"})),
		wait(w.ctx)(vm.PowerOff(w.ctx)),
		wait(w.ctx)(vm.Destroy(w.ctx)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}

	var seen observed
	site.get(t, "/observed", &seen)

	if len(seen.Power) != 2 || len(seen.Created) != 1 || len(seen.Reconfigured) != 1 || len(seen.Destroyed) != 1 {
		t.Fatalf("%+v", seen)
	}
	life := []event{seen.Created[0], seen.Power[0], seen.Reconfigured[0], seen.Power[1], seen.Destroyed[0]}
	for i, e := range life {
		if e.VM != "vm" || e.UUID != uuid || e.Order != i+1 {
			t.Errorf("event %d: %+v", i+1, e)
		}
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", e.At); err != nil {
			t.Error(err)
		}
	}
	if seen.Power[0].State != "poweredOn" || seen.Power[1].State != "poweredOff" {
		t.Errorf("%+v", seen.Power)
	}
}

func TestACursorShowsOnlyWhatCameAfterIt(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	must(w.cloneAndStart("before"))(t)
	cursor := site.post(t, "/observed/mark", "")["cursor"].(string)
	var nothing observed
	site.get(t, "/observed?since="+cursor, &nothing)

	must(w.cloneAndStart("after"))(t)

	var seen observed
	site.get(t, "/observed?since="+cursor, &seen)
	if len(nothing.Power) != 0 || nothing.Requests.Count != 0 {
		t.Errorf("right after the mark: %+v", nothing)
	}
	if len(seen.Power) != 1 || seen.Power[0].VM != "after" || len(seen.Created) != 1 {
		t.Errorf("%+v", seen)
	}
	if n := seen.Requests.Methods["CloneVM_Task"]; n != 1 {
		t.Errorf("%d clones after the mark", n)
	}
}

func TestACursorThatWasNeverGivenOutIsRefused(t *testing.T) {
	site := startSite(t)

	response := must(http.Get(site.Control + "/observed?since=42"))(t)
	response.Body.Close()

	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", response.StatusCode)
	}
}

func TestRequestsAreCountedByLoginAndMethod(t *testing.T) {
	site := startSite(t)
	site.client(t)
	w := site.workshop(t)
	must(w.clone("vm"))(t)

	var seen observed
	site.get(t, "/observed", &seen)

	clones := map[int]int{}
	for _, login := range seen.Logins {
		clones[login.ID] = login.Requests.Methods["CloneVM_Task"]
		if login.ID > 0 && (login.User != user || login.Protocol != "soap" || login.Requests.Methods["Login"] != 1) {
			t.Errorf("%+v", login)
		}
	}
	if clones[1] != 0 || clones[2] != 1 {
		t.Errorf("clones by login: %v", clones)
	}
}
