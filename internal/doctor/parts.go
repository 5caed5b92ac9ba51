package doctor

import (
	"crypto/x509"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/recording/convert"
)

// Part is something of the system that we use if it is there. What no
// feature uses yet is none: nobody shall install it in vain.
type Part struct {
	name  string // what it is called
	gives string // what is missing without it
	apt   string // Debian's package
	found func() (where string)
}

// Parts lists them.
var Parts = []Part{
	{"certificate authorities", "webhooks, prompts and trunks with certificates of public authorities", "ca-certificates", systemAuthorities},
	{"libopus.so.0", "the Opus codec", "libopus0", opus},
	{convert.Program, "recordings in mp3 and mp4", convert.Program, program(convert.Program)},
	{"espeak-ng", "text to speech without a service", "espeak-ng", program("espeak-ng")},
}

// Missing are the parts that are not installed.
func Missing() []Part {
	var list []Part
	for _, part := range Parts {
		if part.found() == "" {
			list = append(list, part)
		}
	}
	return list
}

// Missing names the part and the command that installs it.
func (p Part) Missing() string { return p.name + " (" + p.gives + "): " + p.command() }

func (p Part) command() string { return "sudo apt-get install " + p.apt }

// Finding says whether the part is there.
func (p Part) Finding() Finding {
	what := p.name + ", for " + p.gives
	if where := p.found(); where != "" {
		return Finding{State: OK, What: what + ": " + where}
	}
	return Finding{Note, what + ": not installed", p.command()}
}

// systemAuthorities finds what the system trusts: images of containers often have nothing of it.
func systemAuthorities() string {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return ""
	}
	return authoritiesIn(pool)
}

func authoritiesIn(pool *x509.CertPool) string {
	if pool.Equal(x509.NewCertPool()) {
		return ""
	}
	return "those of the system"
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
