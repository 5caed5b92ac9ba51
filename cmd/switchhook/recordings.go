package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
)

// recordingsCommand manages recordings of calls.
type recordingsCommand struct {
	serverFlags

	List     recordingsListCommand     `cmd:"" default:"withargs" help:"List recordings, the newest first."`
	Show     recordingsShowCommand     `cmd:"" help:"Show everything that is known of a recording, as JSON."`
	Download recordingsDownloadCommand `cmd:"" help:"Download the files of a recording, and what describes them."`
	Verify   recordingsVerifyCommand   `cmd:"" help:"Compare the files of a recording with their checksums."`
	Hold     recordingsHoldCommand     `cmd:"" help:"Keep a recording whatever its time, and whoever deletes it."`
	Release  recordingsReleaseCommand  `cmd:"" help:"Lift a hold."`
	Keep     recordingsKeepCommand     `cmd:"" help:"Change when a recording is deleted."`
	Delete   recordingsDeleteCommand   `cmd:"" help:"Delete a recording: its files and what describes them."`
}

// recordings asks the server.
func (a *app) recordings(method, rest string, in, out any) error {
	client, err := a.connect(a.root.Recordings.ConnectionString)
	if err != nil {
		return err
	}
	return client.do(a.ctx, method, admin.RecordingsPath+rest, managementVersion, in, out)
}

func recordingPath(id string) string { return "/" + url.PathEscape(id) }

type recordingsListCommand struct {
	About string `arg:"" optional:"" help:"Only recordings with this participant, number or id of any kind, or in this state: recording, ended, announced."`
	JSON  bool   `name:"json" help:"Print whole records, one JSON object per line."`
}

// Help ends the command's help.
func (recordingsListCommand) Help() string {
	return "Example:\n  switchhook recordings +15550001234\n  switchhook recordings list recording --json"
}

func (c recordingsListCommand) Run(a *app) error {
	var list struct{ Value []admin.Recording }
	if err := a.recordings("GET", "?about="+url.QueryEscape(c.About), nil, &list); err != nil {
		return err
	}
	if c.JSON {
		lines := json.NewEncoder(a.out)
		for _, r := range list.Value {
			if err := lines.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	table := a.table()
	fmt.Fprintln(table, "BEGAN\tLASTED\tKIND\tSTATE\tKEPT\tPARTICIPANTS\tID")
	for _, r := range list.Value {
		lasted := time.Duration(r.DurationMs) * time.Millisecond
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Began.Local().Format(time.DateTime), lasted.Round(time.Second/10), r.Kind, r.State, keptUntil(r), strings.Join(r.Participants, " "), r.ID)
	}
	return table.Flush()
}

func keptUntil(r admin.Recording) string {
	switch {
	case r.Hold:
		return "held"
	case r.Exporting:
		return "until it is exported"
	case r.Expires.IsZero():
		return ""
	}
	return "until " + r.Expires.Local().Format(time.DateTime)
}

type recordingsShowCommand struct {
	ID string `arg:"" help:"Id of the recording, of either kind."`
}

// Help ends the command's help.
func (recordingsShowCommand) Help() string { return "Example:\n  switchhook recordings show ID" }

func (c recordingsShowCommand) Run(a *app) error {
	var r admin.Recording
	if err := a.recordings("GET", recordingPath(c.ID), nil, &r); err != nil {
		return err
	}
	return a.printJSON(r)
}

func (a *app) printJSON(value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "%s\n", text)
	return err
}

type recordingsVerifyCommand struct {
	ID string `arg:"" help:"Id of the recording, of either kind."`
}

// Help ends the command's help.
func (recordingsVerifyCommand) Help() string { return "Example:\n  switchhook recordings verify ID" }

func (c recordingsVerifyCommand) Run(a *app) error {
	var r admin.Recording
	if err := a.recordings("POST", recordingPath(c.ID)+":verify", nil, &r); err != nil {
		return err
	}
	var failed error
	for _, d := range r.Documents {
		if d.Intact == nil || !*d.Intact {
			failed = errors.New("a file is not as it was recorded")
			fmt.Fprintf(a.out, "%s  DAMAGED  %s\n", d.Name, d.Error)
			continue
		}
		fmt.Fprintf(a.out, "%s  intact  sha256 %s\n", d.Name, d.SHA256)
	}
	return failed
}
