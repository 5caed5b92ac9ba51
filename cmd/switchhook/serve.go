package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync"

	"github.com/switchhook/switchhook/internal/server"
)

type serveCommand struct {
	Settings settings `embed:""`
}

// Help ends the command's help.
func (serveCommand) Help() string {
	return `Every flag is also a key of the configuration file (without the dashes) and an environment variable (SWITCHHOOK_HTTPS and
so on). A flag takes precedence over the environment, and the environment over the file.

Example:
  switchhook serve --config switchhook.yaml --https 0.0.0.0:8443 --public-host calls.example.com`
}

func (c *serveCommand) Run(a *app) error {
	cfg, err := c.Settings.load(a)
	if err != nil {
		return err
	}
	takeProcessors()
	log, end := newServerLog(a.err, cfg.LogLevel, cfg.LogFormat)
	defer end()
	srv := server.New(cfg, log)
	var hearing sync.WaitGroup
	defer hearing.Wait()
	ctx, stop := context.WithCancel(a.ctx)
	defer stop()
	if a.hear != nil {
		hangups := a.hear()
		hearing.Go(func() { hangups.hear(ctx, log, stop) })
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	select {
	case err := <-ended:
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			log.Info("the server was stopped while it started")
			return nil
		}
		return err
	case <-srv.Ready():
	}
	if err := greet(a.out, cfg, srv.Addresses(), srv.Console()); err != nil {
		stop()
		return errors.Join(err, <-ended)
	}
	tell := func(state string) {
		if err := notify(state); err != nil {
			log.Warn("systemd is not told of the state of the server", "state", state, "error", err)
		}
	}
	tell("READY=1")
	stopping := context.AfterFunc(ctx, func() { tell("STOPPING=1") })
	defer stopping()
	return <-ended
}

// takeProcessors lets three threads run Go code per processor: the threads
// that mix sound then wait less for one while the processors are saturated. An
// operator who set GOMAXPROCS knows better.
func takeProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(3 * runtime.GOMAXPROCS(0))
	}
}
