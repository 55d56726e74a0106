package vcenter

import (
	"bytes"
	"path"
	"reflect"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// The provider reads whole machines, dozens of times for each that it makes.
// The simulator copies what it reads by writing and parsing XML and then writes
// the copy as XML; here it is written once, while the object is locked.

// wholeBody is the answer to RetrieveProperties as XML text.
type wholeBody struct {
	Res *wholeResponse `xml:"RetrievePropertiesResponse"`
}

type wholeResponse struct {
	Text []byte `xml:",innerxml"`
}

// Fault makes wholeBody an answer.
func (*wholeBody) Fault() *soap.Fault { return nil }

// RetrieveProperties reads one whole object quickly and leaves every other
// request to the simulator.
func (p *collector) RetrieveProperties(ctx *simulator.Context, r *types.RetrieveProperties) soap.HasFault {
	ref, whole := wholeObject(r.SpecSet)
	object := ctx.Map.Get(ref)
	if !whole || object == nil || ctx.Session == nil || ctx.Session.UserName == "" { // in-process callers want values
		return p.PropertyCollector.RetrieveProperties(ctx, r)
	}
	var text bytes.Buffer
	var err error
	ctx.WithLock(ref, func() {
		content := types.ObjectContent{Obj: ref, PropSet: allProperties(managed(object), nil)}
		err = xml.NewEncoder(&text).EncodeElement(content, xml.StartElement{Name: xml.Name{Local: "returnval"}})
	})
	if err != nil {
		return p.PropertyCollector.RetrieveProperties(ctx, r)
	}
	return &wholeBody{Res: &wholeResponse{Text: text.Bytes()}}
}

// wholeObject tells whether all properties of one object of the inventory are
// asked for, and of which.
func wholeObject(specs []types.PropertyFilterSpec) (ref types.ManagedObjectReference, whole bool) {
	if len(specs) != 1 || len(specs[0].ObjectSet) != 1 || len(specs[0].PropSet) != 1 {
		return ref, false
	}
	object, properties := specs[0].ObjectSet[0], specs[0].PropSet[0]
	ref = object.Obj
	switch ref.Type {
	case "VirtualMachine", "HostSystem", "ClusterComputeResource", "ResourcePool", "Datastore", "Network", "Folder",
		"Datacenter", "EnvironmentBrowser":
	default:
		return ref, false
	}
	return ref, len(object.SelectSet) == 0 && !isTrue(object.Skip) && properties.Type == ref.Type && isTrue(properties.All)
}

func isTrue(value *bool) bool { return value != nil && *value }

// managed is the part of an object that clients see: the first embedded
// structure that the API defines.
func managed(object mo.Reference) reflect.Value {
	value := reflect.ValueOf(object).Elem()
	for path.Base(value.Type().PkgPath()) != "mo" {
		value = reflect.Indirect(value.Field(0))
	}
	return value
}

// allProperties lists the properties of a managed object that are set.
func allProperties(object reflect.Value, found []types.DynamicProperty) []types.DynamicProperty {
	for i := range object.NumField() {
		field, value := object.Type().Field(i), object.Field(i)
		switch {
		case field.Name == "Self", unset(value):
		case field.Anonymous:
			found = allProperties(value, found)
		default:
			name := strings.ToLower(field.Name[:1]) + field.Name[1:]
			found = append(found, types.DynamicProperty{Name: name, Val: wire(reflect.Indirect(value))})
		}
	}
	return found
}

func unset(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		return value.IsNil()
	case reflect.String:
		return value.Len() == 0
	}
	return false
}

// arrayNames are what the API calls arrays of basic types.
var arrayNames = map[reflect.Type]string{
	reflect.TypeFor[string](): "String",
	reflect.TypeFor[uint8]():  "Byte",
	reflect.TypeFor[int16]():  "Short",
	reflect.TypeFor[int32]():  "Int",
	reflect.TypeFor[int64]():  "Long",
}

// wire is a property's value as the API sends it: a list becomes an array type.
func wire(value reflect.Value) types.AnyType {
	if value.Kind() != reflect.Slice {
		return value.Interface()
	}
	name, basic := arrayNames[value.Type().Elem()]
	if !basic {
		name = strings.TrimPrefix(value.Type().Elem().Name(), "Base")
	}
	kind, known := types.TypeFunc()("ArrayOf" + name)
	if !known {
		return value.Interface()
	}
	array := reflect.New(kind)
	array.Elem().FieldByName(name).Set(value)
	return array.Interface()
}
