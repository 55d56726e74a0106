package outage

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// socket is a bound TCP socket that can stop listening without giving up its
// address, and discard every packet that reaches it.
type socket struct {
	fd   int
	addr *net.TCPAddr
}

func bind(addr *net.TCPAddr) (*socket, error) {
	family, address := sockaddr(addr)
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	s := &socket{fd: fd, addr: addr}
	if err := s.share(true); err != nil {
		return nil, s.fail("setsockopt", err)
	}
	if err := syscall.Bind(fd, address); err != nil {
		return nil, s.fail("bind", err)
	}
	return s, nil
}

func sockaddr(addr *net.TCPAddr) (int, syscall.Sockaddr) {
	if ip := addr.IP.To4(); ip != nil {
		return syscall.AF_INET, &syscall.SockaddrInet4{Port: addr.Port, Addr: [4]byte(ip)}
	}
	return syscall.AF_INET6, &syscall.SockaddrInet6{Port: addr.Port, Addr: [16]byte(addr.IP.To16())}
}

func (s *socket) fail(call string, err error) error {
	s.close()
	return fmt.Errorf("%s %s: %w", call, s.addr, err)
}

// share allows the address although old connections linger on it. While
// nothing listens it must be off, or another process could take the address.
func (s *socket) share(on bool) error {
	value := 0
	if on {
		value = 1
	}
	return syscall.SetsockoptInt(s.fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, value)
}

func (s *socket) listen() (net.Listener, error) {
	if err := s.share(true); err != nil {
		return nil, err
	}
	if err := syscall.Listen(s.fd, syscall.SOMAXCONN); err != nil {
		return nil, fmt.Errorf("listen %s: %w", s.addr, err)
	}
	// The listener works on a duplicate, so that closing it leaves the socket bound.
	duplicate, err := syscall.Dup(s.fd)
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(duplicate)
	file := os.NewFile(uintptr(duplicate), "listener")
	defer file.Close()
	return net.FileListener(file)
}

func (s *socket) stopListening(l net.Listener) error {
	if err := s.share(false); err != nil {
		return err
	}
	if err := syscall.Shutdown(s.fd, syscall.SHUT_RD); err != nil {
		return err
	}
	return l.Close()
}

// discard drops every packet that reaches the listening socket, or stops doing
// so. A filter on one's own socket needs no privilege.
func (s *socket) discard(on bool) error {
	if on {
		return syscall.AttachLsf(s.fd, []syscall.SockFilter{{Code: syscall.BPF_RET | syscall.BPF_K, K: 0}})
	}
	if err := syscall.DetachLsf(s.fd); err != nil && err != syscall.ENOENT {
		return err
	}
	return nil
}

// discarded is the number of packets that the socket has dropped.
func (s *socket) discarded() int {
	const soMeminfo, dropsIndex = 55, 8 // SO_MEMINFO and SK_MEMINFO_DROPS of the Linux headers
	var info [dropsIndex + 1]uint32
	size := uint32(unsafe.Sizeof(info))
	_, _, errno := syscall.Syscall6(syscall.SYS_GETSOCKOPT, uintptr(s.fd), syscall.SOL_SOCKET, soMeminfo,
		uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return 0
	}
	return int(info[dropsIndex])
}

func (s *socket) close() error { return syscall.Close(s.fd) }
