package vcenter

import (
	"slices"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// permissions keeps roles and permissions as a vCenter does. Nobody enforces
// them: every login may do everything.
type permissions struct {
	*simulator.AuthorizationManager
}

// AddAuthorizationRole answers with the new role's id. The stock manager leaves
// it out, so that a client takes every role for the first one.
func (p *permissions) AddAuthorizationRole(req *types.AddAuthorizationRole) soap.HasFault {
	body := p.AuthorizationManager.AddAuthorizationRole(req).(*methods.AddAuthorizationRoleBody)
	if body.Res != nil {
		body.Res.Returnval = object.AuthorizationRoleList(p.RoleList).ByName(req.Name).RoleId
	}
	return body
}

// SetEntityPermissions adds to what others may do with the object, or changes
// what the same user may. The stock manager forgets all others.
func (p *permissions) SetEntityPermissions(ctx *simulator.Context, req *types.SetEntityPermissions) soap.HasFault {
	held := p.RetrieveEntityPermissions(ctx, &types.RetrieveEntityPermissions{Entity: req.Entity})
	merged := slices.Clone(held.(*methods.RetrieveEntityPermissionsBody).Res.Returnval)
	for _, given := range req.Permission {
		merged = slices.DeleteFunc(merged, func(earlier types.Permission) bool {
			return earlier.Group == given.Group && strings.EqualFold(earlier.Principal, given.Principal)
		})
		given.Entity = &req.Entity
		merged = append(merged, given)
	}
	return p.AuthorizationManager.SetEntityPermissions(&types.SetEntityPermissions{
		This: req.This, Entity: req.Entity, Permission: merged,
	})
}
