package inventory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = `{"site": "bolsward", "datacenter": "bolsward", "cluster": "bolsward",
 "hosts": [{"name": "host-1", "cores": 32, "mhz": 2600, "memory_gib": 512, "cpu_generation": "intel-cascadelake"}],
 "datastores": [{"name": "local", "capacity_gib": 20000, "replicated": false}],
 "networks": [{"name": "harlingen-servers", "vlan": 1101}],
 "templates": [{"name": "debian-12", "guest_id": "debian12_64Guest", "vcpus": 1, "memory_gib": 2, "disk_gib": 20, "content_id": "x"}]}`

func TestAnInventoryIsReadAsItStands(t *testing.T) {
	site, err := Parse([]byte(good))

	if err != nil {
		t.Fatal(err)
	}
	if site.Hosts[0] != (Host{"host-1", 32, 2600, 512, "intel-cascadelake"}) {
		t.Errorf("host: %+v", site.Hosts[0])
	}
	if site.Networks[0] != (Network{"harlingen-servers", 1101}) {
		t.Errorf("network: %+v", site.Networks[0])
	}
}

func TestNonsenseIsRefusedInOneLineThatNamesThePlace(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says string }{
		"unknown key":         {`"cluster":`, `"klaster":`, `unknown key "klaster" (allowed: `},
		"unknown key in list": {`"cores": 32`, `"cpus": 32`, `hosts[0]: unknown key "cpus" (allowed: cores, `},
		"wrong type":          {`"vlan": 1101`, `"vlan": "1101"`, `networks[0]: vlan: expected int, found string`},
		"list item no object": {`[{"name": "harlingen-servers", "vlan": 1101}]`, `[7]`, `networks[0]: expected an object, found a number`},
		"not JSON":            {`"vlan": 1101`, `"vlan": `, `line 4: not JSON`},
		"text afterwards":     {`"content_id": "x"}]}`, `"content_id": "x"}]} {}`, `text after the JSON value`},
		"no host":             {`"hosts": [`, `"hosts": [], "networks": [`, `hosts: at least one host is needed`},
		"zero cores":          {`"cores": 32`, `"cores": 0`, `hosts[0].cores: 0 is not between 1 and 1024`},
		"missing number":      {`"mhz": 2600, `, ``, `hosts[0].mhz: 0 is not between`},
		"path as a name":      {`"name": "local"`, `"name": "../etc"`, `datastores[0].name: "../etc" is no name`},
		"vlan too high":       {`1101`, `4095`, `networks[0].vlan: 4095 is not between 0 and 4094`},
		"unknown guest id":    {`debian12_64Guest`, `debian12`, `templates[0].guest_id: "debian12" is no vSphere guest id`},
		"no local datastore":  {`"name": "local"`, `"name": "fast"`, `templates: need a datastore "local"`},
		"twice": {`[{"name": "harlingen-servers", "vlan": 1101}]`, `[{"name": "a", "vlan": 1}, {"name": "a", "vlan": 2}]`,
			`networks[1].name: "a" is already networks[0]`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(strings.Replace(good, c.old, c.new, 1)))

			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, expected one line with %q", err, c.says)
			}
		})
	}
}

func TestAnErrorNamesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "site.json")
	if err := os.WriteFile(file, []byte(`{}`), 0o644); err != nil {
		t.Fatal(err)
	}

	_, err := Load(file)

	if err == nil || !strings.HasPrefix(err.Error(), file+": site: ") {
		t.Errorf("got %v", err)
	}
}
