// Package outage is the network side of a simulated vCenter: a listener that
// can refuse, hang or drop, and an HTTP gate that holds answers back.
//
// What each mode does to a client:
//
//   - Up: everything is answered.
//   - Refuse: connection attempts are refused by the kernel; existing
//     connections are reset.
//   - Hang: connections and TLS work, requests are read and never answered.
//   - Drop: connection attempts get no answer at all (on Linux a socket filter
//     discards every packet that reaches the listening socket; elsewhere they
//     are accepted and left silent); requests on existing connections are never
//     answered.
//
// The port stays the site's own in every mode, and so does everything behind
// it. Back at Up, requests that were held back are answered if their client
// still waits.
package outage

import "fmt"

// Mode says how the management interface behaves.
type Mode string

// The modes.
const (
	Up     Mode = "up"
	Refuse Mode = "refuse"
	Hang   Mode = "hang"
	Drop   Mode = "drop"
)

// ParseMode checks a mode's name.
func ParseMode(name string) (Mode, error) {
	switch mode := Mode(name); mode {
	case Up, Refuse, Hang, Drop:
		return mode, nil
	}
	return "", fmt.Errorf("mode %q is none of up, refuse, hang, drop", name)
}
