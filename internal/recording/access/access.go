// Package access is the one gate to recordings. It owns the rules that say who may
// start, download and delete them, and the trail: a file, apart from the log, with
// a line for every attempt.
package access

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/permit"
)

// Action is what somebody wants to do with a recording.
type Action string

// The actions. Whoever may start a recording may also pause, resume and stop it.
const (
	Start    Action = "start"
	Download Action = "download"
	Delete   Action = "delete"
	Keep     Action = "keep" // hold it, or change when it is deleted: of administrators
)

// Actions lists them all.
var Actions = []Action{Start, Download, Delete, Keep}

// Request is an attempt.
type Request struct {
	Action    Action
	Operation string // what of that, such as pause; "": the action itself
	Recording string // the name of a document, a recordingId, or the call that is to be recorded
	Sender    auth.Principal
	From      string // address of the client, with its port
}

// AnyToken is every asker with a bearer token.
const AnyToken = "tokens"

// Rule gives some askers some actions.
type Rule struct {
	By  []string // as guards name askers: primary, secondary, token:SUBJECT, or AnyToken
	May []Action
}

// Check refuses a rule that can never apply.
func (r Rule) Check() error {
	if len(r.By) == 0 || len(r.May) == 0 {
		return errors.New("by and may must both be given")
	}
	for _, by := range r.By {
		if by != permit.PrimaryKey && by != permit.SecondaryKey && by != AnyToken && !strings.HasPrefix(by, permit.TokenAsker) {
			return fmt.Errorf("by has %q; known are %s, %s, %s and %sSUBJECT", by, permit.PrimaryKey, permit.SecondaryKey, AnyToken, permit.TokenAsker)
		}
	}
	for _, action := range r.May {
		if !slices.Contains(Actions, action) {
			return fmt.Errorf("may has %q; known are %s, %s, %s and %s", action, Start, Download, Delete, Keep)
		}
	}
	return nil
}

// Config is what a Gate needs.
type Config struct {
	Rules []Rule // none: whoever may use the APIs may do everything
	Trail *Trail // nil: none is kept
}

// Gate admits to recordings. It is safe for concurrent use.
type Gate struct {
	cfg Config
	log *slog.Logger
}

// New returns a gate.
func New(cfg Config, log *slog.Logger) *Gate { return &Gate{cfg, log} }

// Admit refuses what the rules do not allow, with a fault of kind Forbidden. Either
// way the attempt is in the trail before Admit returns: what cannot be noted does
// not happen.
func (g *Gate) Admit(q Request) error {
	asker := permit.Asker(q.Sender)
	allowed := g.allows(asker, q.Action)
	if err := g.cfg.Trail.note(q, asker, allowed); err != nil {
		g.log.Error("access to a recording cannot be noted, and is refused", "action", q.Action, "recording", q.Recording, "error", err)
		return fault.Busy(0, "The access cannot be noted, so it is refused: see the server's log.")
	}
	if !allowed {
		return fault.Forbidden("The sender may not %s recordings: recording.permissions does not name it for that.", q.Action)
	}
	return nil
}

func (g *Gate) allows(asker string, action Action) bool {
	if len(g.cfg.Rules) == 0 {
		return true
	}
	return slices.ContainsFunc(g.cfg.Rules, func(r Rule) bool {
		return slices.Contains(r.May, action) && slices.ContainsFunc(r.By, func(by string) bool {
			return by == asker && by != "" || by == AnyToken && strings.HasPrefix(asker, permit.TokenAsker)
		})
	})
}
