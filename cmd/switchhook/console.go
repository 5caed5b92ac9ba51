package main

import (
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
)

type consoleCommand struct {
	ReadOnly bool `help:"Whoever opens the address may look, but not change anything."`
	serverFlags
}

// Help ends the command's help.
func (consoleCommand) Help() string {
	return `The console is a page of the server: calls as they happen, why one failed, deliveries of events, a softphone,
administration. The address signs in the first browser that opens it, within ten minutes.

Example:
  switchhook console
  switchhook console --read-only`
}

func (c consoleCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	var link admin.ConsoleLink
	if err := client.do(a.ctx, "POST", admin.ConsolePath+":link", managementVersion, map[string]bool{"readOnly": c.ReadOnly}, &link); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "It signs in once, until %s:\n", link.Expires.Local().Format(time.TimeOnly))
	fmt.Fprintln(a.out, link.Address)
	return nil
}
