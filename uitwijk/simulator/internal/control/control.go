// Package control is the HTTP interface with which a drill steers a simulated
// site and reads what was observed. It listens on a loopback address of its own.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"uitwijk/simulator/internal/observe"
	"uitwijk/simulator/internal/outage"
	"uitwijk/simulator/internal/storage"
	"uitwijk/simulator/internal/vcenter"
)

// Site is what the endpoint steers.
type Site struct {
	Name       string
	VCenter    *vcenter.VCenter
	Management *outage.Listener
	Store      *storage.Store
	Recorder   *observe.Recorder

	mu    sync.Mutex
	marks map[string]outage.Attempts // what had been attempted at each cursor
}

// state is the answer to GET /state.
type state struct {
	Site          string          `json:"site"`
	Management    outage.Mode     `json:"management"`
	GuestsNetwork string          `json:"guests_network"` // up or cut
	Datastores    string          `json:"datastores"`     // readable or unreadable
	Counts        vcenter.Count   `json:"counts"`
	Faults        []vcenter.Fault `json:"faults"`
}

// observed is the answer to GET /observed.
type observed struct {
	*observe.Observed
	WhileCut outage.Attempts `json:"while_cut"` // what reached the management interface while it was not up
}

// Handler serves the control interface.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /management", switchTo(s.setManagement, s.state))
	mux.HandleFunc("POST /guests-network", switchTo(s.setGuestsNetwork, s.state))
	mux.HandleFunc("POST /datastores", switchTo(s.setDatastores, s.state))
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.state()) })
	mux.HandleFunc("GET /observed", s.getObserved)
	mux.HandleFunc("POST /observed/mark", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]string{"cursor": s.mark()})
	})
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.VCenter.Faults.Rules()) })
	mux.HandleFunc("POST /faults", s.addFault)
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) {
		s.VCenter.Faults.Clear()
		answer(w, s.VCenter.Faults.Rules())
	})
	return mux
}

func (s *Site) state() state {
	return state{
		Site:          s.Name,
		Management:    s.Management.Mode(),
		GuestsNetwork: word(s.VCenter.GuestsNetworkUp(), "up", "cut"),
		Datastores:    word(s.Store.Readable(), "readable", "unreadable"),
		Counts:        s.VCenter.Count(),
		Faults:        s.VCenter.Faults.Rules(),
	}
}

func (s *Site) setManagement(name string) error {
	mode, err := outage.ParseMode(name)
	if err != nil {
		return err
	}
	return s.Management.Set(mode)
}

func (s *Site) setGuestsNetwork(mode string) error {
	up, err := choice(mode, "up", "cut")
	if err == nil {
		s.VCenter.SetGuestsNetwork(up)
	}
	return err
}

func (s *Site) setDatastores(mode string) error {
	readable, err := choice(mode, "readable", "unreadable")
	if err != nil {
		return err
	}
	return s.VCenter.SetDatastoresReadable(readable)
}

func (s *Site) mark() string {
	cursor := s.Recorder.Mark()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.marks == nil {
		s.marks = map[string]outage.Attempts{}
	}
	s.marks[cursor] = s.Management.Attempts()
	return cursor
}

func (s *Site) getObserved(w http.ResponseWriter, r *http.Request) {
	cursor := r.URL.Query().Get("since")
	seen, err := s.Recorder.Since(cursor)
	if err != nil {
		refuse(w, err)
		return
	}
	s.mu.Lock()
	before := s.marks[cursor]
	s.mu.Unlock()
	answer(w, observed{Observed: seen, WhileCut: s.Management.Attempts().Since(before)})
}

func (s *Site) addFault(w http.ResponseWriter, r *http.Request) {
	var rule vcenter.Fault
	err := decode(r, &rule)
	if err == nil {
		err = s.VCenter.Faults.Add(rule)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, s.VCenter.Faults.Rules())
}

// switchTo makes a handler for {"mode": "..."} that answers with the state then.
func switchTo(set func(mode string) error, now func() state) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			Mode string `json:"mode"`
		}
		err := decode(r, &request)
		if err == nil {
			err = set(request.Mode)
		}
		if err != nil {
			refuse(w, err)
			return
		}
		answer(w, now())
	}
}

func decode(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return errors.New("the body is not understood: " + err.Error())
	}
	return nil
}

// choice turns one of two words into a truth value.
func choice(word, yes, no string) (bool, error) {
	switch word {
	case yes:
		return true, nil
	case no:
		return false, nil
	}
	return false, fmt.Errorf("mode %q is neither %s nor %s", word, yes, no)
}

func word(value bool, yes, no string) string {
	if value {
		return yes
	}
	return no
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func refuse(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}
