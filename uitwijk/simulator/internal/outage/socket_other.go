//go:build !linux

package outage

import "net"

// socket stands in where the kernel's finer means are not at hand: refusing
// closes the port, and dropped connections are accepted and left silent.
type socket struct {
	addr *net.TCPAddr
}

func bind(addr *net.TCPAddr) (*socket, error) { return &socket{addr: addr}, nil }

func (s *socket) listen() (net.Listener, error) { return net.ListenTCP("tcp", s.addr) }

func (s *socket) stopListening(l net.Listener) error { return l.Close() }

func (s *socket) discard(bool) error { return nil }

func (s *socket) discarded() int { return 0 }

func (s *socket) close() error { return nil }
