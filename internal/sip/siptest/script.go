package siptest

import (
	"errors"
	"slices"
)

// Entry is one message of the phone's log. Lost ones are logged too.
type Entry struct {
	Sent    bool
	Message *Message
}

// Lose installs a rule for messages that get lost, in either direction.
func (p *Phone) Lose(rule func(Entry) bool) {
	p.mu.Lock()
	p.lose = rule
	p.mu.Unlock()
}

// Answering installs a script for requests inside calls: it returns the status
// to answer with, 0 for what a good phone does, or -1 for silence.
func (p *Phone) Answering(script func(*Message) int) {
	p.mu.Lock()
	p.answer = script
	p.mu.Unlock()
}

// Guarding installs a script that sees every request before the phone, but ACK and
// CANCEL, which nobody may challenge. It returns the status and the fields of a refusal;
// with status 0 the phone goes on, and adds the fields to its final response.
func (p *Phone) Guarding(script func(*Message) (status int, fields []Field)) {
	p.mu.Lock()
	p.guard = script
	p.mu.Unlock()
}

// Log returns all messages so far.
func (p *Phone) Log() []Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.log)
}

// Count returns how many messages of the log fit.
func (p *Phone) Count(fits func(Entry) bool) (n int) {
	for _, entry := range p.Log() {
		if fits(entry) {
			n++
		}
	}
	return n
}

// Repeat sends the last message that fits once more, as a network may.
func (p *Phone) Repeat(fits func(Entry) bool) error {
	log := p.Log()
	for i := len(log) - 1; i >= 0; i-- {
		if log[i].Sent && fits(log[i]) {
			return p.wire.send(log[i].Message.bytes())
		}
	}
	return errors.New("no message to repeat")
}
