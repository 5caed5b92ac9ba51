package main

import (
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/admin"
)

type eventsTailCommand struct {
	IncludedEventTypes eventTypes `placeholder:"TYPE" help:"Only these types of event (all)."`
	Subscription       string     `placeholder:"NAME" help:"Only what this subscription delivers to the tail, not all that happens."`
	ConnectionString   string     `placeholder:"TEXT" env:"SWITCHHOOK_CONNECTION_STRING" help:"Server to ask (default: the one of the data directory)."`
}

// Help ends the command's help.
func (eventsTailCommand) Help() string {
	return `One JSON object a line, until it is interrupted: every event of the resource, whether a subscription takes it or
not. Nothing is kept for who comes late.

Example:
  switchhook events tail --included-event-types Microsoft.Communication.IncomingCall`
}

func (c eventsTailCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	path := eventQuery(admin.EventTailPath, "includedEventTypes", strings.Join(c.IncludedEventTypes, ","), "subscription", c.Subscription)
	err = client.lines(a.ctx, path, func(line []byte) error {
		_, err := fmt.Fprintf(a.out, "%s\n", line)
		return err
	})
	if a.ctx.Err() != nil {
		return nil // interrupted, as it was meant
	}
	return err
}
