package outage

import (
	"errors"
	"net"
	"sync"
)

// Attempts counts what reached the management interface while it was not up.
type Attempts struct {
	// Connections that were accepted, and connection packets that were
	// discarded (a client that tries once for long sends several).
	Connections int `json:"connections"`
	// Requests that were read and not answered.
	Requests int `json:"requests"`
	// RefuseUsed tells that mode refuse was used, in which the kernel answers
	// and attempts cannot be counted.
	RefuseUsed bool `json:"refuse_used"`
}

// Since is what was attempted after an earlier moment.
func (a Attempts) Since(earlier Attempts) Attempts {
	a.Connections -= earlier.Connections
	a.Requests -= earlier.Requests
	return a
}

// Listener is a TCP listener on one address whose mode can change at any time.
type Listener struct {
	socket *socket
	gate   *gate

	mu       sync.Mutex
	changed  *sync.Cond
	mode     Mode
	accept   net.Listener // nil while connections are refused
	conns    map[net.Conn]struct{}
	attempts Attempts
	// Packets that the socket had dropped when the present cut began.
	discardedBefore int
	closed          bool
}

// Listen opens the listener at a loopback address with an explicit port.
func Listen(addr *net.TCPAddr) (*Listener, error) {
	socket, err := bind(addr)
	if err != nil {
		return nil, err
	}
	accept, err := socket.listen()
	if err != nil {
		socket.close()
		return nil, err
	}
	l := &Listener{socket: socket, gate: newGate(), mode: Up, accept: accept, conns: map[net.Conn]struct{}{}}
	l.changed = sync.NewCond(&l.mu)
	return l, nil
}

// Mode is the present mode.
func (l *Listener) Mode() Mode {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mode
}

// Attempts tells what reached the interface while it was not up.
func (l *Listener) Attempts() Attempts {
	l.mu.Lock()
	defer l.mu.Unlock()
	attempts := l.attempts
	if l.mode == Drop {
		attempts.Connections += l.socket.discarded() - l.discardedBefore
	}
	return attempts
}

// Set changes the mode.
func (l *Listener) Set(mode Mode) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if mode == l.mode || l.closed {
		return nil
	}
	// A busy kernel drops stray packets of its own while the interface is up;
	// only those of the cut are attempts.
	switch {
	case mode == Drop:
		l.discardedBefore = l.socket.discarded()
	case l.mode == Drop:
		l.attempts.Connections += l.socket.discarded() - l.discardedBefore
	}
	if err := l.socket.discard(mode == Drop); err != nil {
		return err
	}
	if err := l.refuse(mode == Refuse); err != nil {
		return err
	}
	l.mode = mode
	l.gate.set(mode == Up)
	if mode == Refuse {
		l.attempts.RefuseUsed = true
		l.resetAll()
	}
	l.changed.Broadcast()
	return nil
}

// refuse stops or resumes listening; the address stays bound. The caller holds mu.
func (l *Listener) refuse(refuse bool) error {
	if refuse == (l.accept == nil) {
		return nil
	}
	if !refuse {
		accept, err := l.socket.listen()
		l.accept = accept
		return err
	}
	accept := l.accept
	l.accept = nil
	return l.socket.stopListening(accept)
}

// resetAll breaks every connection as a refusing host would. The caller holds mu.
func (l *Listener) resetAll() {
	for conn := range l.conns {
		if tcp, ok := conn.(*tracked).Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		go conn.Close()
	}
}

// Accept waits for the next connection, across all changes of mode.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		accept, err := l.acceptor()
		if err != nil {
			return nil, err
		}
		conn, err := accept.Accept()
		l.mu.Lock()
		switch {
		case err == nil && l.mode == Refuse: // it slipped in before the change
			l.mu.Unlock()
			conn.Close()
		case err == nil:
			if l.mode != Up {
				l.attempts.Connections++
			}
			for l.mode == Drop && !l.closed { // it must not even see a TLS handshake
				l.changed.Wait()
			}
			tracked := &tracked{Conn: conn, listener: l}
			l.conns[tracked] = struct{}{}
			l.mu.Unlock()
			return tracked, nil
		case l.accept == accept && !l.closed:
			l.mu.Unlock()
			return nil, err
		default:
			l.mu.Unlock()
		}
	}
}

// acceptor waits until connections are not refused.
func (l *Listener) acceptor() (net.Listener, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.accept == nil && !l.closed {
		l.changed.Wait()
	}
	if l.closed {
		return nil, net.ErrClosed
	}
	return l.accept, nil
}

// Close stops listening for good and lets go of what was held back.
func (l *Listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	l.changed.Broadcast()
	var err error
	if l.accept != nil {
		err = l.accept.Close()
	}
	l.resetAll()
	return errors.Join(err, l.socket.close())
}

// Addr is the address that clients use.
func (l *Listener) Addr() net.Addr { return l.socket.addr }

// tracked is a connection that its listener can find and reset.
type tracked struct {
	net.Conn
	listener *Listener
}

func (c *tracked) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.conns, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
