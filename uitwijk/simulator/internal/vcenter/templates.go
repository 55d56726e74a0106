package vcenter

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"

	"uitwijk/simulator/internal/inventory"
)

const templateFolder = "templates"

// addTemplates makes the golden templates. The annotation "content: ID" says
// which build each is.
func (v *VCenter) addTemplates(ctx context.Context, client *vim25.Client, folder *object.Folder) error {
	if len(v.site.Templates) == 0 {
		return nil
	}
	templates, err := folder.CreateFolder(ctx, templateFolder)
	if err != nil {
		return err
	}
	pool := object.NewResourcePool(client, *v.cluster().ResourcePool)
	for _, t := range v.site.Templates {
		spec, err := templateSpec(v.site.Site, t)
		if err != nil {
			return err
		}
		task, err := templates.CreateVM(ctx, spec, pool, nil)
		if err != nil {
			return err
		}
		made, err := task.WaitForResult(ctx)
		if err != nil {
			return fmt.Errorf("template %s: %w", t.Name, err)
		}
		vm := object.NewVirtualMachine(client, made.Result.(types.ManagedObjectReference))
		if err := vm.MarkAsTemplate(ctx); err != nil {
			return err
		}
	}
	return nil
}

func templateSpec(site string, t inventory.Template) (types.VirtualMachineConfigSpec, error) {
	// The same at every start, so that a plan made before a restart still fits.
	id := uuid.NewSHA1(uuid.NameSpaceOID, []byte(site+"/"+templateFolder+"/"+t.Name)).String()
	spec := types.VirtualMachineConfigSpec{
		Name:         t.Name,
		Uuid:         id,
		InstanceUuid: id,
		GuestId:      t.GuestID,
		NumCPUs:      int32(t.VCPUs),
		MemoryMB:     int64(t.MemoryGiB) * 1024,
		Annotation:   "content: " + t.ContentID,
		Files:        &types.VirtualMachineFileInfo{VmPathName: fmt.Sprintf("[%s]", inventory.TemplateDatastore)},
	}
	var devices object.VirtualDeviceList
	controller, err := devices.CreateSCSIController("pvscsi")
	if err != nil {
		return spec, err
	}
	disk := devices.CreateDisk(controller.(types.BaseVirtualController), types.ManagedObjectReference{}, "")
	disk.CapacityInKB = int64(t.DiskGiB) * gib / 1024
	spec.DeviceChange, err = object.VirtualDeviceList{controller, disk}.ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd)
	return spec, err
}
