package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func properties(t *testing.T, w *workshop, vm *object.VirtualMachine) mo.VirtualMachine {
	t.Helper()
	var read mo.VirtualMachine
	if err := vm.Properties(w.ctx, vm.Reference(), nil, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func addNIC(t *testing.T, w *workshop, vm *object.VirtualMachine) error {
	t.Helper()
	network := must(w.finder.Network(w.ctx, "harlingen-servers"))(t)
	backing := must(network.EthernetCardBackingInfo(w.ctx))(t)
	card := must(object.EthernetCardTypes().CreateEthernetCard("vmxnet3", backing))(t)
	card.(types.BaseVirtualEthernetCard).GetVirtualEthernetCard().MacAddress = ""
	return vm.AddDevice(w.ctx, card)
}

func TestThirtyTwoMachinesAreMadeAtOnceInOneLogin(t *testing.T) {
	w := startSite(t).workshop(t)
	var group sync.WaitGroup
	made := make([]*object.VirtualMachine, 32)
	for i := range made {
		group.Go(func() {
			vm, err := w.cloneAndStart(fmt.Sprintf("vm-%02d", i))
			if err != nil {
				t.Errorf("vm-%02d: %v", i, err)
			}
			made[i] = vm
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}

	uuids, hosts := map[string]bool{}, map[string]int{}
	for _, vm := range made {
		read := properties(t, w, vm)
		uuids[read.Config.InstanceUuid] = true
		uuids[read.Config.Uuid] = true
		hosts[read.Runtime.Host.Value]++
		if read.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
			t.Errorf("%s is %s", read.Name, read.Runtime.PowerState)
		}
	}
	if len(uuids) != 64 {
		t.Errorf("%d different UUIDs", len(uuids))
	}
	if len(hosts) != 2 {
		t.Errorf("machines are on %v", hosts)
	}
}

func TestNetworkCardsHaveAddressesOfTheirOwn(t *testing.T) {
	w := startSite(t).workshop(t)
	macs := map[string]bool{}
	for i := range 10 {
		vm := must(w.clone(fmt.Sprintf("vm-%d", i)))(t)
		if err := addNIC(t, w, vm); err != nil {
			t.Fatal(err)
		}
		macs[properties(t, w, vm).Guest.Net[0].MacAddress] = true
	}

	if len(macs) != 10 {
		t.Errorf("%d different addresses: %v", len(macs), macs)
	}
}

func TestAMachineMadeAgainUnderItsNameIsAnotherMachine(t *testing.T) {
	w := startSite(t).workshop(t)
	first := must(w.clone("vm"))(t)
	before := properties(t, w, first).Config.InstanceUuid
	if err := wait(w.ctx)(first.Destroy(w.ctx)); err != nil {
		t.Fatal(err)
	}

	second := must(w.clone("vm"))(t)

	if after := properties(t, w, second).Config.InstanceUuid; after == before {
		t.Errorf("both have instance UUID %s", after)
	}
}

func TestAMachineCanBeReconfiguredAgainAndNeedsNoHardwareUpgrade(t *testing.T) {
	w := startSite(t).workshop(t)
	vm := must(w.cloneAndStart("vm"))(t)
	for _, note := range []string{"first", "second"} {
		if err := wait(w.ctx)(vm.Reconfigure(w.ctx, types.VirtualMachineConfigSpec{Annotation: note})); err != nil {
			t.Fatal(err)
		}
	}

	read := properties(t, w, vm)
	request := types.QueryConfigOption{This: read.EnvironmentBrowser}
	option := must(methods.QueryConfigOption(w.ctx, w.client, &request))(t).Returnval
	if read.Config.Annotation != "second" {
		t.Errorf("annotation %q", read.Config.Annotation)
	}
	if got := fmt.Sprintf("vmx-%d", option.HardwareOptions.HwVersion); got != read.Config.Version {
		t.Errorf("hosts run %s, the machine is %s", got, read.Config.Version)
	}
	if read.Config.SwapPlacement != "inherit" {
		t.Errorf("swap placement %q", read.Config.SwapPlacement)
	}
}

func TestAClusterCanBeReadByTheNameOfItsBaseType(t *testing.T) {
	w := startSite(t).workshop(t)
	cluster := must(w.finder.ClusterComputeResource(w.ctx, "bolsward-cluster"))(t)
	base := types.ManagedObjectReference{Type: "ComputeResource", Value: cluster.Reference().Value}

	var read mo.ComputeResource
	if err := object.NewCommon(w.client.Client, base).Properties(w.ctx, base, []string{"environmentBrowser"}, &read); err != nil {
		t.Fatal(err)
	}

	if read.EnvironmentBrowser == nil {
		t.Error("no environment browser")
	}
}

func TestGuestSystemsOfDifferentCallersAreKeptApart(t *testing.T) {
	w := startSite(t).workshop(t)
	browser := properties(t, w, w.template).EnvironmentBrowser
	var group sync.WaitGroup
	for i := range 32 {
		id := []string{"debian12_64Guest", "windows2019srv_64Guest"}[i%2]
		group.Go(func() {
			request := types.QueryConfigOptionEx{This: browser}
			request.Spec = &types.EnvironmentBrowserConfigOptionQuerySpec{GuestId: []string{id}}
			answer, err := methods.QueryConfigOptionEx(w.ctx, w.client, &request)
			if err != nil {
				t.Error(err)
				return
			}
			if found := answer.Returnval.GuestOSDescriptor; len(found) != 1 || found[0].Id != id {
				t.Errorf("asked for %s, got %v", id, found)
			}
		})
	}
	group.Wait()
}

// attach adds an existing disk of the replicated datastore to a machine.
func attach(w *workshop, vm *object.VirtualMachine, file string) error {
	devices, err := vm.Device(w.ctx)
	if err != nil {
		return err
	}
	controller, err := devices.FindDiskController("")
	if err != nil {
		return err
	}
	disk := devices.CreateDisk(controller, types.ManagedObjectReference{}, "[data-bolsward] "+file)
	spec := &types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: disk}
	change := types.VirtualMachineConfigSpec{DeviceChange: []types.BaseVirtualDeviceConfigSpec{spec}}
	return wait(w.ctx)(vm.Reconfigure(w.ctx, change))
}

func createDisk(t *testing.T, w *workshop, file string) {
	t.Helper()
	datacenter := must(w.finder.Datacenter(w.ctx, "bolsward-dc"))(t)
	files := object.NewFileManager(w.client.Client)
	if err := files.MakeDirectory(w.ctx, "[data-bolsward] "+filepath.Dir(file), datacenter, true); err != nil {
		t.Fatal(err)
	}
	spec := &types.FileBackedVirtualDiskSpec{CapacityKb: 50 * gib / 1024}
	spec.DiskType, spec.AdapterType = "thin", "lsiLogic"
	disks := object.NewVirtualDiskManager(w.client.Client)
	if err := wait(w.ctx)(disks.CreateVirtualDisk(w.ctx, "[data-bolsward] "+file, datacenter, spec)); err != nil {
		t.Fatal(err)
	}
}

func TestADiskThatDoesNotExistCannotBeAttached(t *testing.T) {
	w := startSite(t).workshop(t)
	vm := must(w.clone("vm"))(t)

	err := attach(w, vm, "app/app.vmdk")

	if !fault.Is(err, &types.FileNotFound{}) || !strings.HasSuffix(err.Error(), "app/app.vmdk") {
		t.Errorf("got %v", err)
	}
}

func TestAnAttachedDiskHasTheSizeThatItsFileStates(t *testing.T) {
	w := startSite(t).workshop(t)
	createDisk(t, w, "app/app.vmdk")
	vm := must(w.clone("vm"))(t)
	if err := attach(w, vm, "app/app.vmdk"); err != nil {
		t.Fatal(err)
	}

	disks := must(vm.Device(w.ctx))(t).SelectByType((*types.VirtualDisk)(nil))
	if size := disks[1].(*types.VirtualDisk).CapacityInBytes; size != 50*gib {
		t.Errorf("%d bytes", size)
	}
}

func TestADetachedDiskOutlivesItsMachine(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	createDisk(t, w, "app/app.vmdk")
	vm := must(w.clone("vm"))(t)
	if err := attach(w, vm, "app/app.vmdk"); err != nil {
		t.Fatal(err)
	}
	devices := must(vm.Device(w.ctx))(t)
	for _, device := range devices.SelectByType((*types.VirtualDisk)(nil)) {
		backing := device.GetVirtualDevice().Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		if backing.FileName == "[data-bolsward] app/app.vmdk" {
			if err := vm.RemoveDevice(w.ctx, true, device); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := wait(w.ctx)(vm.Destroy(w.ctx)); err != nil {
		t.Fatal(err)
	}

	if _, err := os.Stat(filepath.Join(site.data, "datastores", "data-bolsward", "app", "app.vmdk")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(site.data, "datastores", "local", "vm")); !os.IsNotExist(err) {
		t.Errorf("the machine's own folder: %v", err)
	}
}

func TestADiskThatIsSearchedForSaysItsCapacity(t *testing.T) {
	w := startSite(t).workshop(t)
	createDisk(t, w, "app/app.vmdk")
	data := must(w.finder.Datastore(w.ctx, "data-bolsward"))(t)
	browser := must(data.Browser(w.ctx))(t)
	spec := &types.HostDatastoreBrowserSearchSpec{
		Query:        []types.BaseFileQuery{&types.VmDiskFileQuery{}},
		Details:      &types.FileQueryFlags{FileType: true},
		MatchPattern: []string{"app.vmdk"},
	}
	task := must(browser.SearchDatastore(w.ctx, "[data-bolsward] app", spec))(t)
	info := must(task.WaitForResultEx(w.ctx))(t)
	// Clients look up the method that a task carries out.
	if info.Name != "SearchDatastore_Task" {
		t.Errorf("the task is called %s", info.Name)
	}

	found := info.Result.(types.HostDatastoreBrowserSearchResults).File
	if len(found) != 1 || found[0].(*types.VmDiskFileInfo).CapacityKb != 50*gib/1024 {
		t.Errorf("%+v", found)
	}
}

func TestASearchOutlivesFilesThatGoAwayMeanwhile(t *testing.T) {
	site := startSite(t)
	w := site.workshop(t)
	folder := filepath.Join(site.data, "datastores", "data-bolsward", "app")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	churning, stop := context.WithCancel(w.ctx)
	defer stop()
	for worker := range 4 {
		go func() {
			name := filepath.Join(folder, fmt.Sprintf("app-%d.vmdk", worker))
			for churning.Err() == nil {
				_ = os.WriteFile(name, nil, 0o644)
				_ = os.Remove(name)
			}
		}()
	}
	browser := must(must(w.finder.Datastore(w.ctx, "data-bolsward"))(t).Browser(w.ctx))(t)
	spec := &types.HostDatastoreBrowserSearchSpec{
		Details:      &types.FileQueryFlags{FileType: true, Modification: true},
		MatchPattern: []string{"*.vmdk"},
	}
	for range 300 {
		if err := wait(w.ctx)(browser.SearchDatastoreSubFolders(w.ctx, "[data-bolsward]", spec)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestASearchOfAFolderThatIsNotThereFails(t *testing.T) {
	w := startSite(t).workshop(t)
	browser := must(must(w.finder.Datastore(w.ctx, "data-bolsward"))(t).Browser(w.ctx))(t)
	err := wait(w.ctx)(browser.SearchDatastore(w.ctx, "[data-bolsward] nowhere", nil))
	if !fault.Is(err, &types.FileNotFound{}) {
		t.Errorf("got %v", err)
	}
}

// ethernet selects a machine's network cards.
var ethernet = (*types.VirtualEthernetCard)(nil)
