package main

import (
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
)

type recordingsHoldCommand struct {
	ID string `arg:"" help:"Id of the recording, of either kind."`
}

// Help ends the command's help.
func (recordingsHoldCommand) Help() string { return "Example:\n  switchhook recordings hold ID" }

func (c recordingsHoldCommand) Run(a *app) error {
	held := true
	return a.keepRecording(c.ID, admin.Keeping{Hold: &held})
}

type recordingsReleaseCommand struct {
	ID string `arg:"" help:"Id of the recording, of either kind."`
}

// Help ends the command's help.
func (recordingsReleaseCommand) Help() string { return "Example:\n  switchhook recordings release ID" }

func (c recordingsReleaseCommand) Run(a *app) error {
	held := false
	return a.keepRecording(c.ID, admin.Keeping{Hold: &held})
}

type recordingsKeepCommand struct {
	ID  string        `arg:"" help:"Id of the recording, of either kind."`
	For time.Duration `arg:"" help:"How long from now, such as 720h."`
}

// Help ends the command's help.
func (recordingsKeepCommand) Help() string { return "Example:\n  switchhook recordings keep ID 720h" }

func (c recordingsKeepCommand) Run(a *app) error {
	until := time.Now().Add(c.For).UTC()
	return a.keepRecording(c.ID, admin.Keeping{Until: &until})
}

func (a *app) keepRecording(id string, keeping admin.Keeping) error {
	var r admin.Recording
	if err := a.recordings("POST", recordingPath(id)+":keep", keeping, &r); err != nil {
		return err
	}
	switch kept := keptUntil(r); {
	case r.Hold:
		fmt.Fprintf(a.out, "The recording %s is held.\n", r.ID)
	case kept == "":
		fmt.Fprintf(a.out, "The recording %s is kept for ever.\n", r.ID)
	default:
		fmt.Fprintf(a.out, "The recording %s is kept %s.\n", r.ID, kept)
	}
	return nil
}

type recordingsDeleteCommand struct {
	ID string `arg:"" help:"Id of the recording, of either kind."`
}

// Help ends the command's help.
func (recordingsDeleteCommand) Help() string { return "Example:\n  switchhook recordings delete ID" }

func (c recordingsDeleteCommand) Run(a *app) error {
	if err := a.recordings("DELETE", recordingPath(c.ID), nil, nil); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "The recording %s is deleted.\n", c.ID)
	return nil
}
