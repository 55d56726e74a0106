package storage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"uitwijk/simulator/internal/inventory"
)

var datastores = []inventory.Datastore{
	{Name: "local", CapacityGiB: 1},
	{Name: "data", CapacityGiB: 1, Replicated: true},
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	store, err := Open(dir, datastores)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(path string) string {
	data, _ := os.ReadFile(path)
	return string(data)
}

func TestUnreadableDatastoresComeBackWithEveryByte(t *testing.T) {
	store := open(t, t.TempDir())
	file := filepath.Join(store.Path("data"), "app", "app-flat.vmdk")
	write(t, file, "marker")

	if err := store.SetReadable(false); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(file); err == nil {
		t.Error("a file of an unreadable datastore was read")
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
		t.Error("a folder was made in an unreadable datastore")
	}
	if err := store.SetReadable(true); err != nil {
		t.Fatal(err)
	}
	if got := read(file); got != "marker" {
		t.Errorf("after the return the file holds %q", got)
	}
}

func TestAReplicatedDatastoreKeepsItsFilesAndALocalOneIsEmptiedAtTheNextStart(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	write(t, filepath.Join(first.Path("local"), "old", "old.vmx"), "x")
	write(t, filepath.Join(first.Path("data"), "app.vmdk"), "kept")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	second := open(t, dir)

	if _, err := os.Stat(filepath.Join(second.Path("local"), "old")); !os.IsNotExist(err) {
		t.Error("the local datastore still holds an earlier run's machine")
	}
	if got := read(filepath.Join(second.Path("data"), "app.vmdk")); got != "kept" {
		t.Errorf("the replicated file holds %q", got)
	}
}

func TestFoldersThatAKilledSimulatorHidComeBackAtTheNextStart(t *testing.T) {
	dir := t.TempDir()
	killed := open(t, dir)
	write(t, filepath.Join(killed.Path("data"), "app.vmdk"), "kept")
	if err := killed.SetReadable(false); err != nil {
		t.Fatal(err)
	}
	killed.marker.Close()

	next := open(t, dir)

	if got := read(filepath.Join(next.Path("data"), "app.vmdk")); got != "kept" {
		t.Errorf("the replicated file holds %q", got)
	}
}

func TestAFolderWithForeignFilesIsRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "datastores", "local", "thesis.odt"), "years of work")

	for range 2 {
		_, err := Open(dir, datastores)

		if err == nil || !strings.Contains(err.Error(), "no simulator made") {
			t.Errorf("got %v", err)
		}
	}
	if got := read(filepath.Join(dir, "datastores", "local", "thesis.odt")); got == "" {
		t.Error("a foreign file was deleted")
	}
}

func TestOneDataFolderServesOneSimulator(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)

	_, err := Open(dir, datastores)

	if err == nil || !strings.Contains(err.Error(), "in use by another simulator") {
		t.Errorf("got %v", err)
	}
}
