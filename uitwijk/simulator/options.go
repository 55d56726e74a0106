package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
)

// options is the command line, checked.
type options struct {
	inventory      string
	listen         *net.TCPAddr
	host           string // of listen, as the user wrote it
	control        *net.TCPAddr
	data           string
	caOut          string
	user           string
	password       string
	ready          string
	stopWithParent bool
	verbose        bool
}

func parse(args []string, password string) (*options, error) {
	o := &options{password: password}
	var listen, control string
	flags := flag.NewFlagSet("vcenter-simulator", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.inventory, "inventory", "", "JSON `file` with the site's inventory")
	flags.StringVar(&listen, "listen", "127.0.0.1:0", "`address` of the vCenter; port 0 takes a free one")
	flags.StringVar(&control, "control", "127.0.0.1:0", "`address` of the control interface; port 0 takes a free one")
	flags.StringVar(&o.data, "data", "", "the site's `folder`; datastores are DIR/datastores/NAME")
	flags.StringVar(&o.caOut, "ca-out", "", "`file` for the certificate of the site's authority (default DIR/ca.pem)")
	flags.StringVar(&o.user, "user", "", "`name` that may log in; its password is in VCENTER_PASSWORD")
	flags.StringVar(&o.ready, "ready", "", "`file` to write when the site is ready (default: one line on standard output)")
	flags.BoolVar(&o.stopWithParent, "stop-with-parent", false, "stop when the process that started this one ends")
	flags.BoolVar(&o.verbose, "verbose", false, "print the simulator's own messages")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(os.Stdout)
			flags.Usage()
		}
		return nil, err
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.inventory == "":
		return nil, errors.New("--inventory is missing")
	case o.data == "":
		return nil, errors.New("--data is missing")
	case o.user == "":
		return nil, errors.New("--user is missing")
	case password == "":
		return nil, errors.New("the environment variable VCENTER_PASSWORD is not set")
	}
	if o.caOut == "" {
		o.caOut = filepath.Join(o.data, "ca.pem")
	}
	var err error
	if o.listen, o.host, err = loopback("--listen", listen); err != nil {
		return nil, err
	}
	o.control, _, err = loopback("--control", control)
	return o, err
}

// loopback resolves an address and refuses one that others could reach.
func loopback(flag, address string) (*net.TCPAddr, string, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", fmt.Errorf("%s %s: expected host:port", flag, address)
	}
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, "", fmt.Errorf("%s %s: %w", flag, address, err)
	}
	if !resolved.IP.IsLoopback() {
		return nil, "", fmt.Errorf("%s %s: only loopback addresses are allowed, such as 127.0.0.1", flag, address)
	}
	return resolved, host, nil
}
