package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"

	"uitwijk/simulator/internal/inventory"
	"uitwijk/simulator/internal/storage"
)

type deaf struct{}

func (deaf) Power(string, string, string) {}
func (deaf) Created(string, string)       {}
func (deaf) Reconfigured(string, string)  {}
func (deaf) Destroyed(string, string)     {}

func newVCenter(t *testing.T) *VCenter {
	t.Helper()
	site := &inventory.Site{
		Site: "bolsward", Datacenter: "bolsward", Cluster: "bolsward",
		Hosts:      []inventory.Host{{Name: "h1", Cores: 8, MHz: 2000, MemoryGiB: 64, CPUGeneration: "intel-icelake"}},
		Datastores: []inventory.Datastore{{Name: "local", CapacityGiB: 100}},
		Networks:   []inventory.Network{{Name: "servers", VLAN: 7}},
		Templates: []inventory.Template{
			{Name: "debian-12", GuestID: "debian12_64Guest", VCPUs: 1, MemoryGiB: 2, DiskGiB: 20, ContentID: "x"},
		},
	}
	store, err := storage.Open(t.TempDir(), site.Datastores)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	v, err := New(Config{Site: site, Store: store, Recorder: deaf{}, Address: "127.0.0.1:0", User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAWholeObjectReadsLikeTheSimulatorsOwnAnswer(t *testing.T) {
	v := newVCenter(t)
	login := *v.context.Session
	login.UserName = "u"
	ctx := &simulator.Context{Context: t.Context(), Session: &login, Map: v.context.Map}
	compared := 0
	for _, entity := range v.context.Map.All("") {
		ref := entity.Reference()
		specs := []types.PropertyFilterSpec{{
			ObjectSet: []types.ObjectSpec{{Obj: ref, Skip: types.NewBool(false)}},
			PropSet:   []types.PropertySpec{{Type: ref.Type, All: types.NewBool(true)}},
		}}
		p := &collector{}
		own, quick := p.RetrieveProperties(ctx, &types.RetrieveProperties{SpecSet: specs}).(*wholeBody)
		if !quick {
			t.Errorf("%s is not read quickly", ref)
			continue
		}
		stock := p.PropertyCollector.RetrieveProperties(ctx, &types.RetrieveProperties{SpecSet: specs})
		expected, err := xml.Marshal(struct {
			XMLName xml.Name `xml:"returnval"`
			types.ObjectContent
		}{ObjectContent: stock.(*methods.RetrievePropertiesBody).Res.Returnval[0]})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(own.Res.Text); got != string(expected) {
			t.Errorf("%s:\n%s\nexpected\n%s", ref, got, expected)
		}
		compared++
	}
	if compared < 10 {
		t.Errorf("only %d objects were compared", compared)
	}
}
