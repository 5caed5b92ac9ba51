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
func (t terms) allow() sip.Header {
	if t.acceptRefer != trunk.AcceptNone {
		return allowREFERField
	}
	return allowField
}

// referSupport is whether a peer takes REFER, as far as its Allow said.
type referSupport uint8

const (
	referUnknown referSupport = iota
	referNotAllowed
	referAllowed
)

// readAllow reads a peer's Allow, wherever it stands; unknown without one.
func readAllow(message sip.Message) referSupport {
	switch {
	case !header.HasTokens(message, "Allow"):
		return referUnknown
	case header.HasToken(message, "Allow", "REFER"):
		return referAllowed
	}
	return referNotAllowed
}

// learnAllow reads a peer's Allow; a message without one changes nothing.
func (l *leg) learnAllow(message sip.Message) {
	if known := readAllow(message); known != referUnknown {
		l.allowsRefer = known
	}
}

// trunkMethods remembers what the trunks' OPTIONS said that they take, for peers
// whose INVITE or 200 has no Allow.
type trunkMethods struct {
	mu      sync.Mutex
	byTrunk map[string]referSupport // by name
}

// learn reads the Allow of a trunk's OPTIONS, or of its answer to ours.
func (m *trunkMethods) learn(name string, message sip.Message) {
	known := readAllow(message)
	if known == referUnknown {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byTrunk == nil {
		m.byTrunk = make(map[string]referSupport)
	}
	m.byTrunk[name] = known
}

// of returns what a trunk takes, as far as it said.
func (m *trunkMethods) of(name string) referSupport {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.byTrunk[name]
}
