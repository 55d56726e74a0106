package vcenter

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// The simulator's own search of a datastore ends the whole process when a file
// goes away between the listing of its folder and the look at it, as it does
// when a replica is written anew meanwhile. So the desk searches.

// SearchDatastoreTask lists a folder of a datastore.
func (d *desk) SearchDatastoreTask(ctx *simulator.Context, r *types.SearchDatastore_Task) soap.HasFault {
	body := new(methods.SearchDatastore_TaskBody)
	task, fault := search(ctx, "searchDatastoreTask", r.This, r.DatastorePath, r.SearchSpec, false)
	if fault != nil {
		body.Fault_ = fault
	} else {
		body.Res = &types.SearchDatastore_TaskResponse{Returnval: task.Run(ctx)}
	}
	return body
}

// SearchDatastoreSubFoldersTask lists a folder of a datastore and all below it.
func (d *desk) SearchDatastoreSubFoldersTask(ctx *simulator.Context, r *types.SearchDatastoreSubFolders_Task) soap.HasFault {
	body := new(methods.SearchDatastoreSubFolders_TaskBody)
	task, fault := search(ctx, "searchDatastoreSubFoldersTask", r.This, r.DatastorePath, r.SearchSpec, true)
	if fault != nil {
		body.Fault_ = fault
	} else {
		body.Res = &types.SearchDatastoreSubFolders_TaskResponse{Returnval: task.Run(ctx)}
	}
	return body
}

// search is the task that looks for files by way of a datastore browser.
func search(ctx *simulator.Context, name string, ref types.ManagedObjectReference, where string,
	spec *types.HostDatastoreBrowserSearchSpec, below bool) (*simulator.Task, *soap.Fault) {
	browser, ok := ctx.Map.Get(ref).(*simulator.HostDatastoreBrowser)
	if !ok {
		return nil, gone(ref)
	}
	if spec == nil {
		spec = new(types.HostDatastoreBrowserSearchSpec)
	}
	return simulator.CreateTask(browser, name, func(task *simulator.Task) (types.AnyType, types.BaseMethodFault) {
		var at object.DatastorePath
		if !at.FromString(where) {
			return nil, &types.InvalidDatastorePath{DatastorePath: where}
		}
		datastore, ok := ctx.Map.FindByName(at.Datastore, browser.Datastore).(*simulator.Datastore)
		if !ok {
			return nil, &types.InvalidDatastore{Name: at.Datastore}
		}
		ctx.WithLock(task, func() {
			task.Info.Entity = &datastore.Self
			task.Info.EntityName = datastore.Name
		})
		s := searching{ctx: ctx, spec: spec, datastore: &datastore.Self, below: below}
		if err := s.folder(where, filepath.Join(datastore.Info.GetDatastoreInfo().Url, at.Path)); err != nil {
			return nil, &types.FileNotFound{FileFault: types.FileFault{File: where}}
		}
		if below {
			return types.ArrayOfHostDatastoreBrowserSearchResults{HostDatastoreBrowserSearchResults: s.found}, nil
		}
		return s.found[0], nil
	}), nil
}

type searching struct {
	ctx       *simulator.Context
	spec      *types.HostDatastoreBrowserSearchSpec
	datastore *types.ManagedObjectReference
	below     bool
	found     []types.HostDatastoreBrowserSearchResults
}

// folder adds what a folder holds, and then what the folders in it hold.
func (s *searching) folder(shown, folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	result := types.HostDatastoreBrowserSearchResults{Datastore: s.datastore, FolderPath: shown}
	var folders []string
	for _, entry := range entries {
		file, err := entry.Info()
		if err != nil { // it has gone away since
			continue
		}
		if s.wanted(file) {
			result.File = append(result.File, s.described(shown, file))
		}
		if s.below && file.IsDir() {
			folders = append(folders, file.Name())
		}
	}
	s.found = append(s.found, result)
	for _, name := range folders {
		_ = s.folder(path.Join(shown, name), filepath.Join(folder, name)) // one that has gone away holds nothing
	}
	return nil
}

func (s *searching) wanted(file fs.FileInfo) bool {
	named := len(s.spec.MatchPattern) == 0
	for _, pattern := range s.spec.MatchPattern {
		matches, _ := path.Match(pattern, file.Name())
		named = named || matches
	}
	asked := len(s.spec.Query) == 0
	for _, query := range s.spec.Query {
		asked = asked || answers(query, file)
	}
	return named && asked
}

// answers tells whether a file is of the kind that a query asks for.
func answers(query types.BaseFileQuery, file fs.FileInfo) bool {
	name := file.Name()
	switch query.(type) {
	case *types.FileQuery:
		return true
	case *types.FolderFileQuery:
		return file.IsDir()
	case *types.VmDiskFileQuery:
		return path.Ext(name) == ".vmdk" && !strings.HasSuffix(name, "-flat.vmdk")
	case *types.VmLogFileQuery:
		return path.Ext(name) == ".log" && strings.HasPrefix(name, "vmware")
	case *types.VmConfigFileQuery:
		return path.Ext(name) == ".vmx"
	case *types.VmNvramFileQuery:
		return path.Ext(name) == ".nvram"
	case *types.VmSnapshotFileQuery:
		return path.Ext(name) == ".vmsn"
	case *types.FloppyImageFileQuery:
		return path.Ext(name) == ".img"
	case *types.IsoImageFileQuery:
		return path.Ext(name) == ".iso"
	}
	return false
}

// described is what is told of a file: as much as was asked for, and of a disk
// its capacity, for a VirtualDisk's size to read back.
func (s *searching) described(folder string, file fs.FileInfo) types.BaseFileInfo {
	details := s.spec.Details
	if details == nil {
		details = new(types.FileQueryFlags)
	}
	info := types.FileInfo{Path: file.Name()}
	if details.FileSize {
		info.FileSize = file.Size()
	}
	if details.Modification {
		written := file.ModTime()
		info.Modification = &written
	}
	switch {
	case file.IsDir():
		return &types.FolderFileInfo{FileInfo: info}
	case !details.FileType:
		return &info
	}
	switch path.Ext(file.Name()) {
	case ".vmdk":
		return &types.VmDiskFileInfo{FileInfo: info, CapacityKb: capacityKiB(s.ctx, path.Join(folder, file.Name()))}
	case ".vmx":
		return &types.VmConfigFileInfo{FileInfo: info}
	case ".nvram":
		return &types.VmNvramFileInfo{FileInfo: info}
	case ".log":
		return &types.VmLogFileInfo{FileInfo: info}
	case ".img":
		return &types.FloppyImageFileInfo{FileInfo: info}
	case ".iso":
		return &types.IsoImageFileInfo{FileInfo: info}
	}
	return &info
}
