package main

import (
	"context"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/doctor"
	"github.com/switchhook/switchhook/internal/resource"
)

// serverFindings asks a running server whether it takes calls, and which of its trunks do
// not work now. A server that cannot be asked is a finding of its own already.
func serverFindings(ctx context.Context, cfg config.Config) (list []doctor.Finding) {
	to, err := resource.ReadConnection(cfg.Data)
	if err != nil {
		return nil
	}
	client, err := newOwnAPI(cfg, to)
	if err != nil {
		return nil
	}
	return append(readiness(ctx, client), trunkFindings(ctx, client)...)
}

// readiness says why a server that answers takes no calls: it is overloaded, cannot write
// what it stores, has lost its journal, or stops.
func readiness(ctx context.Context, client *api) []doctor.Finding {
	var is admin.Overview
	if err := client.do(ctx, "GET", admin.OverviewPath, managementVersion, nil, &is); err != nil || is.NotReady == "" {
		return nil
	}
	return []doctor.Finding{{State: doctor.Fail, What: "the server takes no calls now", Remedy: is.NotReady}}
}

func trunkFindings(ctx context.Context, client *api) (list []doctor.Finding) {
	var answer struct{ Value []admin.TrunkState }
	if err := client.do(ctx, "GET", admin.TrunksPath, managementVersion, nil, &answer); err != nil {
		return nil
	}
	for _, t := range answer.Value {
		list = append(list, t.Finding())
	}
	return list
}
