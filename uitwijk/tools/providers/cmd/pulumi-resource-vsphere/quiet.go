package main

import (
	"context"
	"io"
	"log"
	"os"

	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/diagnostics"
)

// quiet drops what the Terraform provider writes to the log, unless TF_LOG is set. The bridge hands each line, dozens
// a machine, to the engine, which on a failover has better things to do. There is one log for all, and the bridge turns
// it up with every request: so whatever a request comes to next turns it down again.
type quiet struct{ shim.Provider }

func (q quiet) ValidateResource(
	ctx context.Context, kind string, config shim.ResourceConfig,
) ([]diagnostics.ValidationWarning, []error) {
	hush()
	return q.Provider.ValidateResource(ctx, kind, config)
}

func (q quiet) Diff(
	ctx context.Context, kind string, state shim.InstanceState, config shim.ResourceConfig, options shim.DiffOptions,
) (shim.InstanceDiff, error) {
	hush()
	return q.Provider.Diff(ctx, kind, state, config, options)
}

func (q quiet) Apply(
	ctx context.Context, kind string, state shim.InstanceState, diff shim.InstanceDiff,
) (shim.InstanceState, error) {
	hush()
	return q.Provider.Apply(ctx, kind, state, diff)
}

func (q quiet) Refresh(
	ctx context.Context, kind string, state shim.InstanceState, config shim.ResourceConfig,
) (shim.InstanceState, error) {
	hush()
	return q.Provider.Refresh(ctx, kind, state, config)
}

func hush() {
	if _, wanted := os.LookupEnv("TF_LOG"); !wanted {
		log.SetOutput(io.Discard)
	}
}
