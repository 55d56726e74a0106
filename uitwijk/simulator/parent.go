package main

import (
	"os"
	"time"
)

// parentInterval is how long a site may outlive the process that started it.
const parentInterval = 200 * time.Millisecond

// watchParent calls stop when the process that started this one has ended. The
// kernel's own signal for that would also come when only the thread that
// started this process ends, as threads of a pool do.
func watchParent(stop func()) {
	parent := os.Getppid()
	for os.Getppid() == parent {
		time.Sleep(parentInterval)
	}
	stop()
}
