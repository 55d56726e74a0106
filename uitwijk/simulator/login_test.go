package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

func TestTheUserMayLogInWithAndWithoutDomain(t *testing.T) {
	site := startSite(t)

	for _, name := range []string{"uitwijk", "uitwijk@vsphere.local"} {
		client, err := site.login(name, password)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := rest.NewClient(client.Client).Login(t.Context(), url.UserPassword(name, password)); err != nil {
			t.Errorf("%s by REST: %v", name, err)
		}
	}
}

func TestAWrongPasswordOrUserIsRefused(t *testing.T) {
	site := startSite(t)
	client := site.client(t)

	for name, secret := range map[string]string{"uitwijk": "wrong", "somebody": password, "uitwijk@elsewhere": password} {
		if _, err := site.login(name, secret); err == nil || !strings.Contains(err.Error(), "Login failure") {
			t.Errorf("%s: got %v", name, err)
		}
		if err := rest.NewClient(client.Client).Login(t.Context(), url.UserPassword(name, secret)); err == nil {
			t.Errorf("%s was let in by REST", name)
		}
	}
}

func TestNothingIsReadOrChangedWithoutALogin(t *testing.T) {
	site := startSite(t)
	address := must(url.Parse(site.URL))(t)
	transport := soap.NewClient(address, false)
	if err := transport.SetRootCAs(site.CA); err != nil {
		t.Fatal(err)
	}
	client := must(vim25.NewClient(context.Background(), transport))(t)

	_, err := methods.CreateFolder(t.Context(), client, &types.CreateFolder{This: client.ServiceContent.RootFolder, Name: "x"})

	if err == nil || !strings.Contains(err.Error(), "NotAuthenticated") {
		t.Errorf("SOAP: got %v", err)
	}
	for _, path := range []string{"/rest/com/vmware/cis/tagging/tag", "/folder/x?dcPath=bolsward-dc&dsName=local"} {
		if status := fetch(t, site, path); status != http.StatusUnauthorized {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

func fetch(t *testing.T, site *running, path string) int {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(must(os.ReadFile(site.CA))(t))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	response := must(client.Get("https://" + site.Server + path))(t)
	response.Body.Close()
	return response.StatusCode
}

func TestTLSIsNotTrustedWithoutTheSitesAuthority(t *testing.T) {
	site := startSite(t)

	_, err := http.Get("https://" + site.Server + "/about")

	if err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
		t.Errorf("got %v", err)
	}
}
