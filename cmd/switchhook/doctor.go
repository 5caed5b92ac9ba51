package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/doctor"
)

type doctorCommand struct{ settings }

// Help ends the command's help.
func (doctorCommand) Help() string {
	return `It takes the flags of serve. It fails only if the server could not work. For a missing optional part it prints the
command that installs it.

Example:
  switchhook doctor --config switchhook.yaml`
}

func (c doctorCommand) Run(a *app) error {
	cfg, err := c.load(a)
	if err != nil {
		return err
	}
	findings := examine(a.ctx, cfg)
	broken := 0
	for _, f := range findings {
		fmt.Fprintln(a.out, f)
		if f.State == doctor.Fail {
			broken++
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d of %d checks failed", broken, len(findings))
	}
	return nil
}

func examine(ctx context.Context, cfg config.Config) []doctor.Finding {
	list := []doctor.Finding{{State: doctor.OK, What: "configuration"}, dataDirectory(cfg.Data, cfg.Recording.MinFree)}
	pid, running, err := datadir.Running(cfg.Data)
	switch {
	case err != nil:
		list = append(list, doctor.Finding{State: doctor.Fail, What: "lock of the data directory", Remedy: err.Error()})
	case running:
		list = append(list, runningFindings(ctx, cfg, pid)...)
	default:
		list = append(list, freeListeners(ctx, cfg)...)
	}
	return append(list, doctor.Machine(ctx, cfg)...)
}

// dataDirectory asks whether the server could write, and whether the disk has room, also for recordings; it leaves
// nothing behind.
func dataDirectory(dir string, forRecordings uint64) doctor.Finding {
	what := "data directory " + dir
	at := dir
	for { // the first start makes what is missing
		info, err := os.Stat(at)
		if errors.Is(err, os.ErrNotExist) && filepath.Dir(at) != at {
			at = filepath.Dir(at)
			continue
		}
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is not a directory", at)
		}
		if err != nil {
			return doctor.Finding{State: doctor.Fail, What: what, Remedy: err.Error()}
		}
		break
	}
	probe, err := os.CreateTemp(at, ".switchhook-*.tmp")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return doctor.Finding{State: doctor.Fail, What: what, Remedy: err.Error() + "; choose another directory with --data"}
	}
	free, err := datadir.Free(at)
	if err != nil {
		return doctor.Finding{State: doctor.Fail, What: what, Remedy: err.Error()}
	}
	return room(what, free, forRecordings)
}

// room says what so many free bytes are enough for.
func room(what string, free, forRecordings uint64) doctor.Finding {
	switch {
	case free < datadir.LeastFree:
		return doctor.Finding{State: doctor.Fail, What: fmt.Sprintf("%s: its disk is full", what), Remedy: "nothing can be stored: make room, or choose another directory with --data"}
	case free < forRecordings:
		return doctor.Finding{State: doctor.Note, What: fmt.Sprintf("%s: %d MiB are free", what, free>>20), Remedy: fmt.Sprintf("no recording begins below %d MiB: make room, or lower recording.min-free-mib", forRecordings>>20)}
	}
	return doctor.Finding{State: doctor.OK, What: what}
}
