package vcenter

import (
	"net/http"
	"sync"

	"github.com/vmware/govmomi/vim25/soap"
)

// restSession is the name under which a REST login travels.
const restSession = "vmware-api-session-id"

// sessions can end every login at once, as a vCenter does that starts anew.
type sessions struct {
	mu    sync.Mutex
	seen  map[string]bool
	ended map[string]bool
}

func newSessions() *sessions { return &sessions{seen: map[string]bool{}, ended: map[string]bool{}} }

// end makes every login that was used so far unknown.
func (s *sessions) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.seen {
		s.ended[key] = true
	}
	clear(s.seen)
}

// over tells whether a login has ended, and notes that it is used.
func (s *sessions) over(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended[key] {
		s.seen[key] = true
	}
	return s.ended[key]
}

// forget takes what names a login that has ended out of the request.
func (s *sessions) forget(r *http.Request) {
	if key := r.Header.Get(restSession); key != "" && s.over(key) {
		r.Header.Del(restSession)
	}
	cookies := r.Cookies()
	r.Header.Del("Cookie")
	for _, cookie := range cookies {
		if (cookie.Name == soap.SessionCookieName || cookie.Name == restSession) && s.over(cookie.Value) {
			continue
		}
		r.AddCookie(cookie)
	}
}
