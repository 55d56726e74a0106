package outage

import (
	"net"
	"net/http"
	"testing"
	"time"
)

// glance is how long a test looks at something that must not happen.
const glance = 200 * time.Millisecond

// serve runs a handler behind a listener of its own.
func serve(t *testing.T, handler http.HandlerFunc) (*Listener, string) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().(*net.TCPAddr)
	free.Close()
	listener, err := Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	go http.Serve(listener, listener.Handler(handler))
	t.Cleanup(func() { listener.Close() })
	return listener, "http://" + addr.String()
}

func set(t *testing.T, l *Listener, mode Mode) {
	t.Helper()
	if err := l.Set(mode); err != nil {
		t.Fatal(err)
	}
}

func TestAnAnswerUnderWayIsHeldBackUntilTheSiteIsUp(t *testing.T) {
	started, proceed := make(chan struct{}), make(chan struct{})
	listener, address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		close(started)
		<-proceed
		w.WriteHeader(http.StatusNoContent)
	})
	answered := make(chan error, 1)
	go func() {
		response, err := http.Get(address)
		if err == nil {
			response.Body.Close()
		}
		answered <- err
	}()
	<-started
	set(t, listener, Hang)
	close(proceed)

	select {
	case err := <-answered:
		t.Fatalf("the answer came through: %v", err)
	case <-time.After(glance):
	}
	set(t, listener, Up)
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestARequestThatItsClientGaveUpIsNotServedLater(t *testing.T) {
	served := make(chan struct{}, 1)
	listener, address := serve(t, func(http.ResponseWriter, *http.Request) { served <- struct{}{} })
	set(t, listener, Hang)
	client := &http.Client{Timeout: glance}
	if _, err := client.Post(address, "text/plain", nil); err == nil {
		t.Fatal("the hanging site answered")
	}
	for connected := true; connected; { // until the site has noticed
		listener.mu.Lock()
		connected = len(listener.conns) > 0
		listener.mu.Unlock()
	}

	set(t, listener, Up)

	select {
	case <-served:
		t.Error("it was served")
	case <-time.After(glance):
	}
}

func TestEveryModeCanFollowEveryOther(t *testing.T) {
	listener, address := serve(t, func(http.ResponseWriter, *http.Request) {})
	modes := []Mode{Up, Refuse, Hang, Drop}
	for _, from := range modes {
		for _, to := range modes {
			set(t, listener, from)
			set(t, listener, to)
			set(t, listener, Up)
			response, err := http.Get(address)
			if err != nil {
				t.Fatalf("from %s by %s back to up: %v", from, to, err)
			}
			response.Body.Close()
		}
	}
}
