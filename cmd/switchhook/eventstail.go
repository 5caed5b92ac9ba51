package main

import (
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/admin"
)

type eventsTailCommand struct {
	IncludedEventTypes eventTypes `placeholder:"TYPE" help:"Only events of these types (all)."`
	Subscription       string     `placeholder:"NAME" help:"Only events that this subscription delivers to the tail."`
	serverFlags
}

// Help ends the command's help.
func (eventsTailCommand) Help() string {
	return `One JSON object per line, until you interrupt it: every event of the resource, with or without a subscription to it.
Events that were raised before are not shown.

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
