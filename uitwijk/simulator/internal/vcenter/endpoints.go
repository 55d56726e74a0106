package vcenter

// Importing an endpoint adds it to the site. Versions of the provider differ in
// what they ask a vCenter for besides its inventory, at login already.
import (
	_ "github.com/vmware/govmomi/lookup/simulator"         // where the other services are
	_ "github.com/vmware/govmomi/pbm/simulator"            // storage policies
	_ "github.com/vmware/govmomi/ssoadmin/simulator"       // users
	_ "github.com/vmware/govmomi/sts/simulator"            // tokens, which the site does not accept
	_ "github.com/vmware/govmomi/vapi/cis/tasks/simulator" // tasks by REST
	_ "github.com/vmware/govmomi/vapi/cluster/simulator"   // modules of a cluster
	_ "github.com/vmware/govmomi/vapi/simulator"           // REST with tags
	_ "github.com/vmware/govmomi/vsan/simulator"           // vSAN, which the site does not have
)
