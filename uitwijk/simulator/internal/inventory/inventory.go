// Package inventory reads and checks the JSON file that says what stands at
// one site: its datacenter, cluster, hosts, datastores, networks and golden
// templates.
package inventory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
)

// Site is everything that stands at one site.
type Site struct {
	Site       string
	Datacenter string
	Cluster    string
	Hosts      []Host
	Datastores []Datastore
	Networks   []Network
	Templates  []Template
}

// Host is one hypervisor host of the site's cluster.
type Host struct {
	Name          string `json:"name"`
	Cores         int    `json:"cores"`
	MHz           int    `json:"mhz"`            // of one core
	MemoryGiB     int    `json:"memory_gib"`     // GiB
	CPUGeneration string `json:"cpu_generation"` // for example intel-cascadelake
}

// Datastore is a folder that every host of the cluster sees.
type Datastore struct {
	Name        string `json:"name"`
	CapacityGiB int    `json:"capacity_gib"` // GiB
	Replicated  bool   `json:"replicated"`   // its files outlive the simulator
}

// Network is a port group that every host of the cluster carries.
type Network struct {
	Name string `json:"name"`
	VLAN int    `json:"vlan"` // 0 means untagged
}

// Template is a golden template: a powered-off machine with one thin disk.
type Template struct {
	Name      string `json:"name"`
	GuestID   string `json:"guest_id"`
	VCPUs     int    `json:"vcpus"`
	MemoryGiB int    `json:"memory_gib"` // GiB
	DiskGiB   int    `json:"disk_gib"`   // GiB
	ContentID string `json:"content_id"` // says which build of the template this is
}

// TemplateDatastore holds the templates and, by convention, the machines.
const TemplateDatastore = "local"

// document is the file's shape; list items stay raw so that an error can name theirs.
type document struct {
	Site       string            `json:"site"`
	Datacenter string            `json:"datacenter"`
	Cluster    string            `json:"cluster"`
	Hosts      []json.RawMessage `json:"hosts"`
	Datastores []json.RawMessage `json:"datastores"`
	Networks   []json.RawMessage `json:"networks"`
	Templates  []json.RawMessage `json:"templates"`
}

// Load reads and checks the inventory in the named file. Every error is one
// line that names the file and the place in it.
func Load(file string) (*Site, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the inventory: %w", err)
	}
	site, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return site, nil
}

// Parse reads and checks an inventory. Every error is one line that names the
// place.
func Parse(data []byte) (*Site, error) {
	var doc document
	if err := strict(data, &doc); err != nil {
		return nil, err
	}
	site := &Site{Site: doc.Site, Datacenter: doc.Datacenter, Cluster: doc.Cluster}
	if err := errors.Join(
		items("hosts", doc.Hosts, &site.Hosts),
		items("datastores", doc.Datastores, &site.Datastores),
		items("networks", doc.Networks, &site.Networks),
		items("templates", doc.Templates, &site.Templates),
	); err != nil {
		return nil, firstLine(err)
	}
	if err := site.check(); err != nil {
		return nil, err
	}
	return site, nil
}

func items[T any](list string, raw []json.RawMessage, into *[]T) error {
	for i, data := range raw {
		var item T
		if err := strict(data, &item); err != nil {
			return fmt.Errorf("%s[%d]: %w", list, i, err)
		}
		*into = append(*into, item)
	}
	return nil
}

// strict decodes one JSON value and refuses unknown keys and anything after it.
func strict(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil && dec.More() {
		return errors.New("text after the JSON value")
	}
	return readable(err, data, into)
}

// readable turns an error of encoding/json into one that names place and remedy.
func readable(err error, data []byte, example any) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		return fmt.Errorf("line %d: not JSON: %w", line, err)
	case errors.As(err, &kind):
		if kind.Field == "" {
			return fmt.Errorf("expected an object, found a %s", kind.Value)
		}
		return fmt.Errorf("%s: expected %s, found %s", kind.Field, kind.Type, kind.Value)
	}
	if key, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		return fmt.Errorf("unknown key %s (allowed: %s)", key, strings.Join(keys(example), ", "))
	}
	return fmt.Errorf("not JSON: %w", err)
}

func keys(example any) []string {
	data, _ := json.Marshal(example)
	var object map[string]json.RawMessage
	_ = json.Unmarshal(data, &object)
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func firstLine(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(line)
}
