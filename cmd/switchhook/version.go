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
	_, err := fmt.Fprintln(a.out, versionLine())
	return err
}

func versionLine() string {
	return fmt.Sprintf("switchhook %s %s/%s %s", server.Version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}
