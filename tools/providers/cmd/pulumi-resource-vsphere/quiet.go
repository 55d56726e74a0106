package main

import (
	"context"
	"io"
	"log"
	"os"

	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
)

// quiet drops what the Terraform provider writes to the log while it changes or reads a resource, unless TF_LOG is
// set. The bridge hands each line, dozens a machine, to the engine, which on a failover has better things to do.
type quiet struct{ shim.Provider }

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
