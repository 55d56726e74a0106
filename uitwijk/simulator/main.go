// Command vcenter-simulator is one site's vCenter for drills and tests: a
// simulated one, filled from an inventory file, that a drill can cut off,
// deprive of its storage and observe.
//
// It listens on loopback addresses only. README.md describes the flags and the
// control interface.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// The garbage collector's limits: generous steps while there is room, as
// answering a provider makes much short-lived garbage, and a soft ceiling below
// the 300 MiB that a site may use.
const (
	gcPercent   = 200
	memoryLimit = 256 << 20
)

func main() {
	if err := run(os.Args[1:], os.Getenv("VCENTER_PASSWORD"), os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "vcenter-simulator:", err)
			os.Exit(1)
		}
	}
}

// run serves until a signal or the parent's end.
func run(args []string, password string, stdout io.Writer) error {
	options, err := parse(args, password)
	if err != nil {
		return err
	}
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	if !options.verbose {
		log.SetOutput(io.Discard)
	}
	stop := make(chan os.Signal, 2)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	if options.stopWithParent {
		go watchParent(func() { stop <- syscall.SIGTERM })
	}
	site, err := start(options)
	if err != nil {
		return err
	}
	if err := site.announce(options.ready, stdout); err != nil {
		return errors.Join(err, site.stop())
	}
	select {
	case <-stop:
		return site.stop()
	case err := <-site.failed:
		return errors.Join(err, site.stop())
	}
}
