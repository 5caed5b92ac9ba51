package main

import (
	"errors"
	"reflect"
)

// subscriptionsUpdateCommand has the flags of `az eventgrid event-subscription update`.
type subscriptionsUpdateCommand struct {
	Name string `arg:"" help:"Name of the subscription."`
	serverFlags
	Endpoint string `placeholder:"WHERE" help:"New endpoint, of the present type or of --endpoint-type."`
	subscriptionFlags
}

// Help ends the command's help.
func (subscriptionsUpdateCommand) Help() string {
	return `Only the given settings change. An empty text removes a subject filter. Like subscribe, it returns when the webhook
has accepted the handshake. Until then events go to the previous endpoint.

Example:
  switchhook subscriptions update incoming --endpoint http://127.0.0.1:3001/events`
}

// Validate says early what the server would say anyway, where the flag's name helps.
func (c *subscriptionsUpdateCommand) Validate() error {
	if _, err := c.settings(); err != nil {
		return err
	}
	if c.EndpointType == "" {
		return nil
	}
	_, err := destinationTo(c.EndpointType, c.Endpoint)
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
	Expires     string       `json:"expirationTimeUtc,omitempty"`
	Labels      []string     `json:"labels,omitempty"`
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
	return await(a, client, sub, "updated")
}

// patch puts the flags over what the server has.
func (c *subscriptionsUpdateCommand) patch(a *app, client *api) (patch subscriptionPatch, err error) {
	given, err := c.settings()
	if err != nil {
		return patch, err
	}
	var now subscription
	if err := client.do(a.ctx, "GET", subscriptionPath(c.Name), eventGridVersion, nil, &now); err != nil {
		return patch, err
	}
	patch = subscriptionPatch{Retry: given.Retry, Schema: given.Schema, DeadLetter: given.DeadLetter, Expires: given.Expires, Labels: given.Labels}
	if filter := now.Properties.Filter; c.filterInto(&filter) {
		patch.Filter = &filter
	}
	if c.putInto(&destinationProperties{}) || c.Endpoint != "" || c.EndpointType != "" {
		to, err := c.destination(a, client, now.Properties.Destination)
		if err != nil {
			return patch, err
		}
		patch.Destination = &to
	}
	if reflect.ValueOf(patch).IsZero() {
		return patch, errors.New("no change is given: set at least one flag, such as --endpoint")
	}
	return patch, nil
}

// destination puts the flags over the destination that there is. One of another
// type is made anew.
func (c *subscriptionsUpdateCommand) destination(a *app, client *api, now destination) (to destination, err error) {
	if kind := endpointType(c.EndpointType); c.EndpointType != "" && kind != now.Type {
		if to, err = destinationTo(kind, c.Endpoint); err != nil {
			return to, err
		}
		c.putInto(&to.Properties)
		return to, nil
	}
	to = now
	if c.Endpoint != "" {
		next, err := destinationTo(now.Type, c.Endpoint)
		if err != nil {
			return to, err
		}
		p, at := &to.Properties, next.Properties // the rest, such as what protects it, stays
		p.URL, p.ResourceID, p.QueueName, p.Subject, p.FileName = at.URL, at.ResourceID, at.QueueName, at.Subject, at.FileName
	}
	if err := c.readSecrets(a, client, &to); err != nil {
		return to, err
	}
	c.putInto(&to.Properties)
	return to, nil
}

// readSecrets completes a destination: answers lack the endpoint's query and
// the values of secret headers.
func (c *subscriptionsUpdateCommand) readSecrets(a *app, client *api, to *destination) error {
	to.Properties.BaseURL = ""
	if to.Type != "WebHook" && to.Type != "NatsSubject" {
		return nil // it has neither
	}
	if to.Type == "WebHook" && to.Properties.URL == "" {
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
