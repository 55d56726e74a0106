// pulumi-resource-vsphere serves the resources of the Python package pulumi-vsphere by bridging
// terraform-provider-vsphere 1.26.0, the newest release published as a Go module, where the official plugin is not installed.
package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/hashicorp/terraform-provider-vsphere/vsphere"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
)

// version is the release of pulumi-vsphere whose tokens are served.
const version = "4.17.0"

// The engine never asks for the real schema, which belongs to the Python package; this one is named and numbered only.
const schemaJSON = `{"name": "vsphere", "version": "` + version + `"}`

func main() {
	provider := tfbridge.ProviderInfo{
		P:            quiet{connected{shim.NewProvider(vsphere.Provider().(*schema.Provider))}},
		Name:         "vsphere",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
	}
	provider.MustComputeTokens(tokens.SingleModule("vsphere_", "index", tokens.MakeStandard("vsphere")))
	provider.Resources["vsphere_virtual_machine"].PreCheckCallback = dropping(newerMachineInputs)
	provider.Resources["vsphere_resource_pool"].PreCheckCallback = dropping(newerPoolInputs)
	tfbridge.Main("vsphere", version, provider, []byte(schemaJSON))
}
