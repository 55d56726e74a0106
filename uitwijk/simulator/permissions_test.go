package main

import (
	"slices"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"
)

func TestEachRoleThatIsMadeIsKnownByItsOwnID(t *testing.T) {
	w := startSite(t).workshop(t)
	manager := object.NewAuthorizationManager(w.client.Client)

	first := must(manager.AddRole(w.ctx, "deploys", []string{"VirtualMachine.Provisioning.DeployTemplate"}))(t)
	second := must(manager.AddRole(w.ctx, "browses", []string{"Datastore.Browse"}))(t)

	roles := must(manager.RoleList(w.ctx))(t)
	if name := roles.ById(first).Name; name != "deploys" {
		t.Errorf("%d is %s", first, name)
	}
	if role := roles.ById(second); role.Name != "browses" || !slices.Contains(role.Privilege, "Datastore.Browse") {
		t.Errorf("%d is %+v", second, role)
	}
}

func TestAPermissionTakesNothingFromOthersOnTheSameObject(t *testing.T) {
	w := startSite(t).workshop(t)
	manager := object.NewAuthorizationManager(w.client.Client)
	root := w.client.ServiceContent.RootFolder
	before := must(manager.RetrieveEntityPermissions(w.ctx, root, false))(t)
	grant := func(role int32) {
		given := []types.Permission{{Principal: `VSPHERE.LOCAL\uitwijk`, RoleId: role}}
		if err := manager.SetEntityPermissions(w.ctx, root, given); err != nil {
			t.Fatal(err)
		}
	}

	grant(-2)
	grant(-5)

	after := must(manager.RetrieveEntityPermissions(w.ctx, root, false))(t)
	if len(after) != len(before)+1 || after[len(before)].RoleId != -5 {
		t.Errorf("%+v after %+v", after, before)
	}
}
