package main

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/switchhook/switchhook/internal/trunk"
)

type trunksCommand struct{}

// Help ends the command's help.
func (trunksCommand) Help() string {
	return `They come from the configuration file; without one there is the loopback trunk, for phones on this machine.

Example:
  switchhook trunks --config switchhook.yaml`
}

func (trunksCommand) Run(a *app) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TRUNK\tADDRESS\tTRANSPORT\tMAY CALL IN FROM")
	for _, t := range cfg.Trunks {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", t.Name, address(t), t.Transport, sources(t))
	}
	if len(cfg.Routes) > 0 {
		fmt.Fprintln(table, "\nROUTE\tPATTERN\tTRUNKS\t")
	}
	for _, r := range cfg.Routes {
		fmt.Fprintf(table, "%s\t%s\t%s\t\n", r.Name, r.Pattern, strings.Join(r.Trunks, ", "))
	}
	return table.Flush()
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
