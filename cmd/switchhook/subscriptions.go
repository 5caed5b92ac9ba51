package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

type subscriptionsCommand struct {
	List   subscriptionsListCommand   `cmd:"" help:"List the subscriptions."`
	Show   subscriptionsShowCommand   `cmd:"" help:"Print a subscription as JSON."`
	Update subscriptionsUpdateCommand `cmd:"" help:"Change a subscription."`
	Delete subscriptionsDeleteCommand `cmd:"" help:"Delete a subscription."`
}

// subscription is what the server answers.
type subscription struct {
	Name       string `json:"name"`
	Properties struct {
		subscriptionSettings
		State string `json:"provisioningState"`
		Error *struct {
			Message string `json:"message"`
		} `json:"provisioningError"`
	} `json:"properties"`
}

// reason is why a subscription does not work yet.
func (s subscription) reason() string {
	if s.Properties.Error == nil || s.Properties.Error.Message == "" {
		return "the server gave no reason"
	}
	return s.Properties.Error.Message
}

type subscriptionsListCommand struct {
	serverFlags
}

// Help ends the command's help.
func (subscriptionsListCommand) Help() string { return "Example:\n  switchhook subscriptions list" }

func (c subscriptionsListCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	table := a.table()
	fmt.Fprintln(table, "NAME\tSTATE\tENDPOINT\tEVENT TYPES")
	for path := subscriptionsPath; path != ""; {
		var page struct {
			Value []subscription `json:"value"`
			Next  string         `json:"nextLink"`
		}
		if err := client.do(a.ctx, "GET", path, eventGridVersion, nil, &page); err != nil {
			return err
		}
		for _, sub := range page.Value {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", sub.Name, sub.Properties.State, sub.Properties.Destination.shown(), types(sub))
		}
		if path, err = nextPath(page.Next); err != nil {
			return err
		}
	}
	return table.Flush()
}

func types(sub subscription) string {
	if len(sub.Properties.Filter.Types) == 0 {
		return "all"
	}
	return strings.Join(sub.Properties.Filter.Types, ", ")
}

type subscriptionsShowCommand struct {
	Name string `arg:"" help:"Name of the subscription."`
	serverFlags
}

// Help ends the command's help.
func (subscriptionsShowCommand) Help() string {
	return "Example:\n  switchhook subscriptions show incoming"
}

func (c subscriptionsShowCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	var sub json.RawMessage
	if err := client.do(a.ctx, "GET", subscriptionPath(c.Name), eventGridVersion, nil, &sub); err != nil {
		return err
	}
	out := json.NewEncoder(a.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(sub)
}

type subscriptionsDeleteCommand struct {
	Name string `arg:"" help:"Name of the subscription."`
	serverFlags
}

// Help ends the command's help.
func (subscriptionsDeleteCommand) Help() string {
	return "Example:\n  switchhook subscriptions delete incoming"
}

func (c subscriptionsDeleteCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	// Azure answers the deletion of what is not there with success; a person
	// who mistyped a name wants to know.
	if err := client.do(a.ctx, "GET", subscriptionPath(c.Name), eventGridVersion, nil, nil); err != nil {
		return err
	}
	if err := client.do(a.ctx, "DELETE", subscriptionPath(c.Name), eventGridVersion, nil, nil); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s: deleted\n", c.Name)
	return nil
}
