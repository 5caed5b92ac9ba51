package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// load is what sipp's built-in caller came to.
type load struct {
	took              time.Duration
	succeeded, failed int           // calls; an overloaded server refuses some with 503
	setups            times         // from INVITE to 200; of runs with -trace_rtt
	sipp, application time.Duration // processor time of the callers, and of this process meanwhile
}

// rate is the calls that succeeded in a second.
func (l load) rate() float64 { return float64(l.succeeded) / l.took.Seconds() }

// others tells what the callers and the application took of their core: where it is
// all of it, they are what limits the figures.
func (l load) others() string {
	return fmt.Sprintf("the application took %.0f %% of another core, sipp %.0f %%", percent(l.application, l.took), percent(l.sipp, l.took))
}

// runSipp makes calls. An error is that there was no load worth a figure.
func runSipp(ctx context.Context, s *server, number string, arguments ...string) (load, error) {
	dir, err := os.MkdirTemp("", "switchhook-sipp-")
	if err != nil {
		return load{}, err
	}
	defer os.RemoveAll(dir)
	statistics := filepath.Join(dir, "statistics.csv")
	command := exec.CommandContext(ctx, "sipp", append([]string{s.addresses.SIP, "-sn", "uac", "-s", number, "-i", "127.0.0.1",
		"-nostdin", "-timeout", "300", "-buff_size", "4194304", "-trace_stat", "-stf", statistics, "-fd", "1"}, arguments...)...)
	command.Dir = dir
	began, before := time.Now(), spent()
	out, runErr := command.CombinedOutput()
	l := load{took: time.Since(began), application: spent() - before}
	if ended := command.ProcessState; ended != nil {
		l.sipp = ended.UserTime() + ended.SystemTime()
	}
	if l.succeeded, l.failed, err = readStatistics(statistics); err != nil || l.succeeded == 0 {
		return l, fmt.Errorf("sipp: %w\n%s", errors.Join(runErr, err), out)
	}
	if l.setups, err = readSetups(dir); err != nil {
		return l, err
	}
	return l, nil // sipp fails when one call did; that is in the counts
}

// readStatistics reads the last line of sipp's statistics.
func readStatistics(name string) (succeeded, failed int, err error) {
	lines, err := readCSV(name)
	if err != nil {
		return 0, 0, err
	}
	last := lines[len(lines)-1]
	for i, column := range lines[0] {
		if i >= len(last) {
			break
		}
		switch column {
		case "SuccessfulCall(C)":
			succeeded, err = strconv.Atoi(last[i])
		case "FailedCall(C)":
			failed, err = strconv.Atoi(last[i])
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return succeeded, failed, nil
}

func readCSV(name string) ([][]string, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.Comma, in.FieldsPerRecord, in.LazyQuotes = ';', -1, true
	lines, err := in.ReadAll()
	if err == nil && len(lines) < 2 {
		err = errors.New("there are no lines in it")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	return lines, nil
}
