package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/doctor"
	"github.com/switchhook/switchhook/internal/resource"
)

// answerTime is how long a running server may take to answer all that it is asked.
const answerTime = 5 * time.Second

// runningFindings asks the server that holds the directory how it is, and, if it answers, what
// does not work.
func runningFindings(ctx context.Context, cfg config.Config, pid int) []doctor.Finding {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	is := runningServer(ctx, cfg, pid)
	if is.State != doctor.OK {
		return []doctor.Finding{is}
	}
	return append([]doctor.Finding{is}, serverFindings(ctx, cfg)...)
}

// runningServer asks the server that holds the directory how it is.
func runningServer(ctx context.Context, cfg config.Config, pid int) doctor.Finding {
	what := fmt.Sprintf("server is running with process id %d", pid)
	if err := probe(ctx, cfg, "healthz"); err != nil {
		return doctor.Finding{State: doctor.Fail, What: what, Remedy: err.Error()}
	}
	return doctor.Finding{State: doctor.OK, What: what}
}

// probe asks the server of the data directory for one of its probes; an error has the reason that it answers.
func probe(ctx context.Context, cfg config.Config, name string) error {
	taken, err := datadir.ReadAddresses(cfg.Data)
	if err != nil {
		return err
	}
	endpoint, err := url.Parse(taken.Endpoint())
	if err != nil {
		return err
	}
	client, err := newOwnAPI(cfg, resource.Connection{Endpoint: endpoint})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, "GET", endpoint.JoinPath(name).String(), nil)
	if err != nil {
		return err
	}
	answer, err := client.client.Do(request)
	if err != nil {
		return explain(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
		return fmt.Errorf("%s answers %s: %s", request.URL, answer.Status, strings.TrimSpace(string(why)))
	}
	return nil
}

// serverFindings asks a running server whether it takes calls, and which of its trunks do
// not work now.
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
// what it stores, has lost its journal, or stops. It may also hang, though its process lives.
func readiness(ctx context.Context, client *api) []doctor.Finding {
	var is admin.Overview
	err := client.do(ctx, "GET", admin.OverviewPath, managementVersion, nil, &is)
	switch refused := new(apiError); {
	case err != nil && !errors.As(err, &refused):
		return []doctor.Finding{{State: doctor.Fail, What: "the server does not say whether it takes calls", Remedy: err.Error()}}
	case is.NotReady != "":
		return []doctor.Finding{{State: doctor.Fail, What: "the server takes no calls now", Remedy: is.NotReady}}
	}
	return nil
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
