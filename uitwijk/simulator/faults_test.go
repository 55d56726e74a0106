package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
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

func TestAFaultMayLetCallsGoByFirst(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	site.post(t, "/faults", `{"method": "CloneVM_Task", "after": 2, "count": 1, "fault": "InsufficientResourcesFault"}`)
	var failed []string
	for _, name := range []string{"one", "two", "three", "four"} {
		if _, err := w.clone(name); err != nil {
			failed = append(failed, name)
		}
	}
	if len(failed) != 1 || failed[0] != "three" {
		t.Errorf("failed: %v", failed)
	}
}

func TestALoginFailsAsWithAWrongPassword(t *testing.T) {
	site := startSite(t)
	site.post(t, "/faults", `{"method": "Login", "count": 1, "fault": "InvalidLogin"}`)
	if _, err := site.login(user, password); !fault.Is(err, &types.InvalidLogin{}) {
		t.Errorf("got %v", err)
	}
	if _, err := site.login(user, password); err != nil {
		t.Error(err)
	}
}

func TestAVCenterGoesAwayInTheMiddleOfACall(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	site.post(t, "/faults", `{"method": "CloneVM_Task", "count": 1, "management": "refuse"}`)
	if _, err := w.clone("vm"); err == nil {
		t.Error("the client heard that the call was carried out")
	}

	site.post(t, "/management", `{"mode": "up"}`)

	again := site.workshop(t)
	eventually(t, "the machine that nobody heard of", func() bool {
		_, err := again.finder.VirtualMachine(again.ctx, "vm")
		return err == nil
	})
}

func TestEndedSessionsAreUnknownAndANewLoginWorks(t *testing.T) {
	site := startSite(t)
	w, other := site.workshop(t), site.workshop(t)
	site.post(t, "/faults", `{"method": "CloneVM_Task", "count": 1, "end_sessions": true}`)

	for name, err := range map[string]error{
		"the call's own": second(w.clone("vm")),
		"another":        second(other.clone("vm")),
	} {
		if !fault.Is(err, &types.NotAuthenticated{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := site.workshop(t).clone("vm"); err != nil {
		t.Error(err)
	}
}

func TestARESTCallFailsAndItsSessionEnds(t *testing.T) {
	site := startSite(t)
	manager := tags.NewManager(rest.NewClient(site.client(t).Client))
	if err := manager.Login(t.Context(), url.UserPassword(user, password)); err != nil {
		t.Fatal(err)
	}
	site.post(t, "/faults", `{"method": "GET /rest/com/vmware/cis/tagging/*", "count": 1, "fault": "SystemError"}`)
	if _, err := manager.ListCategories(t.Context()); err == nil {
		t.Error("the call did not fail")
	}
	if _, err := manager.ListCategories(t.Context()); err != nil {
		t.Errorf("the next call: %v", err)
	}
	site.post(t, "/faults", `{"method": "GET /rest/com/vmware/cis/tagging/*", "count": 1, "end_sessions": true}`)
	for range 2 {
		if _, err := manager.ListCategories(t.Context()); err == nil {
			t.Error("the session lives")
		}
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
		{"/faults", `{"method": "Destroy_Task", "management": "off"}`, `mode "off" is none of up, refuse, hang, drop`},
		{"/faults", `{"method": "Destroy_Task", "after": -1, "fault": "InvalidState"}`, `after -1 is negative`},
		{"/faults", `{"method": "Destroy_Task"}`, `neither fault nor delay_seconds, management or end_sessions is given`},
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
