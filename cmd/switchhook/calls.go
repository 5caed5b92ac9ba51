package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/cdr"
)

// callsCommand looks at calls.
type callsCommand struct {
	List callsListCommand `cmd:"" default:"withargs" help:"List ended calls: participants, duration, reason, audio quality."`
	Show callsShowCommand `cmd:"" help:"Show everything that happened in a call, and the reason of a failure."`
}

type callsListCommand struct {
	About  string        `arg:"" optional:"" help:"Only calls with this number, identity, trunk or id of any kind."`
	Since  time.Duration `placeholder:"DURATION" help:"Only calls that ended within this time, such as 2h."`
	Failed bool          `help:"Only calls that failed; below them why, and what was refused before it was a call, and calls with a problem."`
	Limit  int           `default:"20" placeholder:"N" help:"Maximum number (20)."`
	JSON   bool          `name:"json" help:"Print whole records, one JSON object per line."`
	serverFlags
}

// Help ends the command's help.
func (callsListCommand) Help() string {
	return `Ended calls, newest first: a line per call, and below it a line per leg. The records are files in the folder calls of
the data directory. With --failed: calls in which nobody answered; below them, why, and what else went wrong, in a
sentence each, as long as the server keeps it (insight).

Example:
  switchhook calls list --failed --since 1h
  switchhook calls +15550001234 --json`
}

// Validate refuses a number of calls that cannot be listed.
func (c *callsListCommand) Validate() error {
	if c.Limit < 1 {
		return errors.New("--limit must be 1 or more")
	}
	return nil
}

func (c callsListCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	since, failed := "", ""
	if c.Since > 0 {
		since = time.Now().Add(-c.Since).UTC().Format(time.RFC3339)
	}
	if c.Failed {
		failed = "true"
	}
	path := eventQuery(cdr.Path, "about", c.About, "since", since, "failed", failed, "maxPageSize", strconv.Itoa(min(c.Limit, largestPage)))
	records, err := c.read(a.ctx, client, path)
	if err != nil {
		return err
	}
	if c.JSON {
		for _, line := range records {
			fmt.Fprintf(a.out, "%s\n", line)
		}
		return nil
	}
	table := a.table()
	fmt.Fprintln(table, "ENDED\tFROM\tTO\tLASTED\tWHY\tID, SOUND OF LEGS")
	for _, line := range records {
		var r cdr.Record
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("read a call record: %w", err)
		}
		printCall(table, r)
	}
	if err := table.Flush(); err != nil || !c.Failed {
		return err
	}
	return c.problems(a, client)
}

// largestPage is how many records a server answers at once.
const largestPage = 1000

// read reads the records, page by page.
func (c callsListCommand) read(ctx context.Context, client *api, path string) (records []json.RawMessage, err error) {
	for path != "" && len(records) < c.Limit {
		var page struct {
			Value []json.RawMessage
			Next  string `json:"nextLink"`
		}
		if err := client.do(ctx, "GET", path, managementVersion, nil, &page); err != nil {
			return nil, err
		}
		records = append(records, page.Value...)
		if path, err = nextPath(page.Next); err != nil {
			return nil, err
		}
	}
	return records[:min(len(records), c.Limit)], nil
}

func printCall(table io.Writer, r cdr.Record) {
	lasted := time.Duration(r.DurationMS) * time.Millisecond
	fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", r.End.Local().Format(time.DateTime), r.From, r.To, lasted.Round(time.Second/10), whyOf(r.Reason), r.CorrelationID)
	for _, leg := range r.Legs {
		answered := "not answered"
		if leg.Answered != nil {
			answered = leg.End.Sub(*leg.Answered).Round(time.Second / 10).String()
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\t%s\n", leg.Direction, leg.Participant, leg.Trunk, answered, whyOf(leg.Reason), soundOf(leg.Sound))
	}
}

// whyOf is a reason in a word or two.
func whyOf(why cdr.Reason) string {
	if why.SIP != 0 {
		return fmt.Sprintf("%s (SIP %d)", why.Kind, why.SIP)
	}
	return why.Kind
}

// soundOf is how a leg sounded, on one line.
func soundOf(s *cdr.Sound) string {
	if s == nil {
		return "none"
	}
	text := fmt.Sprintf("%s, %d packets in, %d out, loss %.1f %%, jitter %.1f ms", s.Codec, s.Received, s.Sent, 100*s.Loss, s.MaxJitterMS)
	if s.MOS > 0 {
		text += fmt.Sprintf(", MOS %.1f", s.MOS)
	}
	return text
}
