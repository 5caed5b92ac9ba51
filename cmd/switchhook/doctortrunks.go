package main

import (
	"context"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/doctor"
	"github.com/switchhook/switchhook/internal/resource"
)

// trunkFindings asks a running server which of its trunks do not work now. A
// server that cannot be asked is a finding of its own already.
func trunkFindings(ctx context.Context, cfg config.Config) (list []doctor.Finding) {
	to, err := resource.ReadConnection(cfg.Data)
	if err != nil {
		return nil
	}
	client, err := newOwnAPI(cfg, to)
	if err != nil {
		return nil
	}
	var answer struct{ Value []admin.TrunkState }
	if err := client.do(ctx, "GET", admin.TrunksPath, managementVersion, nil, &answer); err != nil {
		return nil
	}
	for _, t := range answer.Value {
		list = append(list, t.Finding())
	}
	return list
}
