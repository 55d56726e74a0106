package vcenter

import (
	"context"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"uitwijk/simulator/internal/inventory"
)

const gib = 1 << 30

// build makes the objects of the inventory with the API of the vCenter itself;
// only what the API cannot say is set on the objects afterwards.
func (v *VCenter) build() error {
	ctx := context.Background()
	client, err := vim25.NewClient(ctx, v.service)
	if err != nil {
		return err
	}
	datacenter, err := object.NewRootFolder(client).CreateDatacenter(ctx, v.site.Datacenter)
	if err != nil {
		return err
	}
	folders, err := datacenter.Folders(ctx)
	if err != nil {
		return err
	}
	cluster, err := folders.HostFolder.CreateCluster(ctx, v.site.Cluster, clusterConfig())
	if err != nil {
		return err
	}
	for _, host := range v.site.Hosts {
		if err := v.addHost(ctx, cluster, host); err != nil {
			return err
		}
	}
	v.sumUp()
	for _, datastore := range v.site.Datastores {
		if err := v.addDatastore(ctx, client, datastore); err != nil {
			return err
		}
	}
	if err := v.addNetworks(ctx, client); err != nil {
		return err
	}
	return v.addTemplates(ctx, client, folders.VmFolder)
}

// clusterConfig is that of a cluster that balances and restarts machines; the
// simulator stores the rules and does neither.
func clusterConfig() types.ClusterConfigSpecEx {
	return types.ClusterConfigSpecEx{
		DasConfig: &types.ClusterDasConfigInfo{Enabled: types.NewBool(true)},
		DrsConfig: &types.ClusterDrsConfigInfo{
			Enabled:           types.NewBool(true),
			DefaultVmBehavior: types.DrsBehaviorFullyAutomated,
		},
	}
}

func (v *VCenter) hosts() []*simulator.HostSystem {
	var hosts []*simulator.HostSystem
	for _, ref := range v.cluster().Host {
		hosts = append(hosts, v.context.Map.Get(ref).(*simulator.HostSystem))
	}
	return hosts
}

func (v *VCenter) addDatastore(ctx context.Context, client *vim25.Client, d inventory.Datastore) error {
	var ref types.ManagedObjectReference
	for i, host := range v.hosts() {
		system, err := object.NewHostSystem(client, host.Self).ConfigManager().DatastoreSystem(ctx)
		if err != nil {
			return err
		}
		datastore, err := system.CreateLocalDatastore(ctx, d.Name, v.store.Path(d.Name))
		if err != nil {
			return err
		}
		if i == 0 { // on the other hosts it is mounted, and the answer names nothing
			ref = datastore.Reference()
		}
	}
	datastore := v.context.Map.Get(ref).(*simulator.Datastore)
	capacity := int64(d.CapacityGiB) * gib
	datastore.Summary.Capacity = capacity
	datastore.Summary.FreeSpace = capacity
	datastore.Summary.MultipleHostAccess = types.NewBool(true)
	info := datastore.Info.GetDatastoreInfo()
	info.FreeSpace = capacity
	info.MaxFileSize = capacity
	return nil
}

// SetDatastoresReadable makes the datastores unreadable, for the site and for
// everyone else, or readable again.
func (v *VCenter) SetDatastoresReadable(readable bool) error {
	if err := v.store.SetReadable(readable); err != nil {
		return err
	}
	for _, entity := range v.context.Map.All("Datastore") {
		datastore := entity.(*simulator.Datastore)
		ctx := v.internalContext()
		ctx.WithLock(datastore, func() {
			mounts := make([]types.DatastoreHostMount, len(datastore.Host))
			for i, mount := range datastore.Host {
				mount.MountInfo.Accessible = types.NewBool(readable)
				mounts[i] = mount
			}
			ctx.Update(datastore, []types.PropertyChange{
				{Name: "summary.accessible", Val: readable},
				{Name: "host", Val: mounts},
			})
		})
	}
	return nil
}

// Count is how many machines of a kind the site has.
type Count struct {
	Machines  int `json:"machines"`   // templates not counted
	PoweredOn int `json:"powered_on"` // of the machines
	Templates int `json:"templates"`
	Hosts     int `json:"hosts"`
}

// Count counts what stands at the site.
func (v *VCenter) Count() Count {
	count := Count{Hosts: len(v.cluster().Host)}
	for _, entity := range v.context.Map.All("VirtualMachine") {
		vm := entity.(*simulator.VirtualMachine)
		v.internalContext().WithLock(vm, func() { count.add(&vm.VirtualMachine) })
	}
	return count
}

func (c *Count) add(vm *mo.VirtualMachine) {
	switch {
	case vm.Config == nil:
	case vm.Config.Template:
		c.Templates++
	default:
		c.Machines++
		if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			c.PoweredOn++
		}
	}
}
