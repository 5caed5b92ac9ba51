package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Help ends the command's help.
func (versionCommand) Help() string { return "Example:\n  switchhook version" }

func (versionCommand) Run(a *app) error {
	_, err := fmt.Fprintf(a.out, "switchhook %s %s/%s %s\n", version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}

// version is the module's version, with the commit where the build knows it.
func version() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "unknown"
	}
	text, dirty := info.Main.Version, ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.modified" && setting.Value == "true":
			dirty = " (modified)"
		case setting.Key == "vcs.revision":
			text += " " + setting.Value[:min(12, len(setting.Value))]
		}
	}
	return text + dirty
}
