package outage

import (
	"bytes"
	"io"
	"net/http"
)

// Handler serves requests with next while the interface is up and holds
// requests and answers back while it hangs or drops.
func (l *Listener) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The body is read first: only then does the server notice a client that goes away.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		l.count()
		if err := l.gate.wait(r.Context()); err != nil {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(&heldWriter{ResponseWriter: w, request: r, gate: l.gate}, r)
	})
}

func (l *Listener) count() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mode != Up {
		l.attempts.Requests++
	}
}

// heldWriter keeps an answer back while the gate is shut.
type heldWriter struct {
	http.ResponseWriter
	request *http.Request
	gate    *gate
}

func (w *heldWriter) WriteHeader(status int) {
	if w.gate.wait(w.request.Context()) == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *heldWriter) Write(data []byte) (int, error) {
	if err := w.gate.wait(w.request.Context()); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(data)
}
