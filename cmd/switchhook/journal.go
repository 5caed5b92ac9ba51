package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// journalCommand looks at the journal of events of a server that does not run.
type journalCommand struct {
	Check  journalCheckCommand  `cmd:"" help:"Read the journal, and print what of it is damaged."`
	Repair journalRepairCommand `cmd:"" help:"Leave out of the journal what cannot be read, and keep the rest."`
}

type journalCheckCommand struct{}

// Help ends the command's help.
func (journalCheckCommand) Help() string {
	return `The server must not run. Nothing is changed. The command fails if the journal is damaged: the server does not start then.

Example:
  switchhook journal check --data /var/lib/switchhook`
}

func (c journalCheckCommand) Run(a *app) error {
	found, err := a.onJournal(func(data *datadir.Dir) (journal.Contained, error) {
		return journal.Examine(data.Path(datadir.JournalFolder))
	})
	if err == nil && len(found.Damage) > 0 {
		err = errors.New("the journal is damaged: switchhook journal repair leaves out what cannot be read")
	}
	return err
}

type journalRepairCommand struct{}

// Help ends the command's help.
func (journalRepairCommand) Help() string {
	return `The server must not run. What can be read is written to new files, which belong to the owner of the directory;
those that are there now are moved to a folder of the data directory, journal-damaged-TIME. Without damage nothing is changed.

Example:
  switchhook journal repair --data /var/lib/switchhook`
}

func (c journalRepairCommand) Run(a *app) error {
	aside := datadir.JournalFolder + "-damaged-" + time.Now().UTC().Format("20060102T150405Z")
	found, err := a.onJournal(func(data *datadir.Dir) (journal.Contained, error) {
		return journal.Repair(data.Path(datadir.JournalFolder), data.Path(aside))
	})
	switch {
	case err != nil:
		return err
	case len(found.Damage) == 0:
		fmt.Fprintln(a.out, "Nothing was changed.")
	default:
		fmt.Fprintf(a.out, "The journal was written anew, and the server starts with it. Its files as they were are in %s of the data directory.\n", aside)
	}
	return nil
}

// onJournal has something done with the journal while no server runs, and prints what was found.
func (a *app) onJournal(do func(*datadir.Dir) (journal.Contained, error)) (found journal.Contained, err error) {
	cfg, err := a.resourceConfig()
	if err != nil {
		return found, err
	}
	data, err := datadir.Open(cfg.Data)
	if err != nil {
		return found, err
	}
	found, err = do(data)
	err = errors.Join(err, data.Close())
	if errors.Is(err, fs.ErrNotExist) {
		return found, fmt.Errorf("there is no journal in %s: no server has run there yet", cfg.Data)
	}
	if err == nil {
		a.printJournal(found)
	}
	return found, err
}

// printJournal says what is there and what is lost.
func (a *app) printJournal(found journal.Contained) {
	fmt.Fprintf(a.out, "%d files, %d events and %d promises in %d pages\n", found.Files, found.Events, found.Promises, found.Pages)
	if len(found.Damage) == 0 {
		return
	}
	for _, damage := range found.Damage {
		fmt.Fprintln(a.out, "damaged:", damage)
	}
	fmt.Fprintf(a.out, `%d pages or more are lost, each of 1 to 256 events and promises. Of events that are lost, applications do not hear; nor do they
hear of the end of calls whose promises are lost. Events whose delivery was noted in what is lost are delivered once more.
`, found.Lost)
}
