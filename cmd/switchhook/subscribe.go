package main

import (
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/resource"
)

type subscribeCommand struct {
	Name string `arg:"" help:"Name of the subscription. An existing one is replaced."`
	serverFlags
	Endpoint string `placeholder:"WHERE" help:"Where events go: the URL of a webhook, the id of a storage queue, a NATS subject, or a file name."`
	subscriptionFlags
}

// Help ends the command's help.
func (subscribeCommand) Help() string {
	return `It returns when the webhook has accepted the validation handshake, or prints why it did not. Other endpoints need no
handshake, but must exist.

Example:
  switchhook subscribe incoming --endpoint http://127.0.0.1:3000/events \
    --included-event-types Microsoft.Communication.IncomingCall
  switchhook subscribe queue --endpoint-type storagequeue \
    --endpoint /subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/NAME/queueServices/default/queues/calls`
}

// Validate says early what the server would say anyway, where the flag's name helps.
func (c *subscribeCommand) Validate() error {
	_, err := c.whole()
	return err
}

// whole is what the flags ask for.
func (c *subscribeCommand) whole() (subscriptionSettings, error) {
	settings, err := c.settings()
	if err != nil {
		return settings, err
	}
	if settings.Destination, err = destinationTo(c.EndpointType, c.Endpoint); err == nil {
		c.putInto(&settings.Destination.Properties)
	}
	return settings, err
}

func (c *subscribeCommand) Run(a *app) error {
	body, err := c.whole()
	if err != nil {
		return err
	}
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	var sub subscription
	if err := client.do(a.ctx, "PUT", subscriptionPath(c.Name), eventGridVersion, subscriptionBody{body}, &sub); err != nil {
		return err
	}
	return await(a, client, sub, "subscribed")
}

func subscriptionPath(name string) string { return subscriptionsPath + "/" + escape(name) }

const subscriptionsPath = resource.ARMPath + "/providers/Microsoft.EventGrid/eventSubscriptions"

// lookEvery is between two questions how the handshake goes.
const lookEvery = 250 * time.Millisecond

// await returns when the handshake has come to an end; done says what it was for.
func await(a *app, client *api, sub subscription, done string) error {
	told := false
	for {
		switch sub.Properties.State {
		case "Succeeded":
			fmt.Fprintf(a.out, "%s: events go to %s\n", sub.Name, sub.Properties.Destination.shown())
			return nil
		case "Failed", "Canceled":
			return fmt.Errorf("%s was not %s: %s", sub.Name, done, sub.reason())
		case "AwaitingManualAction":
			if !told {
				fmt.Fprint(a.err, manualAction(sub))
				told = true
			}
		}
		var now subscription
		var err error
		if backoff.Wait(a.ctx, lookEvery) {
			err = client.do(a.ctx, "GET", subscriptionPath(sub.Name), eventGridVersion, nil, &now)
		}
		if a.ctx.Err() != nil {
			return fmt.Errorf("interrupted: the server continues the handshake (`switchhook subscriptions show %s` prints its state)", sub.Name)
		}
		if err != nil {
			return err
		}
		sub = now
	}
}

// manualAction explains the second way to accept the handshake. Only the webhook
// receives the URL: opening it proves that somebody reads what arrives there.
func manualAction(sub subscription) string {
	return fmt.Sprintf(`%s waits for a manual action: the webhook answered, but did not return the validation code
(%s).
Either let the webhook answer {"validationResponse": <data.validationCode>} with status 200, and subscribe again;
or open the validation URL within 10 minutes: data.validationUrl of the event
Microsoft.EventGrid.SubscriptionValidationEvent, which the webhook has just received. Waiting...
`, sub.Name, sub.reason())
}
