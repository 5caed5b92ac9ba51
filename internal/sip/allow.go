package sip

import (
	"sync"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// methods are those that we understand everywhere.
const methods = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY"

// allow are the methods that a peer may use. REFER is named only where it is
// taken: a telephone system that sees it leaves transfers to us.
func (t terms) allow() string {
	if t.acceptRefer != trunk.AcceptNone {
		return methods + ", REFER"
	}
	return methods
}

// allows is what a leg's peer says that it takes.
type allows struct {
	told  bool
	refer bool
}

// learnAllow reads a peer's Allow, wherever it stands; a message without one
// changes nothing.
func (l *leg) learnAllow(message sip.Message) {
	if len(header.Tokens(message, "Allow")) > 0 {
		l.allows = allows{told: true, refer: header.HasToken(message, "Allow", "REFER")}
	}
}

// habits remembers what the trunks' OPTIONS said that they take, for peers whose
// INVITE or 200 has no Allow.
type habits struct {
	mu sync.Mutex
	of map[string]allows // by the trunk's name
}

// learn reads the Allow of a trunk's OPTIONS, or of its answer to ours.
func (h *habits) learn(name string, message sip.Message) {
	if len(header.Tokens(message, "Allow")) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of == nil {
		h.of = make(map[string]allows)
	}
	h.of[name] = allows{told: true, refer: header.HasToken(message, "Allow", "REFER")}
}

// know returns what a trunk takes, as far as it told.
func (h *habits) know(name string) allows {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.of[name]
}
