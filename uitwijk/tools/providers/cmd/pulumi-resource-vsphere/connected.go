package main

import (
	"context"
	"reflect"

	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	"github.com/vmware/govmomi"
)

// atRest is how many connections to a vCenter stay open while no request needs them: as many as resources change side
// by side (`pulumi up --parallel 32`). The client's own limit is two, so that nearly every request had to begin with a
// TLS handshake: a fifth of the provider's work in a failover, and more of a vCenter's.
const atRest = 32

// connected keeps the connections of the vSphere client.
type connected struct{ shim.Provider }

func (c connected) Configure(ctx context.Context, config shim.ResourceConfig) error {
	if err := c.Provider.Configure(ctx, config); err != nil {
		return err
	}
	if client := clientOf(c.Meta(ctx)); client != nil {
		client.DefaultTransport().MaxIdleConnsPerHost = atRest
	}
	return nil
}

// clientOf finds the client in what the Terraform provider keeps after its configuration, which it shows to nobody.
func clientOf(meta any) *govmomi.Client {
	value := reflect.ValueOf(meta)
	if value.Kind() != reflect.Pointer || value.Elem().Kind() != reflect.Struct {
		return nil
	}
	field := value.Elem().FieldByName("vimClient")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*govmomi.Client]() {
		return nil
	}
	return (*govmomi.Client)(field.UnsafePointer())
}
