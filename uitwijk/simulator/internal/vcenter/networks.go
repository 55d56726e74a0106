package vcenter

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	virtualSwitch  = "vSwitch0"
	defaultNetwork = "VM Network" // the simulator makes it; the inventory does not have it
)

// addNetworks makes each network a standard port group that every host
// carries. The API makes it on the first host; as the simulator takes the same
// port group on a second host for another network, the others are told directly.
func (v *VCenter) addNetworks(ctx context.Context, client *vim25.Client) error {
	hosts := v.hosts()
	system, err := object.NewHostSystem(client, hosts[0].Self).ConfigManager().NetworkSystem(ctx)
	if err != nil {
		return err
	}
	if err := system.RemovePortGroup(ctx, defaultNetwork); err != nil {
		return err
	}
	for _, network := range v.site.Networks {
		spec := types.HostPortGroupSpec{Name: network.Name, VlanId: int32(network.VLAN), VswitchName: virtualSwitch}
		if err := system.AddPortGroup(ctx, spec); err != nil {
			return err
		}
	}
	first := v.networkSystem(hosts[0]).NetworkInfo
	networks := slices.Clone(v.context.Map.Any("Datacenter").(*simulator.Datacenter).Network)
	for _, ref := range networks {
		v.context.Map.Get(ref).(*mo.Network).Host = slices.Clone(v.cluster().Host)
	}
	for _, host := range hosts {
		info := v.networkSystem(host).NetworkInfo
		info.Vswitch = slices.Clone(first.Vswitch)
		info.Portgroup = slices.Clone(first.Portgroup)
		host.Config.Network.Portgroup = info.Portgroup
		host.Network = slices.Clone(networks)
	}
	v.cluster().Network = networks
	return nil
}

func (v *VCenter) networkSystem(host *simulator.HostSystem) *simulator.HostNetworkSystem {
	return v.context.Map.Get(*host.ConfigManager.NetworkSystem).(*simulator.HostNetworkSystem)
}
