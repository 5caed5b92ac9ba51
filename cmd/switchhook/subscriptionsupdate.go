package main

import (
	"errors"
	"fmt"
)

// subscriptionsUpdateCommand has the flags of `az eventgrid event-subscription update`.
type subscriptionsUpdateCommand struct {
	Name             string `arg:"" help:"Name of the subscription."`
	ConnectionString string `placeholder:"TEXT" env:"SWITCHHOOK_CONNECTION_STRING" help:"Server to ask (default: the one of the data directory)."`
	Endpoint         string `placeholder:"URL" help:"Webhook that the events are posted to."`
	subscriptionFlags
}

// Help ends the command's help.
func (subscriptionsUpdateCommand) Help() string {
	return `Only what is given changes; an empty text takes a subject filter away. Like subscribe, it returns when the webhook
has consented; until then events go where they went before.

Example:
  switchhook subscriptions update incoming --endpoint http://127.0.0.1:3001/events`
}

// Validate says early what the server would say anyway, where the flag's name helps.
func (c *subscriptionsUpdateCommand) Validate() error {
	_, err := c.settings(c.Endpoint)
	return err
}

// subscriptionPatch is the body of ARM's update: a member that is there is
// replaced as a whole, but for the retry policy.
type subscriptionPatch struct {
	Destination *destination `json:"destination,omitempty"`
	Filter      *eventFilter `json:"filter,omitempty"`
	Retry       *retryPolicy `json:"retryPolicy,omitempty"`
	Schema      string       `json:"eventDeliverySchema,omitempty"`
	DeadLetter  *deadLetter  `json:"deadLetterDestination,omitempty"`
}

func (c *subscriptionsUpdateCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	patch, err := c.patch(a, client)
	if err != nil {
		return err
	}
	var sub subscription
	if err := client.do(a.ctx, "PATCH", subscriptionPath(c.Name), eventGridVersion, patch, &sub); err != nil {
		return err
	}
	return await(a, client, sub)
}

// patch puts the flags over what the server has.
func (c *subscriptionsUpdateCommand) patch(a *app, client *api) (patch subscriptionPatch, err error) {
	given, err := c.settings(c.Endpoint)
	if err != nil {
		return patch, err
	}
	var now subscription
	if err := client.do(a.ctx, "GET", subscriptionPath(c.Name), eventGridVersion, nil, &now); err != nil {
		return patch, err
	}
	patch = subscriptionPatch{Retry: given.Retry, Schema: given.Schema, DeadLetter: given.DeadLetter}
	if filter := now.Properties.Filter; c.filterInto(&filter) {
		patch.Filter = &filter
	}
	to := now.Properties.Destination
	if c.putInto(&webhook{}) || c.Endpoint != "" {
		if err := c.readSecrets(a, client, &to); err != nil {
			return patch, err
		}
		c.putInto(&to.Properties)
		patch.Destination = &to
	}
	if patch == (subscriptionPatch{}) {
		return patch, errors.New("there is nothing to change: give at least one flag, such as --endpoint")
	}
	return patch, nil
}

// readSecrets completes a destination: answers lack the endpoint's query and
// the values of secret headers.
func (c *subscriptionsUpdateCommand) readSecrets(a *app, client *api, to *destination) error {
	if to.Type != "WebHook" {
		return fmt.Errorf("the destination of %s is no webhook but %s: delete it and subscribe anew", c.Name, to.Type)
	}
	to.Properties.BaseURL = ""
	if to.Properties.URL = c.Endpoint; c.Endpoint == "" {
		var full struct {
			URL string `json:"endpointUrl"`
		}
		if err := client.do(a.ctx, "POST", subscriptionPath(c.Name)+"/getFullUrl", eventGridVersion, nil, &full); err != nil {
			return err
		}
		to.Properties.URL = full.URL
	}
	var headers struct {
		Value []attributeSetting `json:"value"`
	}
	if err := client.do(a.ctx, "POST", subscriptionPath(c.Name)+"/getDeliveryAttributes", eventGridVersion, nil, &headers); err != nil {
		return err
	}
	to.Properties.Attributes = headers.Value
	return nil
}
