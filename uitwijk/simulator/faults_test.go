package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/vim25/types"
)

func TestAFaultHitsTheNamedObjectsAsOftenAsItSays(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	site.post(t, "/faults", `{"method": "CloneVM_Task", "object": "harlingen-*", "count": 1, "fault": "InsufficientResourcesFault"}`)

	other := second(w.clone("leeuwarden-db"))
	first := second(w.clone("harlingen-db"))
	again := second(w.clone("harlingen-db"))

	if other != nil || again != nil {
		t.Errorf("another machine: %v; the second attempt: %v", other, again)
	}
	if !fault.Is(first, &types.InsufficientResourcesFault{}) {
		t.Errorf("the first attempt: %v", first)
	}
}

func TestDeletedFaultsHitNothing(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	site.post(t, "/faults", `{"method": "PowerOnVM_Task", "fault": "InvalidState"}`)
	vm := must(w.clone("vm"))(t)
	if err := wait(w.ctx)(vm.PowerOn(w.ctx)); !fault.Is(err, &types.InvalidState{}) {
		t.Errorf("got %v", err)
	}

	request := must(http.NewRequest(http.MethodDelete, site.Control+"/faults", nil))(t)
	must(http.DefaultClient.Do(request))(t).Body.Close()

	if err := wait(w.ctx)(vm.PowerOn(w.ctx)); err != nil {
		t.Error(err)
	}
}

func TestACallThatWaitsGoesOnWhenTheFaultsAreDeleted(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	vm := must(w.clone("vm"))(t)
	site.post(t, "/faults", `{"method": "PowerOnVM_Task", "object": "vm", "count": 1, "delay_seconds": 3600}`)
	started := make(chan error, 1)
	go func() { started <- wait(w.ctx)(vm.PowerOn(w.ctx)) }()
	for rules := []struct{ Hits int }{{}}; rules[0].Hits == 0; {
		site.get(t, "/faults", &rules)
	}
	if len(started) > 0 {
		t.Fatalf("the call did not wait: %v", <-started)
	}

	request := must(http.NewRequest(http.MethodDelete, site.Control+"/faults", nil))(t)
	must(http.DefaultClient.Do(request))(t).Body.Close()

	select {
	case err := <-started:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("the call still waits")
	}
}

func TestCommandsThatMakeNoSenseAreRefusedWithAReason(t *testing.T) {
	site := startSite(t)
	for _, c := range []struct{ path, body, says string }{
		{"/management", `{"mode": "off"}`, `mode "off" is none of up, refuse, hang, drop`},
		{"/guests-network", `{"mode": "refuse"}`, `mode "refuse" is neither up nor cut`},
		{"/datastores", `{}`, `mode "" is neither readable nor unreadable`},
		{"/datastores", `{"modus": "readable"}`, `unknown field "modus"`},
		{"/faults", `{"fault": "InvalidState"}`, `method is missing`},
		{"/faults", `{"method": "FlyToTheMoon_Task", "fault": "InvalidState"}`, `is no vSphere method`},
		{"/faults", `{"method": "Destroy_Task", "fault": "Fire"}`, `"Fire" is no vSphere fault`},
		{"/faults", `{"method": "Destroy_Task"}`, `neither fault nor delay_seconds is given`},
	} {
		response := must(http.Post(site.Control+c.path, "application/json", bytes.NewBufferString(c.body)))(t)
		answer, _ := io.ReadAll(response.Body)
		response.Body.Close()
		text := strings.ReplaceAll(string(answer), `\"`, `"`)
		if response.StatusCode != http.StatusBadRequest || !strings.Contains(text, c.says) {
			t.Errorf("%s %s: %d %s", c.path, c.body, response.StatusCode, answer)
		}
	}
}
