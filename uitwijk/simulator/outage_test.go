package main

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/vmware/govmomi/vim25/methods"
)

// glance is how long a test looks at something that should not answer.
const glance = 300 * time.Millisecond

// ask makes one request and gives up after a glance.
func ask(w *workshop) error {
	ctx, cancel := context.WithTimeout(w.ctx, glance)
	defer cancel()
	_, err := methods.GetCurrentTime(ctx, w.client)
	return err
}

type attempts struct {
	WhileCut struct {
		Connections int  `json:"connections"`
		Requests    int  `json:"requests"`
		RefuseUsed  bool `json:"refuse_used"`
	} `json:"while_cut"`
}

func TestARefusingSiteRefusesConnectionsAndBreaksThoseThatStand(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	site.post(t, "/management", `{"mode": "refuse"}`)

	_, err := net.DialTimeout("tcp", site.Server, patience)
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a new connection: %v", err)
	}
	if err := ask(w); err == nil {
		t.Error("a login from before was answered")
	}
	if other, err := net.Listen("tcp", site.Server); err == nil {
		other.Close()
		t.Error("another process could take the site's port")
	}

	site.post(t, "/management", `{"mode": "up"}`)
	if _, err := methods.GetCurrentTime(w.ctx, w.client); err != nil {
		t.Errorf("the login did not outlive the outage: %v", err)
	}
}

func TestAHangingSiteTakesRequestsAndAnswersThemWhenItIsUpAgain(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	site.post(t, "/management", `{"mode": "hang"}`)
	if err := ask(w); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	answered := make(chan error)
	go func() {
		_, err := methods.GetCurrentTime(w.ctx, w.client)
		answered <- err
	}()
	var seen attempts
	eventually(t, "two requests arrive", func() bool {
		site.get(t, "/observed", &seen)
		return seen.WhileCut.Requests == 2
	})

	site.post(t, "/management", `{"mode": "up"}`)

	if err := <-answered; err != nil {
		t.Errorf("the held request: %v", err)
	}
}

func TestADroppingSiteGivesNoSignOfLifeAndCountsTheAttempts(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	site.post(t, "/management", `{"mode": "drop"}`)

	_, err := net.DialTimeout("tcp", site.Server, glance)
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("a new connection: %v", err)
	}
	if err := ask(w); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a login from before: %v", err)
	}
	var seen attempts
	site.get(t, "/observed", &seen)
	if seen.WhileCut.Connections == 0 || seen.WhileCut.Requests == 0 || seen.WhileCut.RefuseUsed {
		t.Errorf("%+v", seen.WhileCut)
	}

	site.post(t, "/management", `{"mode": "up"}`)
	if _, err := site.login(user, password); err != nil {
		t.Errorf("a new login afterwards: %v", err)
	}
}

func TestNobodyAskedMeansZeroAttempts(t *testing.T) {
	site := startSite(t)
	site.client(t)
	cursor := site.post(t, "/observed/mark", "")["cursor"].(string)
	for _, mode := range []string{"drop", "hang", "refuse", "up"} {
		site.post(t, "/management", `{"mode": "`+mode+`"}`)
	}

	var seen attempts
	site.get(t, "/observed?since="+cursor, &seen)
	if seen.WhileCut.Connections != 0 || seen.WhileCut.Requests != 0 || !seen.WhileCut.RefuseUsed {
		t.Errorf("%+v", seen.WhileCut)
	}
}

func TestACutGuestNetworkShowsOnRunningMachinesAndLeavesNoTrace(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	vm := must(w.clone("vm"))(t)
	if err := addNIC(t, w, vm); err != nil {
		t.Fatal(err)
	}
	if err := wait(w.ctx)(vm.PowerOn(w.ctx)); err != nil {
		t.Fatal(err)
	}
	connected := func() (nic, start, guest bool) {
		read := properties(t, w, vm)
		card := must(vm.Device(w.ctx))(t).SelectByType(ethernet)[0]
		state := card.GetVirtualDevice().Connectable
		return state.Connected, state.StartConnected, read.Guest.Net[0].Connected
	}

	site.post(t, "/guests-network", `{"mode": "cut"}`)
	if nic, start, guest := connected(); nic || !start || guest {
		t.Errorf("cut: card %v, at start %v, guest %v", nic, start, guest)
	}
	if _, err := methods.GetCurrentTime(w.ctx, w.client); err != nil {
		t.Errorf("management was cut as well: %v", err)
	}
	site.post(t, "/guests-network", `{"mode": "up"}`)
	if nic, start, guest := connected(); !nic || !start || !guest {
		t.Errorf("up: card %v, at start %v, guest %v", nic, start, guest)
	}
}

func TestAMachineStartedWhileTheGuestNetworkIsCutIsCutOffToo(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	vm := must(w.clone("vm"))(t)
	if err := addNIC(t, w, vm); err != nil {
		t.Fatal(err)
	}
	site.post(t, "/guests-network", `{"mode": "cut"}`)
	if err := wait(w.ctx)(vm.PowerOn(w.ctx)); err != nil {
		t.Fatal(err)
	}

	card := must(vm.Device(w.ctx))(t).SelectByType(ethernet)[0]
	if card.GetVirtualDevice().Connectable.Connected {
		t.Error("its network card is connected")
	}
}
