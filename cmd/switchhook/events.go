package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
)

type eventsCommand struct {
	Failures  eventsFailuresCommand  `cmd:"" help:"Print failed delivery attempts, newest first."`
	Attempts  eventsAttemptsCommand  `cmd:"" help:"List the last delivery attempts, newest first."`
	Redeliver eventsRedeliverCommand `cmd:"" help:"Deliver events again."`
	Tail      eventsTailCommand      `cmd:"" help:"Print events while they are raised."`
}

// eventQuery is a path of the events with the parameters that are not empty.
func eventQuery(path string, pairs ...string) string {
	query := url.Values{"api-version": {managementVersion}}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	return path + "?" + query.Encode()
}

type eventsFailuresCommand struct {
	Where        string `placeholder:"TEXT" help:"Only failures whose message contains this text, in any case."`
	Subscription string `placeholder:"NAME" help:"Only attempts of this subscription."`
	Limit        int    `default:"100" placeholder:"N" help:"Maximum number (100)."`
	serverFlags
}

// Help ends the command's help.
func (eventsFailuresCommand) Help() string {
	return `One JSON object per line, in the format of Event Grid's DeliveryFailures log (AegDeliveryFailureLogs). The server keeps
failures for 7 days.

Example:
  switchhook events failures --where incomingCall --limit 10`
}

func (c eventsFailuresCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	var answer struct{ Value []json.RawMessage }
	path := eventQuery(admin.EventFailuresPath, "where", c.Where, "subscription", c.Subscription, "limit", strconv.Itoa(c.Limit))
	if err := client.do(a.ctx, "GET", path, managementVersion, nil, &answer); err != nil {
		return err
	}
	for _, line := range answer.Value {
		fmt.Fprintf(a.out, "%s\n", line)
	}
	return nil
}

type eventsAttemptsCommand struct {
	Subscription string `placeholder:"NAME" help:"Only attempts of this subscription."`
	Event        string `placeholder:"ID" help:"Only attempts of this event."`
	Limit        int    `default:"100" placeholder:"N" help:"Maximum number (100)."`
	serverFlags
}

// Help ends the command's help.
func (eventsAttemptsCommand) Help() string {
	return "Example:\n  switchhook events attempts --subscription incoming"
}

func (c eventsAttemptsCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	var answer struct{ Value []admin.EventAttempt }
	path := eventQuery(admin.EventAttemptsPath, "subscription", c.Subscription, "id", c.Event, "limit", strconv.Itoa(c.Limit))
	if err := client.do(a.ctx, "GET", path, managementVersion, nil, &answer); err != nil {
		return err
	}
	table := a.table()
	fmt.Fprintln(table, "TIME\tSUBSCRIPTION\tEVENT\tATTEMPT\tRESULT\tANSWER")
	for _, t := range answer.Value {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\n", t.Time.Local().Format(time.DateTime), t.Subscription, t.ID, t.Number, t.Result, outcomeOf(t))
	}
	return table.Flush()
}

// longestCell bounds what a table shows of an answer, in characters.
const longestCell = 120

// outcomeOf is what an attempt met, on one line.
func outcomeOf(t admin.EventAttempt) string {
	text := t.Error
	if t.Status != 0 {
		text = fmt.Sprintf("%d in %.1f ms", t.Status, t.LatencyMS)
		if t.Answer != "" {
			text += fmt.Sprintf(" %q", t.Answer)
		}
	}
	if t.Reason != "" {
		text += " (" + t.Reason + ")"
	}
	if t.Next != nil {
		text += ", again at " + t.Next.Local().Format(time.DateTime)
	}
	if short := []rune(text); len(short) > longestCell && t.Next == nil {
		text = string(short[:longestCell]) + "…"
	}
	return text
}
