package main

import (
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/recording/convert"
)

// optionalPart is something of the system that we use if it is there. What no
// feature uses yet is none: nobody shall install it in vain.
type optionalPart struct {
	name  string // what it is called
	gives string // what is missing without it
	apt   string // Debian's package
	found func() (where string)
}

var optionalParts = []optionalPart{
	{"libopus.so.0", "the Opus codec", "libopus0", opus},
	{convert.Program, "recordings in mp3 and mp4", convert.Program, program(convert.Program)},
	{"espeak-ng", "text to speech without a service", "espeak-ng", program("espeak-ng")},
}

// missingParts are those that are not installed.
func missingParts() []optionalPart {
	var list []optionalPart
	for _, part := range optionalParts {
		if part.found() == "" {
			list = append(list, part)
		}
	}
	return list
}

// missing names the part and the command that installs it.
func (p optionalPart) missing() string { return p.name + " (" + p.gives + "): " + p.command() }

func (p optionalPart) command() string { return "sudo apt-get install " + p.apt }

func (p optionalPart) finding() finding {
	what := p.name + ", for " + p.gives
	if where := p.found(); where != "" {
		return finding{state: stateOK, what: what + ": " + where}
	}
	return finding{stateNote, what + ": not installed", p.command()}
}

// program finds a program by its name.
func program(name string) func() string {
	return func() string { where, _ := exec.LookPath(name); return where }
}

// opus finds libopus, by opening it as a call would.
func opus() string {
	switch {
	case !codec.OpusBuilt:
		return "left out of this program on purpose"
	case codec.OpusMissing() != nil:
		return ""
	}
	if where := library("libopus.so.0")(); where != "" {
		return where
	}
	return "found by the system's loader"
}

// libraryDirs are where a system's loader looks, as far as we know it.
var libraryDirs = []string{"/lib*", "/lib/*-linux-*", "/usr/lib*", "/usr/lib/*-linux-*", "/usr/local/lib*", "/usr/local/lib/*-linux-*", "/opt/homebrew/lib"}

// library finds a shared library without loading it.
func library(name string) func() string {
	return func() string {
		for _, dir := range libraryDirs {
			if found, _ := filepath.Glob(strings.Join([]string{dir, name}, "/")); len(found) > 0 {
				return found[0]
			}
		}
		return ""
	}
}
