package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/listen"
	"github.com/switchhook/switchhook/internal/resource"
)

type doctorCommand struct{ settings }

// Help ends the command's help.
func (doctorCommand) Help() string {
	return `It takes the flags of serve. It fails only if the server could not work. For a missing optional part it prints the
command that installs it.

Example:
  switchhook doctor --config switchhook.yaml`
}

// finding is one thing that was looked at.
type finding struct {
	state  string // ok, note or fail
	what   string
	remedy string // "" with ok
}

func (f finding) String() string {
	text := fmt.Sprintf("%-5s %s", f.state, f.what)
	if f.remedy != "" {
		text += "\n      " + f.remedy
	}
	return text
}

const (
	stateOK   = "ok"
	stateNote = "note"
	stateFail = "fail"
)

func (c doctorCommand) Run(a *app) error {
	cfg, err := c.load(a)
	if err != nil {
		return err
	}
	findings := examine(a.ctx, cfg)
	broken := 0
	for _, f := range findings {
		fmt.Fprintln(a.out, f)
		if f.state == stateFail {
			broken++
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d of %d checks failed", broken, len(findings))
	}
	return nil
}

func examine(ctx context.Context, cfg config.Config) []finding {
	list := []finding{{state: stateOK, what: "configuration"}, dataDirectory(cfg.Data)}
	pid, running, err := datadir.Running(cfg.Data)
	switch {
	case err != nil:
		list = append(list, finding{stateFail, "lock of the data directory", err.Error()})
	case running:
		list = append(list, runningServer(ctx, cfg, pid))
		list = append(list, trunkFindings(ctx, cfg)...)
	default:
		list = append(list, freeListeners(ctx, cfg)...)
	}
	list = append(list, natFindings(ctx, cfg)...)
	list = append(list, scheduling())
	for _, part := range optionalParts {
		list = append(list, part.finding())
	}
	return list
}

// dataDirectory asks whether the server could write; it leaves nothing behind.
func dataDirectory(dir string) finding {
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
			return finding{stateFail, what, err.Error()}
		}
		break
	}
	probe, err := os.CreateTemp(at, ".switchhook-*.tmp")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return finding{stateFail, what, err.Error() + "; choose another directory with --data"}
	}
	return finding{state: stateOK, what: what}
}

// runningServer asks the server that holds the directory how it is.
func runningServer(ctx context.Context, cfg config.Config, pid int) finding {
	what := fmt.Sprintf("server is running with process id %d", pid)
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := healthy(ctx, cfg); err != nil {
		return finding{stateFail, what, err.Error()}
	}
	return finding{state: stateOK, what: what}
}

func healthy(ctx context.Context, cfg config.Config) error {
	taken, err := datadir.ReadAddresses(cfg.Data)
	if err != nil {
		return err
	}
	client, err := newAPI(resource.Connection{}, filepath.Join(cfg.Data, datadir.AuthorityFile), ownName(cfg))
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, "GET", taken.Endpoint()+"healthz", nil)
	if err != nil {
		return err
	}
	answer, err := client.client.Do(request)
	if err != nil {
		return explain(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", request.URL, answer.Status)
	}
	return nil
}

// freeListeners tries to open each listener as the server would.
func freeListeners(ctx context.Context, cfg config.Config) []finding {
	var list []finding
	for _, listener := range [][2]string{{"--https", cfg.HTTPS}, {"--http", cfg.HTTP}, {"--sip", cfg.SIP}, {"--sips", cfg.SIPS}} {
		flag, address := listener[0], listener[1]
		if address == "" {
			continue
		}
		listeners, _, err := listen.TCP(ctx, flag, address)
		for _, listener := range listeners {
			listener.Close()
		}
		if err == nil && flag == "--sip" {
			err = freeUDP(ctx, flag, address)
		}
		if err != nil {
			list = append(list, finding{stateFail, "listener " + flag + " " + address, err.Error()})
			continue
		}
		list = append(list, finding{state: stateOK, what: "listener " + flag + " " + address})
	}
	return list
}

func freeUDP(ctx context.Context, flag, address string) error {
	socket, err := new(net.ListenConfig).ListenPacket(ctx, "udp", address)
	if err != nil {
		return fmt.Errorf("%s %s is in use for UDP: %w", flag, address, err)
	}
	return socket.Close()
}
