package vcenter

import (
	"reflect"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// fetchBody answers that a property is unset, to a call with which pyVmomi
// reads one property.
type fetchBody struct {
	Res *fetchResponse `xml:"FetchResponse"`
}

type fetchResponse struct {
	Returnval types.AnyType `xml:"returnval,omitempty,typeattr"`
}

// Fault makes fetchBody an answer.
func (*fetchBody) Fault() *soap.Fault { return nil }

// Fetch reads one property of one object. The simulator's own method answers
// with another call's response when the property is unset, which no client
// understands. The request's type is internal to the simulator.
func (p *collector) Fetch(ctx *simulator.Context, request any) soap.HasFault {
	method := reflect.ValueOf(&p.PropertyCollector).MethodByName("Fetch")
	answer := method.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(request)})[0].Interface().(soap.HasFault)
	if _, other := answer.(*methods.RetrievePropertiesExBody); other && answer.Fault() == nil {
		return &fetchBody{Res: new(fetchResponse)}
	}
	return answer
}
