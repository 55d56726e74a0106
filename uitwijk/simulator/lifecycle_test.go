package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fails runs a simulator that must not start and returns what it says.
func fails(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 {
		t.Errorf("it ended with %v", err)
	}
	if lines := strings.Count(stderr.String(), "\n"); lines != 1 {
		t.Errorf("%d lines: %s", lines, &stderr)
	}
	return stderr.String()
}

func TestAPortInUseIsOneClearLine(t *testing.T) {
	taken := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	defer taken.Close()
	for _, flag := range []string{"--listen", "--control"} {
		says := fails(t, simulatorCommand(t, t.TempDir(), flag, taken.Addr().String()))

		if !strings.Contains(says, flag) || !strings.Contains(says, "address already in use") {
			t.Errorf("%s: %s", flag, says)
		}
	}
}

func TestAnAddressThatOthersCouldReachIsRefused(t *testing.T) {
	for _, flag := range []string{"--listen", "--control"} {
		says := fails(t, simulatorCommand(t, t.TempDir(), flag, "0.0.0.0:0"))

		if !strings.Contains(says, flag+" 0.0.0.0:0: only loopback addresses are allowed") {
			t.Errorf("%s", says)
		}
	}
}

func TestAMissingPasswordIsRefused(t *testing.T) {
	cmd := simulatorCommand(t, t.TempDir())
	cmd.Env = append(cmd.Env, "VCENTER_PASSWORD=")

	if says := fails(t, cmd); !strings.Contains(says, "VCENTER_PASSWORD is not set") {
		t.Error(says)
	}
}

func TestASiteStopsOnASignalAndLeavesItsData(t *testing.T) {
	site := startSite(t)
	marker := filepath.Join(site.data, "datastores", "data-bolsward", "marker")
	if err := os.WriteFile(marker, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	site.post(t, "/datastores", `{"mode": "unreadable"}`)

	if err := site.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := site.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}

	if data, err := os.ReadFile(marker); string(data) != "x" {
		t.Errorf("the marker holds %q (%v)", data, err)
	}
}

func TestASiteStopsWhenItsParentIsKilled(t *testing.T) {
	child := simulatorCommand(t, t.TempDir())
	parent := exec.Command(os.Args[0], child.Args[1:]...)
	parent.Env = append(os.Environ(), roleVariable+"=parent", "VCENTER_PASSWORD="+password)
	stdout := must(parent.StdoutPipe())(t)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var site running
	if err := json.NewDecoder(bufio.NewReader(stdout)).Decode(&site); err != nil {
		t.Fatal(err)
	}

	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()

	eventually(t, "the site ends", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(site.Control, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
}

func TestReadinessCanBeWrittenToAFile(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready.json")
	cmd := simulatorCommand(t, t.TempDir(), "--ready", ready, "--ca-out", filepath.Join(t.TempDir(), "authority.pem"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	var site running
	eventually(t, "the file is there", func() bool {
		data, err := os.ReadFile(ready)
		return err == nil && json.Unmarshal(data, &site) == nil
	})

	if site.PID != cmd.Process.Pid || site.URL != "https://"+site.Server+"/sdk" || !strings.HasSuffix(site.CA, "authority.pem") {
		t.Errorf("%+v", site)
	}
	site.client(t)
}
