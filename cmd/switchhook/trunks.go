package main

import (
	"cmp"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/trunk"
)

type trunksCommand struct {
	serverFlags
}

// Help ends the command's help.
func (trunksCommand) Help() string {
	return `If a server is running: which trunks answer OPTIONS ("not asked" without the key ping of the trunk), registrations, calls and the last refusal of each trunk, and the routes
in use, of the file or of the SIP routing API. Otherwise the trunks and routes of the configuration file. Without a file there is the loopback trunk, for phones on this machine.

Example:
  switchhook trunks --config switchhook.yaml`
}

func (c trunksCommand) Run(a *app) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	client, err := a.ifRunning(cfg, c.ConnectionString)
	if err != nil {
		return err
	}
	if client != nil {
		return a.runningTrunks(client)
	}
	table := a.table()
	fmt.Fprintln(table, "TRUNK\tADDRESS\tTRANSPORT\tMAY CALL IN FROM")
	for _, t := range cfg.Trunks {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", t.Name, address(t), t.Transport, sources(t))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var routes []admin.Route
	for _, r := range cfg.Routes {
		routes = append(routes, admin.Route{Name: r.Name, Pattern: r.Pattern, Trunks: r.Trunks})
	}
	return a.routes(routes)
}

// routes prints which trunks take which numbers; without a route, all trunks take every number.
func (a *app) routes(list []admin.Route) error {
	if len(list) == 0 {
		return nil
	}
	table := a.table()
	fmt.Fprintln(table, "\nROUTE\tPATTERN\tTRUNKS")
	for _, r := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Name, cmp.Or(r.Pattern, "every number"), strings.Join(r.Trunks, ", "))
	}
	return table.Flush()
}

// ifRunning finds the server that a command may ask: the one of the connection
// string, or that of the data directory; nil where none runs.
func (a *app) ifRunning(cfg config.Config, connectionString string) (*api, error) {
	if connectionString == "" {
		if _, running, err := datadir.Running(cfg.Data); err != nil || !running {
			return nil, err
		}
	}
	return a.connect(connectionString)
}

// runningTrunks prints what a running server knows of its trunks.
func (a *app) runningTrunks(client *api) error {
	var answer struct {
		Value  []admin.TrunkState
		Routes []admin.Route
	}
	if err := client.do(a.ctx, "GET", admin.TrunksPath, managementVersion, nil, &answer); err != nil {
		return err
	}
	table := a.table()
	fmt.Fprintln(table, "TRUNK\tADDRESS\tANSWERS\tREGISTERED\tCALLS IN\tCALLS OUT\tLIMIT")
	for _, t := range answer.Value {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%s\n", t.Name, t.Address+" "+t.Transport, asked(t), registeredAs(t.Registration), t.Inbound, t.Outbound, most(t))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, t := range answer.Value {
		if t.State == "inactive" {
			fmt.Fprintf(table, "trunk %s does not answer OPTIONS: %s\n", t.Name, t.Answer)
		}
		if r := t.Registration; r != nil && r.State == "failed" {
			fmt.Fprintf(table, "trunk %s: the registration of %s failed: %s; next attempt at %s\n", t.Name, r.User, r.Answer, r.Next.Local().Format(time.DateTime))
		}
		if t.Refused != "" {
			fmt.Fprintf(table, "trunk %s: last refusal at %s: %s\n", t.Name, t.RefusedAt.Local().Format(time.DateTime), t.Refused)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return a.routes(answer.Routes)
}

// asked says whether a trunk answers OPTIONS.
func asked(t admin.TrunkState) string {
	if t.State == "unknown" {
		return "not asked" // or not yet: the key ping sets how often
	}
	return t.State
}

func registeredAs(line *admin.TrunkRegistration) string {
	switch {
	case line == nil:
		return "-"
	case line.State == "registered":
		return fmt.Sprintf("%s until %s", line.User, line.Until.Local().Format(time.TimeOnly))
	}
	return line.State
}

func most(t admin.TrunkState) string {
	var limits []string
	if t.MaxCalls > 0 {
		limits = append(limits, fmt.Sprintf("%d calls", t.MaxCalls))
	}
	if t.CallsPerSecond > 0 {
		limits = append(limits, fmt.Sprintf("%d/s", t.CallsPerSecond))
	}
	if len(limits) == 0 {
		return "-"
	}
	return strings.Join(limits, ", ")
}

func address(t trunk.Trunk) string {
	if t.Port == 0 {
		return t.Host
	}
	return net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
}

func sources(t trunk.Trunk) string {
	if len(t.Sources) == 0 {
		return "what its host resolves to"
	}
	var list []string
	for _, source := range t.Sources {
		list = append(list, source.String())
	}
	return strings.Join(list, ", ")
}
