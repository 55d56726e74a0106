// pulumi-resource-random serves the resources of the Python package pulumi-random by bridging
// terraform-provider-random, where the official plugin is not installed.
package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
	"github.com/terraform-providers/terraform-provider-random/random"
)

// version is the release of pulumi-random whose tokens are served.
const version = "4.21.4"

// The engine never asks for the real schema, which belongs to the Python package; this one is named and numbered only.
const schemaJSON = `{"name": "random", "version": "` + version + `"}`

func main() {
	provider := tfbridge.ProviderInfo{
		P:            shim.NewProvider(random.Provider().(*schema.Provider)),
		Name:         "random",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
	}
	provider.MustComputeTokens(tokens.SingleModule("random_", "index", randomToken))
	tfbridge.Main("random", version, provider, []byte(schemaJSON))
}

// randomToken names a resource as pulumi-random does: random_password is RandomPassword.
func randomToken(module, name string) (string, error) {
	return tokens.MakeStandard("random")(module, "Random"+name)
}
