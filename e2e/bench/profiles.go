package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// profileDoor is where a server shows its insides when -profiles asks for them.
const profileDoor = "127.0.0.1:16060"

// insides is the configuration of a server that is to be looked into.
func (b *bench) insides() string {
	if b.profiles == "" {
		return ""
	}
	return "profile: " + profileDoor + "\n"
}

// keep leaves a profile or a trace in the directory of -profiles, for go tool
// pprof and go tool trace. What looks costs: such a run's figures are worth less.
func (b *bench) keep(ctx context.Context, name, what string) error {
	if b.profiles == "" {
		return nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/debug/pprof/%s", profileDoor, what), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("profile %s: %s", what, response.Status)
	}
	out, err := os.Create(filepath.Join(b.profiles, name))
	if err != nil {
		return err
	}
	_, err = io.Copy(out, response.Body)
	return errors.Join(err, out.Close())
}

// keepDuring is keep beside what it looks at; the wait returns its error.
func (b *bench) keepDuring(ctx context.Context, name, what string) (wait func() error) {
	kept := make(chan error, 1)
	go func() { kept <- b.keep(ctx, name, what) }()
	return func() error { return <-kept }
}
