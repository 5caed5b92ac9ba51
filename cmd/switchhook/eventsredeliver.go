package main

import (
	"errors"
	"fmt"

	"github.com/switchhook/switchhook/internal/admin"
)

type eventsRedeliverCommand struct {
	Event        string `arg:"" optional:"" name:"event-id" help:"Id of the event."`
	Subscription string `placeholder:"NAME" help:"To this subscription only. Without an event: all its events that wait for an attempt or are dead letters."`
	serverFlags
}

// Help ends the command's help.
func (eventsRedeliverCommand) Help() string {
	return `An event that waits for its next attempt is delivered now. An event that is delivered or given up is delivered again,
as long as the server keeps its content.

Example:
  switchhook events redeliver 3b1e6d0e-5f53-4a3c-9f6f-4f2f3c7c1d55
  switchhook events redeliver --subscription incoming`
}

// Validate asks for one of the two.
func (c *eventsRedeliverCommand) Validate() error {
	if c.Event == "" && c.Subscription == "" {
		return errors.New("the id of an event, or --subscription, is required")
	}
	return nil
}

func (c eventsRedeliverCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	var done admin.Redelivered
	request := admin.Redelivery{Event: c.Event, Subscription: c.Subscription}
	if err := client.do(a.ctx, "POST", admin.EventsPath+":redeliver", managementVersion, request, &done); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "Deliveries started: %d. `switchhook events attempts` shows their results.\n", done.Count)
	return nil
}
