package main

import (
	"context"
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestInputsThatTheOlderProviderRefusesAreDroppedAtEveryDepth(t *testing.T) {
	inputs := resource.NewPropertyMapFromMap(map[string]any{
		"name":              "harlingen-web-1",
		"vtpm":              map[string]any{"version": "2.0"},
		"networkInterfaces": []any{map[string]any{"networkId": "network-7", "physicalFunction": "0000:3b:00.0"}},
		"clone": map[string]any{
			"templateUuid":      "4214",
			"customizationSpec": map[string]any{"id": "linux"},
			"customize":         map[string]any{"linuxOptions": map[string]any{"hostName": "web-1", "scriptText": "true"}},
		},
	})
	inputs["clone"] = resource.MakeSecret(inputs["clone"])

	got, err := dropping(newerMachineInputs)(context.Background(), inputs, nil)
	if err != nil {
		t.Fatal(err)
	}

	want := resource.NewPropertyMapFromMap(map[string]any{
		"name":              "harlingen-web-1",
		"networkInterfaces": []any{map[string]any{"networkId": "network-7"}},
		"clone": map[string]any{
			"templateUuid": "4214",
			"customize":    map[string]any{"linuxOptions": map[string]any{"hostName": "web-1"}},
		},
	})
	want["clone"] = resource.MakeSecret(want["clone"])
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestInputsNotKnownYetPass(t *testing.T) {
	inputs := resource.PropertyMap{"clone": resource.MakeComputed(resource.NewStringProperty(""))}
	got, err := dropping(newerMachineInputs)(context.Background(), inputs, nil)
	if err != nil || !got["clone"].IsComputed() {
		t.Errorf("got %v, %v", got, err)
	}
}
