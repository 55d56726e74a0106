package main

import (
	"bytes"
	"context"
	"log"
	"os"
	"strings"
	"testing"

	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/diagnostics"
)

// talkative writes to the log what it does.
type talkative struct{ shim.Provider }

func (talkative) Apply(context.Context, string, shim.InstanceState, shim.InstanceDiff) (shim.InstanceState, error) {
	log.Print("[DEBUG] cloning")
	return nil, nil
}

func (talkative) Refresh(context.Context, string, shim.InstanceState, shim.ResourceConfig) (shim.InstanceState, error) {
	log.Print("[DEBUG] reading")
	return nil, nil
}

func (talkative) ValidateResource(
	context.Context, string, shim.ResourceConfig,
) ([]diagnostics.ValidationWarning, []error) {
	log.Print("[DEBUG] checking")
	return nil, nil
}

func (talkative) Diff(
	context.Context, string, shim.InstanceState, shim.ResourceConfig, shim.DiffOptions,
) (shim.InstanceDiff, error) {
	log.Print("[DEBUG] comparing")
	return nil, nil
}

func TestLogLinesAreDroppedUnlessAskedFor(t *testing.T) {
	said := func(t *testing.T) string {
		var output bytes.Buffer
		defer log.SetOutput(log.Writer())
		for _, act := range []func(quiet){
			func(q quiet) { _, _ = q.Apply(t.Context(), "", nil, nil) },
			func(q quiet) { _, _ = q.Refresh(t.Context(), "", nil, nil) },
			func(q quiet) { _, _ = q.ValidateResource(t.Context(), "", nil) },
			func(q quiet) { _, _ = q.Diff(t.Context(), "", nil, nil, shim.DiffOptions{}) },
		} {
			log.SetOutput(&output)
			act(quiet{talkative{}})
		}
		return output.String()
	}
	t.Setenv("TF_LOG", "debug")
	heard := said(t)
	for _, word := range []string{"cloning", "reading", "checking", "comparing"} {
		if !strings.Contains(heard, word) {
			t.Errorf("TF_LOG is set, and the log is %q, without %q", heard, word)
		}
	}
	if err := os.Unsetenv("TF_LOG"); err != nil {
		t.Fatal(err)
	}
	if heard := said(t); heard != "" {
		t.Errorf("TF_LOG is not set, and the log is %q", heard)
	}
}
