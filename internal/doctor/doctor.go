// Package doctor looks at the machine that a server runs on, and says what would keep calls
// from working and what to do about it: optional parts that are not installed, a certificate
// that was not renewed, files that cannot be read, an address that trunks do not reach, a
// scheduler that does not let sound come first, sockets that are too few, hold too little or
// cannot be kept to this machine.
package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/connlimit"
)

// The states of a finding.
const (
	OK   = "ok"
	Note = "note"
	Fail = "fail"
)

// Finding is one thing that was looked at.
type Finding struct {
	State  string `json:"state"` // OK, Note or Fail
	What   string `json:"what"`
	Remedy string `json:"remedy,omitempty"` // "" with OK
}

func (f Finding) String() string {
	text := fmt.Sprintf("%-5s %s", f.State, f.What)
	if f.Remedy != "" {
		text += "\n      " + f.Remedy
	}
	return text
}

// Machine looks at all that does not depend on whether the server runs.
func Machine(ctx context.Context, cfg config.Config) []Finding {
	list := append(append(Certificate(cfg), NAT(ctx, cfg)...), Scheduling(), descriptorFinding(connlimit.Descriptors(), cfg.RTPPorts.High-cfg.RTPPorts.Low+1))
	list = append(append(list, SocketBuffers()...), Browsers(ctx, cfg)...)
	list = append(list, Files(cfg)...)
	for _, part := range Parts {
		list = append(list, part.Finding())
	}
	return append(list, Speech(ctx, cfg)...)
}

// Quote makes a text one word of a shell.
func Quote(text string) string {
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
