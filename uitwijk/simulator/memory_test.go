package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// A site's share of the machine that runs a drill.
const memoryMiB = 300

func TestASiteOf240MachinesStaysWithinItsMemory(t *testing.T) {
	status := func(site *running) string { return fmt.Sprintf("/proc/%d/status", site.PID) }
	site := startSite(t)
	if _, err := os.Stat(status(site)); err != nil {
		t.Skip("the system does not tell a process's memory")
	}
	w := site.workshop(t)
	userData := &types.OptionValue{Key: "guestinfo.userdata", Value: strings.Repeat("x", 8<<10)}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 30 {
				vm, err := w.cloneAndStart(fmt.Sprintf("vm-%d-%d", worker, i))
				if err != nil {
					t.Error(err)
					return
				}
				change := types.VirtualMachineConfigSpec{ExtraConfig: []types.BaseOptionValue{userData}}
				if err := wait(w.ctx)(vm.Reconfigure(w.ctx, change)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()

	for line := range strings.Lines(string(must(os.ReadFile(status(site)))(t))) {
		var peak int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &peak); n == 1 && peak>>10 > memoryMiB {
			t.Errorf("it used %d MiB at most", peak>>10)
		}
	}
}
