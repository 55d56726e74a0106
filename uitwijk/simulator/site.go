package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"uitwijk/simulator/internal/certs"
	"uitwijk/simulator/internal/control"
	"uitwijk/simulator/internal/inventory"
	"uitwijk/simulator/internal/observe"
	"uitwijk/simulator/internal/outage"
	"uitwijk/simulator/internal/storage"
	"uitwijk/simulator/internal/vcenter"
)

// site is one running site.
type site struct {
	server     string // host:port of the vCenter
	ca         string
	store      *storage.Store
	management *outage.Listener
	control    net.Listener
	failed     chan error
}

// start brings up a site; on an error nothing is left running.
func start(o *options) (*site, error) {
	stands, err := inventory.Load(o.inventory)
	if err != nil {
		return nil, err
	}
	s := &site{ca: o.caOut, failed: make(chan error, 2)}
	if s.store, err = storage.Open(o.data, stands.Datastores); err != nil {
		return nil, err
	}
	if err := s.serve(o, stands); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *site) serve(o *options, stands *inventory.Site) error {
	authority, err := certs.New(stands.Site, o.host)
	if err != nil {
		return err
	}
	if err := os.WriteFile(o.caOut, authority.PEM, 0o644); err != nil {
		return err
	}
	if err := takePort(o.listen); err != nil {
		return err
	}
	s.server = net.JoinHostPort(o.host, strconv.Itoa(o.listen.Port))
	recorder := observe.NewRecorder()
	vc, err := vcenter.New(vcenter.Config{
		Site: stands, Store: s.store, Recorder: recorder, Address: s.server, User: o.user, Password: o.password,
		Leave: func(mode string) { _ = s.management.Set(outage.Mode(mode)) },
	})
	if err != nil {
		return err
	}
	if s.management, err = outage.Listen(o.listen); err != nil {
		return err
	}
	steering, err := net.ListenTCP("tcp", o.control)
	if err != nil {
		return fmt.Errorf("--control: %w", err)
	}
	s.control = steering
	endpoint := &control.Site{
		Name: stands.Site, VCenter: vc, Management: s.management, Store: s.store, Recorder: recorder,
	}
	secure := tls.NewListener(s.management, &tls.Config{
		Certificates: []tls.Certificate{authority.Server},
		NextProtos:   []string{"http/1.1"},
		MinVersion:   tls.VersionTLS12,
		// A provider opens hundreds of connections: no costly hybrid key exchange, and no tickets that it never uses.
		CurvePreferences:       []tls.CurveID{tls.X25519, tls.CurveP256},
		SessionTicketsDisabled: true,
	})
	go s.run(secure, s.management.Handler(recorder.Handler(vc.Handler())))
	go s.run(s.control, endpoint.Handler())
	return nil
}

// takePort chooses the port if it is 0, and tells early when it is in use.
func takePort(addr *net.TCPAddr) error {
	probe, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	addr.Port = probe.Addr().(*net.TCPAddr).Port
	return probe.Close()
}

func (s *site) run(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ErrorLog: log.Default()}
	if err := server.Serve(listener); !errors.Is(err, net.ErrClosed) {
		s.failed <- err
	}
}

// announce tells that the site is ready and how to reach it.
func (s *site) announce(file string, stdout io.Writer) error {
	ca, err := filepath.Abs(s.ca)
	if err != nil {
		return err
	}
	line, err := json.Marshal(map[string]any{
		"url":     "https://" + s.server + "/sdk",
		"server":  s.server,
		"control": "http://" + s.control.Addr().String(),
		"ca":      ca,
		"pid":     os.Getpid(),
	})
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if file == "" {
		_, err = stdout.Write(line)
		return err
	}
	// Renamed into place, so that nobody reads half a line.
	if err := os.WriteFile(file+".part", line, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".part", file)
}

// stop ends the site and makes its datastores readable.
func (s *site) stop() error {
	var errs []error
	if s.control != nil {
		errs = append(errs, s.control.Close())
	}
	if s.management != nil {
		errs = append(errs, s.management.Close())
	}
	return errors.Join(append(errs, s.store.Close())...)
}
