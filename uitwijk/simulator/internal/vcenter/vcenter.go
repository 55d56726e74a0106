// Package vcenter is one site's simulated vCenter: govmomi's simulator with
// the site's inventory, the corrections that a real engine and provider need,
// and what a drill does to a site: faults, a cut guest network, lost storage.
package vcenter

import (
	"crypto/subtle"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/vpx"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"uitwijk/simulator/internal/inventory"
	"uitwijk/simulator/internal/storage"
)

// What the site says that it is. Providers gate features on Version.
const (
	version    = "8.0.3"
	apiVersion = "8.0.3.0"
	build      = "24022515"
)

// defaultDomain may follow the user's name at login.
const defaultDomain = "vsphere.local"

// Recorder hears what happens to machines. uuid is the instance UUID.
type Recorder interface {
	Power(vm, uuid, state string)
	Created(vm, uuid string)
	Reconfigured(vm, uuid string)
	Destroyed(vm, uuid string)
}

// Config is what a site's vCenter is made of.
type Config struct {
	Site     *inventory.Site
	Store    *storage.Store
	Recorder Recorder
	Address  string // host:port that clients use; the port must be free
	User     string // with or without @domain
	Password string
	Leave    func(mode string) // takes the management interface away, as a fault may ask
}

// VCenter is one site's simulated vCenter.
type VCenter struct {
	Faults *Faults

	site     *inventory.Site
	store    *storage.Store
	service  *simulator.Service
	context  *simulator.Context
	machines *machines
	sessions *sessions
	leave    func(mode string)

	mu     sync.Mutex // guards the first use of a login's property collector
	placed int        // machines placed on hosts so far, guarded by mu
}

// New builds the site's inventory and its services.
func New(config Config) (*VCenter, error) {
	content := vpx.ServiceContent
	content.About.Version = version
	content.About.ApiVersion = apiVersion
	content.About.Build = build
	content.About.Name = "VMware vCenter Server"
	content.About.FullName = fmt.Sprintf("VMware vCenter Server %s build-%s", version, build)
	content.About.InstanceUuid = uuid.NewString()

	v := &VCenter{Faults: &Faults{}, site: config.Site, store: config.Store, sessions: newSessions(), leave: config.Leave}
	v.service = simulator.New(simulator.NewServiceInstance(simulator.NewContext(), content, vpx.RootFolder))
	v.context = v.service.Context
	v.machines = &machines{recorder: config.Recorder, known: map[types.ManagedObjectReference]bool{}}
	v.correct()
	if err := v.build(); err != nil {
		return nil, fmt.Errorf("cannot build the inventory: %w", err)
	}
	v.context.Map.AddHandler(v.machines)
	if err := v.register(config.Address); err != nil {
		return nil, err
	}
	v.context.Map.SessionManager().ValidLogin = login(config.User, config.Password)
	return v, nil
}

// register makes the simulator register its endpoints under the site's own
// address. It insists on serving them itself, so its server is closed again:
// the site's own listener takes over.
func (v *VCenter) register(address string) (err error) {
	defer func() {
		if failed := recover(); failed != nil { // how the simulator reports a port in use
			err = fmt.Errorf("cannot listen on %s: %v", address, failed)
		}
	}()
	v.service.RegisterEndpoints = true
	v.service.TLS = new(tls.Config)
	// Any user that is not the simulator's default turns the login check on.
	v.service.Listen = &url.URL{Host: address, User: url.UserPassword("checked", "by ValidLogin")}
	v.service.NewServer().Close()
	return nil
}

// login checks a user's name, with or without domain, and password.
func login(user, password string) func(*types.Login) bool {
	name, domain, found := strings.Cut(user, "@")
	if !found {
		domain = defaultDomain
	}
	return func(request *types.Login) bool {
		known := request.UserName == name || strings.EqualFold(request.UserName, name+"@"+domain)
		return subtle.ConstantTimeCompare([]byte(request.Password), []byte(password)) == 1 && known
	}
}

// Handler serves the site's SOAP and REST interfaces.
func (v *VCenter) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.sessions.forget(r)
		switch {
		case v.refusesREST(w, r):
		case strings.HasPrefix(r.Header.Get("Authorization"), "SIGN "): // a token that nothing here issues or checks
			http.Error(w, "tokens are not accepted", http.StatusUnauthorized)
		case strings.HasPrefix(r.URL.Path, "/folder/") && !v.loggedIn(r):
			http.Error(w, "log in first", http.StatusUnauthorized)
		case strings.HasPrefix(r.URL.Path, "/nfc/"), strings.HasPrefix(r.URL.Path, "/guestFile"):
			http.NotFound(w, r)
		default:
			v.service.ServeMux.ServeHTTP(w, r)
		}
	})
}

// loggedIn tells whether the request carries the cookie of a SOAP login.
func (v *VCenter) loggedIn(r *http.Request) bool {
	cookie, err := r.Cookie(soap.SessionCookieName)
	if err != nil {
		return false
	}
	manager := v.context.Session.Get(v.context.Map.SessionManager().Self).(*simulator.SessionManager)
	return slices.ContainsFunc(manager.SessionList, func(s types.UserSession) bool { return s.Key == cookie.Value })
}
