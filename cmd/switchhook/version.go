package main

import (
	"fmt"
	"runtime"

	"github.com/switchhook/switchhook/internal/server"
)

type versionCommand struct{}

// Help ends the command's help.
func (versionCommand) Help() string { return "Example:\n  switchhook version" }

func (versionCommand) Run(a *app) error {
	_, err := fmt.Fprintf(a.out, "switchhook %s %s/%s %s\n", server.Version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}
