package siptest

import (
	"fmt"
	"strings"
)

// transmit logs a message and sends it, unless it gets lost.
func (p *Phone) transmit(m *Message, data []byte) error {
	if p.lost(Entry{Sent: true, Message: m}) {
		return nil
	}
	if m.reply != nil {
		return m.reply(data)
	}
	return p.wire.send(data)
}

// lost logs an entry and reports whether it must not go on.
func (p *Phone) lost(entry Entry) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.vanished {
		return true
	}
	p.log = append(p.log, entry)
	return p.lose != nil && p.lose(entry)
}

// receive takes one message from the wire.
func (p *Phone) receive(data []byte, reply func([]byte) error) {
	<-p.ready
	m, err := parse(data)
	if err != nil {
		return // a keep-alive, or nothing that a phone understands
	}
	m.reply = reply
	if p.lost(Entry{Message: m}) {
		return
	}
	if m.IsRequest() {
		p.request(m)
		return
	}
	p.mu.Lock()
	waiting := p.pending[m.branch()+m.Method()]
	p.mu.Unlock()
	if waiting != nil {
		select {
		case waiting <- m:
		default: // the script does not listen any more
		}
	}
}

// via returns a fresh Via for a request.
func (p *Phone) via(branch string) string {
	return fmt.Sprintf("SIP/2.0/%s %s;branch=%s;rport", strings.ToUpper(p.cfg.Transport), p.wire.local(), branch)
}

func (p *Phone) contact() string {
	if p.cfg.Transport == "udp" {
		return fmt.Sprintf("<sip:%s@%s>", p.cfg.User, p.wire.local())
	}
	transport := p.cfg.Transport
	if transport == "wss" {
		transport = "ws" // RFC 7118 §5.2
	}
	return fmt.Sprintf("<sip:%s@%s;transport=%s>", p.cfg.User, p.wire.local(), transport)
}

func newBranch() string { return "z9hG4bK" + token() }
