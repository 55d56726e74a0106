package main

import (
	"context"
	"net/url"
	"reflect"
	"testing"
	"unsafe"

	"github.com/hashicorp/terraform-provider-vsphere/vsphere"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
)

// configured has logged in to a vCenter, and keeps what the Terraform provider keeps after that.
type configured struct {
	shim.Provider
	meta any
}

func (configured) Configure(context.Context, shim.ResourceConfig) error { return nil }

func (c configured) Meta(context.Context) any { return c.meta }

func TestConnectionsStayOpenForAllThatChangesSideBySide(t *testing.T) {
	client := &govmomi.Client{Client: &vim25.Client{Client: soap.NewClient(&url.URL{Host: "vcenter"}, false)}}
	meta := new(vsphere.VSphereClient)
	field := reflect.ValueOf(meta).Elem().FieldByName("vimClient")
	reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Set(reflect.ValueOf(client))
	if err := (connected{configured{meta: meta}}).Configure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if kept := client.DefaultTransport().MaxIdleConnsPerHost; kept != atRest {
		t.Errorf("%d connections stay open, not %d", kept, atRest)
	}
}

func TestAnotherKindOfMetaIsLeftAlone(t *testing.T) {
	for _, meta := range []any{nil, 1, new(int), struct{}{}, &struct{ vimClient int }{}} {
		if err := (connected{configured{meta: meta}}).Configure(t.Context(), nil); err != nil {
			t.Errorf("%v: %v", meta, err)
		}
	}
}
