package inventory

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// A name becomes part of inventory paths and, for datastores, of folder names.
var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$`)

// checker keeps the first thing found wrong; later findings are often only its consequences.
type checker struct{ err error }

func (c *checker) fail(place, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %s", place, fmt.Sprintf(format, args...))
	}
}

func (c *checker) name(place, value string) {
	if !validName.MatchString(value) {
		c.fail(place, "%q is no name (letters, digits, dot, dash and underscore; starts with a letter or digit)", value)
	}
}

func (c *checker) between(place string, value, low, high int) {
	if value < low || value > high {
		c.fail(place, "%d is not between %d and %d", value, low, high)
	}
}

func (c *checker) present(place, value string) {
	if value == "" {
		c.fail(place, "is missing")
	}
}

// unique returns a function that refuses a name which the list already has.
func (c *checker) unique(list string) func(index int, name string) {
	seen := map[string]int{}
	return func(index int, name string) {
		place := fmt.Sprintf("%s[%d].name", list, index)
		c.name(place, name)
		if first, found := seen[name]; found {
			c.fail(place, "%q is already %s[%d]", name, list, first)
		}
		seen[name] = index
	}
}

func (s *Site) check() error {
	c := &checker{}
	c.name("site", s.Site)
	c.name("datacenter", s.Datacenter)
	c.name("cluster", s.Cluster)
	if len(s.Hosts) == 0 {
		c.fail("hosts", "at least one host is needed")
	}
	if len(s.Datastores) == 0 {
		c.fail("datastores", "at least one datastore is needed")
	}
	s.checkHosts(c)
	s.checkStorageAndNetworks(c)
	s.checkTemplates(c)
	return c.err
}

func (s *Site) checkHosts(c *checker) {
	unique := c.unique("hosts")
	for i, h := range s.Hosts {
		place := fmt.Sprintf("hosts[%d].", i)
		unique(i, h.Name)
		c.between(place+"cores", h.Cores, 1, 1024)
		c.between(place+"mhz", h.MHz, 500, 10000)
		c.between(place+"memory_gib", h.MemoryGiB, 1, 65536)
		c.present(place+"cpu_generation", h.CPUGeneration)
	}
}

func (s *Site) checkStorageAndNetworks(c *checker) {
	unique := c.unique("datastores")
	for i, d := range s.Datastores {
		unique(i, d.Name)
		c.between(fmt.Sprintf("datastores[%d].capacity_gib", i), d.CapacityGiB, 1, 64<<20)
	}
	unique = c.unique("networks")
	for i, n := range s.Networks {
		unique(i, n.Name)
		c.between(fmt.Sprintf("networks[%d].vlan", i), n.VLAN, 0, 4094)
	}
}

func (s *Site) checkTemplates(c *checker) {
	local := func(d Datastore) bool { return d.Name == TemplateDatastore }
	if len(s.Templates) > 0 && !slices.ContainsFunc(s.Datastores, local) {
		c.fail("templates", "need a datastore %q", TemplateDatastore)
	}
	unique := c.unique("templates")
	for i, t := range s.Templates {
		place := fmt.Sprintf("templates[%d].", i)
		unique(i, t.Name)
		if !slices.Contains(simulator.GuestID, types.VirtualMachineGuestOsIdentifier(t.GuestID)) {
			c.fail(place+"guest_id", "%q is no vSphere guest id (for example debian12_64Guest)", t.GuestID)
		}
		c.between(place+"vcpus", t.VCPUs, 1, 768)
		c.between(place+"memory_gib", t.MemoryGiB, 1, 24576)
		c.between(place+"disk_gib", t.DiskGiB, 1, 63488)
		c.present(place+"content_id", t.ContentID)
	}
}
