package main

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Inputs that pulumi-vsphere 4.17.0 offers and terraform-provider-vsphere 1.26.0 refuses ("invalid or unknown key").
// A dot leads into an object, or into every item of a list of objects.
var (
	newerMachineInputs = []string{
		"evcMode",
		"extraConfigRebootRequired",
		"memoryReservationLockedToMax",
		"numCoresPerNumaNode",
		"nvmeControllerCount",
		"replaceTrigger",
		"syncTimeWithHostPeriodically",
		"toolsUpgradePolicy",
		"vbsEnabled",
		"videoCard",
		"vtpm",
		"vvtdEnabled",
		"networkInterfaces.externalPortId",
		"networkInterfaces.physicalFunction",
		"clone.customizationSpec",
		"clone.customize.linuxOptions.scriptText",
		"clone.customize.windowsOptions.domainOu",
	}
	newerPoolInputs = []string{"scaleDescendantsShares"}
)

// dropping makes a callback that removes the inputs at the given paths before the provider checks them.
// A machine then runs without that setting, as it would under the older provider: no value is reinterpreted.
func dropping(paths []string) tfbridge.PreCheckCallback {
	return func(_ context.Context, inputs, _ resource.PropertyMap) (resource.PropertyMap, error) {
		for _, path := range paths {
			drop(resource.NewObjectProperty(inputs), strings.Split(path, "."))
		}
		return inputs, nil
	}
}

// drop removes one path below value. Values that are not known yet hold nothing to remove.
func drop(value resource.PropertyValue, path []string) {
	switch {
	case value.IsSecret():
		drop(value.SecretValue().Element, path)
	case value.IsOutput():
		drop(value.OutputValue().Element, path)
	case value.IsArray():
		for _, item := range value.ArrayValue() {
			drop(item, path)
		}
	case value.IsObject():
		key := resource.PropertyKey(path[0])
		if len(path) == 1 {
			delete(value.ObjectValue(), key)
		} else if inner, ok := value.ObjectValue()[key]; ok {
			drop(inner, path[1:])
		}
	}
}
