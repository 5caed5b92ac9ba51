package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/insight"
)

type callsShowCommand struct {
	ID     string    `arg:"" help:"Correlation id, serverCallId, callConnectionId or SIP Call-ID of the call."`
	Kind   itemKinds `placeholder:"KIND,…" help:"Only items of these kinds: request, event, delivery, sip, leg, measure, browser, log, call (all)."`
	Bodies bool      `help:"Print SIP messages and bodies as well."`
	JSON   bool      `name:"json" help:"Print the call with its timeline as JSON."`
	serverFlags
}

// Help ends the command's help.
func (callsShowCommand) Help() string {
	return `The summary of a call, with the reason of a failure in words, and its timeline: requests, events and their
deliveries, SIP messages, measures of the sound, log lines. Secrets are masked.

Example:
  switchhook calls --failed --since 1h
  switchhook calls show 0b8a5a9e-6f0c-4d3e-9e55-0d6c1f2a7c11
  switchhook calls show 0b8a5a9e-6f0c-4d3e-9e55-0d6c1f2a7c11 --kind sip --bodies`
}

// shownCall is a call with its timeline, as the API answers.
type shownCall struct {
	Call  insight.Summary `json:"call"`
	Items []insight.Item  `json:"items"`
}

func (c callsShowCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if err := client.do(a.ctx, "GET", insight.Path+"/calls/"+url.PathEscape(c.ID), managementVersion, nil, &raw); err != nil {
		return err
	}
	if c.JSON {
		_, err := fmt.Fprintf(a.out, "%s\n", raw)
		return err
	}
	var shown shownCall
	if err := json.Unmarshal(raw, &shown); err != nil {
		return fmt.Errorf("read the call: %w", err)
	}
	table := a.table()
	call := shown.Call
	fmt.Fprintf(table, "call\t%s\nfrom\t%s\nto\t%s\nstate\t%s\nbegan\t%s\n", call.ID, call.From, call.To, call.State, call.Begun.Local().Format(time.DateTime))
	if !call.End.IsZero() {
		fmt.Fprintf(table, "lasted\t%s\n", (time.Duration(call.DurationMS) * time.Millisecond).String())
	}
	fmt.Fprintf(table, "reason\t%s\n", call.Reason)
	for _, p := range call.Problems[min(1, len(call.Problems)):] {
		fmt.Fprintf(table, "also\t%s\n", p.Text)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, item := range shown.Items {
		if c.Kind.has(item.Kind) {
			c.print(a, call.Begun, item)
		}
	}
	return nil
}

// print prints an item: its time since the beginning of the call, its kind, its line.
func (c callsShowCommand) print(a *app, begun time.Time, item insight.Item) {
	mark := " "
	if item.Failed {
		mark = "!"
	}
	fmt.Fprint(a.out, printable(fmt.Sprintf("%s %9.3f s  %-8s  %s\n", mark, item.At.Sub(begun).Seconds(), item.Kind, item.Text)))
	if !c.Bodies {
		return
	}
	var more struct{ Text, Body, Answer string }
	if json.Unmarshal(item.Detail, &more) != nil {
		return
	}
	if item.Kind == insight.KindSIP {
		more.Body = strings.ReplaceAll(more.Text, "\r\n", "\n")
	}
	for _, text := range []string{more.Body, more.Answer} {
		if text != "" {
			fmt.Fprintln(a.out, printable("    "+strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")))
		}
	}
}
