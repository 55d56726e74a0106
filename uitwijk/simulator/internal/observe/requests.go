package observe

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Traffic is requests with their bytes.
type Traffic struct {
	Count    int            `json:"count"`
	Methods  map[string]int `json:"methods"`   // requests by SOAP method, or by REST verb and path
	BytesIn  int            `json:"bytes_in"`  // of request bodies
	BytesOut int            `json:"bytes_out"` // of response bodies
}

func (t Traffic) clone() Traffic {
	t.Methods = maps.Clone(t.Methods)
	return t
}

func (t Traffic) minus(earlier Traffic) Traffic {
	rest := Traffic{
		Count:    t.Count - earlier.Count,
		Methods:  map[string]int{},
		BytesIn:  t.BytesIn - earlier.BytesIn,
		BytesOut: t.BytesOut - earlier.BytesOut,
	}
	for method, count := range t.Methods {
		if n := count - earlier.Methods[method]; n > 0 {
			rest.Methods[method] = n
		}
	}
	return rest
}

func (t *Traffic) add(other Traffic) {
	t.Count += other.Count
	t.BytesIn += other.BytesIn
	t.BytesOut += other.BytesOut
	for method, count := range other.Methods {
		t.Methods[method] += count
	}
}

// LoginRecord is one login with its requests; ID 0 holds the requests that no
// login covers.
type LoginRecord struct {
	ID       int       `json:"id"`
	Protocol string    `json:"protocol,omitempty"` // soap or rest
	User     string    `json:"user,omitempty"`
	Agent    string    `json:"agent,omitempty"` // how the client's program calls itself
	At       timestamp `json:"at,omitzero"`
	Traffic  `json:"requests"`
}

// The names under which sessions travel.
const (
	soapCookie = "vmware_soap_session"
	restCookie = "vmware-api-session-id"
)

var (
	soapMethod = regexp.MustCompile(`<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?(\w+)`)
	soapUser   = regexp.MustCompile(`<(?:[\w.-]+:)?userName[^>]*>([^<]*)<`)
	// An identifier in a path would make a method of each object.
	identifier = regexp.MustCompile(`(/id:[^/]+)|(urn:vmomi:[^/]+)`)
)

// Handler notes every request that next serves.
func (r *Recorder) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		counted := &countingWriter{ResponseWriter: w}
		next.ServeHTTP(counted, request)
		r.note(request, body, counted)
	})
}

func (r *Recorder) note(request *http.Request, body []byte, w *countingWriter) {
	key, login := session(request), opened(request, body, w.Header())
	r.mu.Lock()
	defer r.mu.Unlock()
	if login != nil {
		key = login.key
		login.ID = len(r.logins)
		r.logins[key] = &login.LoginRecord
	}
	record, known := r.logins[key]
	if !known {
		record = r.logins[""]
	}
	record.add(Traffic{Count: 1, Methods: map[string]int{method(request, body): 1}, BytesIn: len(body), BytesOut: w.written})
}

func (r *Recorder) sortedLogins() []LoginRecord {
	var logins []LoginRecord
	for _, login := range r.logins {
		logins = append(logins, *login)
	}
	slices.SortFunc(logins, func(a, b LoginRecord) int { return cmp.Compare(a.ID, b.ID) })
	return logins
}

func method(request *http.Request, body []byte) string {
	if match := soapMethod.FindSubmatch(body); match != nil {
		return string(match[1])
	}
	name := request.Method + " " + identifier.ReplaceAllString(request.URL.Path, "/{id}")
	if action := request.URL.Query().Get("~action"); action != "" {
		name += "?~action=" + action
	}
	return name
}

// session is the key of the login that a request belongs to.
func session(request *http.Request) string {
	if key := request.Header.Get(restCookie); key != "" {
		return key
	}
	for _, name := range []string{soapCookie, restCookie} {
		if cookie, err := request.Cookie(name); err == nil {
			return strings.Trim(cookie.Value, `"`)
		}
	}
	return ""
}

// newLogin is a login with the key of its session.
type newLogin struct {
	LoginRecord
	key string
}

// opened is the login that the response opens, or nil.
func opened(request *http.Request, body []byte, response http.Header) *newLogin {
	for _, cookie := range (&http.Response{Header: response}).Cookies() {
		login := &newLogin{key: cookie.Value}
		login.Agent = request.UserAgent()
		login.At = timestamp(time.Now())
		login.Methods = map[string]int{}
		switch cookie.Name {
		case soapCookie:
			login.Protocol = "soap"
			if match := soapUser.FindSubmatch(body); match != nil {
				login.User = string(match[1])
			}
			return login
		case restCookie:
			login.Protocol = "rest"
			login.User, _, _ = request.BasicAuth()
			return login
		}
	}
	return nil
}

// countingWriter counts the bytes of an answer.
type countingWriter struct {
	http.ResponseWriter
	written int
}

func (w *countingWriter) Write(data []byte) (int, error) {
	n, err := w.ResponseWriter.Write(data)
	w.written += n
	return n, err
}
