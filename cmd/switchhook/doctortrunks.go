package main

import (
	"context"
	"path/filepath"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/resource"
)

// trunkFindings asks a running server which of its trunks do not work now. A
// server that cannot be asked is a finding of its own already.
func trunkFindings(ctx context.Context, cfg config.Config) (list []finding) {
	to, err := resource.ReadConnection(cfg.Data)
	if err != nil {
		return nil
	}
	client, err := newAPI(to, filepath.Join(cfg.Data, datadir.AuthorityFile), ownName(cfg))
	if err != nil {
		return nil
	}
	var answer struct{ Value []admin.TrunkState }
	if err := client.do(ctx, "GET", admin.TrunksPath, managementVersion, nil, &answer); err != nil {
		return nil
	}
	for _, t := range answer.Value {
		list = append(list, trunkFinding(t))
	}
	return list
}

// trunkFinding says how a trunk does. One that does not work is no reason for the
// server not to.
func trunkFinding(t admin.TrunkState) finding {
	what := "trunk " + t.Name
	switch line := t.Registration; {
	case t.State == "inactive":
		return finding{stateNote, what + " does not answer", "last answer to OPTIONS: " + t.Answer + "; check host, port and transport, and whether the trunk permits this machine"}
	case line != nil && line.State == "failed":
		return finding{stateNote, what + ": registration of " + line.User + " failed", line.Answer + "; check username, password and host; the server tries again"}
	case line != nil && line.State == "registered":
		return finding{state: stateOK, what: what + ", registered as " + line.User}
	}
	return finding{state: stateOK, what: what}
}
