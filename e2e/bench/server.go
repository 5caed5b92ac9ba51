package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the binary under load, on a data directory of its own.
type server struct {
	data      string
	binary    string
	process   *exec.Cmd
	exited    chan error
	addresses struct{ HTTPS, HTTP, SIP string }
}

// briefEnd lets a server stop in the middle of calls: they were measured.
const briefEnd = "shutdown: {grace: 100ms}\ndelivery: {flush: 1s}\n"

// startServer starts the binary on the first core, where that can be chosen, with
// more lines of configuration.
func startServer(ctx context.Context, binary, configuration string) (*server, error) {
	data, err := os.MkdirTemp("", "switchhook-bench-")
	if err != nil {
		return nil, err
	}
	config := filepath.Join(data, "bench.yaml")
	if err := os.WriteFile(config, []byte(briefEnd+configuration), 0o600); err != nil {
		return nil, errors.Join(err, os.RemoveAll(data))
	}
	s := &server{data: data, binary: binary, exited: make(chan error, 1)}
	arguments := []string{binary, "serve", "--data", data, "--config", config, "--log-level", "warn",
		"--https", "localhost:0", "--http", "localhost:0", "--sip", "127.0.0.1:0", "--sips", "off"}
	if taskset, err := exec.LookPath("taskset"); err == nil {
		arguments = append([]string{taskset, "-c", "0"}, arguments...)
	}
	s.process = exec.Command(arguments[0], arguments[1:]...)
	s.process.Stderr = os.Stderr
	if err := s.process.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(data))
	}
	go func() { s.exited <- s.process.Wait() }()
	if err := s.await(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// await returns when the doors are open.
func (s *server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(filepath.Join(s.data, "addresses.json"))
		if err == nil && json.Unmarshal(text, &s.addresses) == nil {
			return nil
		}
		select {
		case <-tick.C:
		case err := <-s.exited:
			s.exited <- err
			return fmt.Errorf("the server ended at its start: %w", err)
		case <-ctx.Done():
			return errors.New("the server is not ready within 20 s")
		}
	}
}

// close stops the server and removes what it stored.
func (s *server) close() {
	s.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(time.Minute):
		s.process.Process.Kill()
	}
	os.RemoveAll(s.data)
}

// subscribe sends incoming calls and files of recordings to a webhook.
func (s *server) subscribe(ctx context.Context, endpoint string) error {
	out, err := exec.CommandContext(ctx, s.binary, "subscribe", "bench", "--data", s.data, "--endpoint", endpoint,
		"--included-event-types", "Microsoft.Communication.IncomingCall",
		"--included-event-types", "Microsoft.Communication.RecordingFileStatusUpdated").CombinedOutput()
	if err != nil {
		return fmt.Errorf("subscribe: %w\n%s", err, out)
	}
	return nil
}

// clockTick is the unit of /proc/PID/stat, 10 ms on Linux whatever the kernel's own is.
const clockTick = 10 * time.Millisecond

// cpu is the processor time that the server has taken.
func (s *server) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name before it may hold anything
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/PID/stat has %d fields", len(fields))
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * clockTick, errors.Join(err1, err2)
}

// memory is the resident set in bytes.
func (s *server) memory() (int, error) {
	resident, _, err := s.statm()
	return resident, err
}

// statm is the resident set in bytes, and how much of it are pages of the program's
// file: those come in as its parts are used for the first time, and stay.
func (s *server) statm() (resident, file int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.process.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 3 {
		return 0, 0, errors.New("/proc/PID/statm is empty")
	}
	resident, err1 := strconv.Atoi(fields[1])
	file, err2 := strconv.Atoi(fields[2])
	return resident * os.Getpagesize(), file * os.Getpagesize(), errors.Join(err1, err2)
}

// quiet is how long the server may take to notice that a burst is over, and to
// give memory back.
const quiet = 12 * time.Second

// settled is the resident set after a while in which nothing was set up.
func (s *server) settled(ctx context.Context) (int, error) {
	if err := pause(ctx, quiet); err != nil {
		return 0, err
	}
	return s.memory()
}

// over returns the processor time that the server takes in a while.
func (s *server) over(ctx context.Context, d time.Duration) (time.Duration, error) {
	before, err := s.cpu()
	if err != nil {
		return 0, err
	}
	if err := pause(ctx, d); err != nil {
		return 0, err
	}
	after, err := s.cpu()
	return after - before, err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
