package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// The tests run sites as a drill does: as processes of their own, which are
// this test binary with a role.
const roleVariable = "VCENTER_SIMULATOR_TEST_ROLE"

const (
	user     = "uitwijk@vsphere.local"
	password = "correct horse"
	// patience bounds what is awaited; it is no measure of speed.
	patience = 30 * time.Second
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "simulator":
		main()
	case "parent":
		runParent()
	default:
		os.Exit(m.Run())
	}
}

const inventoryJSON = `{"site": "bolsward", "datacenter": "bolsward-dc", "cluster": "bolsward-cluster",
 "hosts": [{"name": "bolsward-host-1", "cores": 32, "mhz": 2600, "memory_gib": 512, "cpu_generation": "intel-cascadelake"},
           {"name": "bolsward-host-2", "cores": 64, "mhz": 2000, "memory_gib": 1024, "cpu_generation": "intel-icelake"}],
 "datastores": [{"name": "local", "capacity_gib": 20000, "replicated": false},
                {"name": "data-bolsward", "capacity_gib": 40000, "replicated": true}],
 "networks": [{"name": "harlingen-servers", "vlan": 1101}, {"name": "iszf-servers", "vlan": 1100}],
 "templates": [{"name": "debian-12", "guest_id": "debian12_64Guest", "vcpus": 1, "memory_gib": 2, "disk_gib": 20,
                "content_id": "debian-12-2026.10"}]}`

// running is a site that a test started.
type running struct {
	URL, Server, Control, CA string
	PID                      int

	data string
	cmd  *exec.Cmd
}

func simulatorCommand(t *testing.T, data string, flags ...string) *exec.Cmd {
	t.Helper()
	file := filepath.Join(t.TempDir(), "site.json")
	if err := os.WriteFile(file, []byte(inventoryJSON), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--inventory", file, "--data", data, "--user", user, "--stop-with-parent"}, flags...)
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), roleVariable+"=simulator", "VCENTER_PASSWORD="+password)
	cmd.Stderr = os.Stderr
	return cmd
}

func startSite(t *testing.T) *running {
	t.Helper()
	data := filepath.Join(t.TempDir(), "site")
	cmd := simulatorCommand(t, data)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	site := &running{data: data, cmd: cmd}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	if err := json.NewDecoder(bufio.NewReader(stdout)).Decode(site); err != nil {
		t.Fatalf("the site did not say that it is ready: %v", err)
	}
	return site
}

// client logs in over TLS that is verified with the site's own authority.
func (s *running) client(t *testing.T) *govmomi.Client {
	t.Helper()
	client, err := s.login(user, password)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (s *running) login(user, password string) (*govmomi.Client, error) {
	address, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	transport := soap.NewClient(address, false)
	if err := transport.SetRootCAs(s.CA); err != nil {
		return nil, err
	}
	vim, err := vim25.NewClient(context.Background(), transport)
	if err != nil {
		return nil, err
	}
	client := &govmomi.Client{Client: vim, SessionManager: session.NewManager(vim)}
	return client, client.Login(context.Background(), url.UserPassword(user, password))
}

// post sends a command to the control interface and returns what it answers.
func (s *running) post(t *testing.T, path, body string) map[string]any {
	t.Helper()
	response, err := http.Post(s.Control+path, "application/json", bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("POST %s %s: %s", path, body, data)
	}
	var answer map[string]any
	_ = json.Unmarshal(data, &answer)
	return answer
}

// get reads from the control interface.
func (s *running) get(t *testing.T, path string, into any) {
	t.Helper()
	response, err := http.Get(s.Control + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", path, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// workshop is what a test needs to make machines.
type workshop struct {
	ctx      context.Context
	client   *govmomi.Client
	finder   *find.Finder
	folder   *object.Folder
	pool     *object.ResourcePool
	template *object.VirtualMachine
	store    *object.Datastore
}

func (s *running) workshop(t *testing.T) *workshop {
	t.Helper()
	ctx := t.Context()
	w := &workshop{ctx: ctx, client: s.client(t)}
	w.finder = find.NewFinder(w.client.Client)
	datacenter := must(w.finder.Datacenter(ctx, "bolsward-dc"))(t)
	w.finder.SetDatacenter(datacenter)
	w.folder = must(datacenter.Folders(ctx))(t).VmFolder
	w.pool = must(w.finder.ResourcePool(ctx, "bolsward-cluster/Resources"))(t)
	w.template = must(w.finder.VirtualMachine(ctx, "templates/debian-12"))(t)
	w.store = must(w.finder.Datastore(ctx, "local"))(t)
	return w
}

// clone makes a machine from the template.
func (w *workshop) clone(name string) (*object.VirtualMachine, error) {
	pool, store := w.pool.Reference(), w.store.Reference()
	spec := types.VirtualMachineCloneSpec{Location: types.VirtualMachineRelocateSpec{Pool: &pool, Datastore: &store}}
	task, err := w.template.Clone(w.ctx, w.folder, name, spec)
	if err != nil {
		return nil, err
	}
	info, err := task.WaitForResultEx(w.ctx)
	if err != nil {
		return nil, err
	}
	return object.NewVirtualMachine(w.client.Client, info.Result.(types.ManagedObjectReference)), nil
}

// cloneAndStart makes a machine and switches it on.
func (w *workshop) cloneAndStart(name string) (*object.VirtualMachine, error) {
	vm, err := w.clone(name)
	if err != nil {
		return nil, err
	}
	return vm, wait(w.ctx)(vm.PowerOn(w.ctx))
}

// wait awaits a task in the way that newer clients do: on the login's own collector.
func wait(ctx context.Context) func(*object.Task, error) error {
	return func(task *object.Task, err error) error {
		if err != nil {
			return err
		}
		_, err = task.WaitForResultEx(ctx)
		return err
	}
}

// must fails the test on an error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// runParent starts a simulator with the given arguments, passes on what it
// says and lives until it is killed.
func runParent() {
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Env = append(os.Environ(), roleVariable+"=simulator")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
