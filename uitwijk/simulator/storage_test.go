package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func TestUnreadableDatastoresFailForEveryoneAndComeBackWhole(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	createDisk(t, w, "app/app.vmdk")
	vm := must(w.clone("vm"))(t)
	content := filepath.Join(site.data, "datastores", "data-bolsward", "app", "app-flat.vmdk")
	if err := os.WriteFile(content, []byte("marker"), 0o644); err != nil {
		t.Fatal(err)
	}

	site.post(t, "/datastores", `{"mode": "unreadable"}`)

	if _, err := os.ReadFile(content); err == nil {
		t.Error("a file was read by its path")
	}
	for what, err := range map[string]error{
		"clone":    second(w.clone("other")),
		"power on": wait(w.ctx)(vm.PowerOn(w.ctx)),
		"attach":   attach(w, vm, "app/app.vmdk"),
		"destroy":  wait(w.ctx)(vm.Destroy(w.ctx)),
	} {
		if !fault.Is(err, &types.InaccessibleDatastore{}) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	if accessible(t, w) {
		t.Error("the datastore says that it is accessible")
	}

	site.post(t, "/datastores", `{"mode": "readable"}`)

	if data, err := os.ReadFile(content); string(data) != "marker" {
		t.Errorf("the file holds %q (%v)", data, err)
	}
	if !accessible(t, w) {
		t.Error("the datastore says that it is not accessible")
	}
	if err := attach(w, vm, "app/app.vmdk"); err != nil {
		t.Errorf("attach afterwards: %v", err)
	}
}

func second(_ any, err error) error { return err }

func accessible(t *testing.T, w *workshop) bool {
	t.Helper()
	store := must(w.finder.Datastore(w.ctx, "data-bolsward"))(t)
	var read mo.Datastore
	if err := store.Properties(w.ctx, store.Reference(), []string{"summary"}, &read); err != nil {
		t.Fatal(err)
	}
	return read.Summary.Accessible
}
