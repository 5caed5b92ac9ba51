package siptest

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
	"time"
)

// request answers what the other end asks.
func (p *Phone) request(m *Message) {
	if m.Method() == "ACK" {
		if call := p.call(m.Get("Call-ID")); call != nil {
			call.media.follow(m.Body)
			call.change(func() { call.up = true })
		}
		return
	}
	p.mu.Lock()
	before, repeated := p.answered[m.branch()+m.Method()]
	script, registrar, guard := p.answer, p.registrar, p.guard
	p.mu.Unlock()
	if repeated {
		p.transmit(&Message{Start: "SIP/2.0 repeated", Fields: m.Fields, reply: m.reply}, before)
		return
	}
	if guard != nil && m.Method() != "CANCEL" {
		status, fields := guard(m)
		m.extra = fields
		if status > 0 {
			p.respond(m, status, "As Guarded", token(), nil)
			return
		}
	}
	call := p.call(m.Get("Call-ID"))
	if m.Method() == "INVITE" && m.Tag("To") == "" {
		if call == nil {
			p.ring(m)
		}
		return
	}
	if m.Method() == "REGISTER" && registrar != nil {
		registrar.register(m)
		return
	}
	if script != nil {
		switch status := script(m); {
		case status < 0:
			return
		case status > 0:
			p.respond(m, status, "As Scripted", token(), nil)
			return
		}
	}
	switch {
	case m.Method() == "OPTIONS":
		p.respond(m, 200, "OK", token(), nil)
	case call == nil:
		p.respond(m, 481, "Call Does Not Exist", token(), nil)
	default:
		call.handle(m)
	}
}

// handle answers a request inside a call.
func (c *Call) handle(m *Message) {
	p := c.phone
	switch m.Method() {
	case "BYE":
		p.respond(m, 200, "OK", "", nil)
		c.change(func() { c.last = m })
		c.finish()
	case "CANCEL":
		p.respond(m, 200, "OK", c.localTag, nil)
		c.respond(487, "Request Terminated", nil)
		c.change(func() { c.last = m })
		c.finish()
	case "INVITE":
		c.media.follow(m.Body)
		c.change(func() { c.target = address(m.Get("Contact")) })
		p.respond(m, 200, "OK", "", c.describe("sendrecv"), timer(m)...)
	default:
		p.respond(m, 200, "OK", "", nil, timer(m)...)
	}
}

// timer grants what a refreshing request asks for (RFC 4028).
func timer(m *Message) (fields []Field) {
	if value := m.Get("Session-Expires"); value != "" {
		fields = append(fields, Field{"Session-Expires", value}, Field{"Require", "timer"})
	}
	return fields
}

// ring takes a new call in.
func (p *Phone) ring(m *Message) {
	if p.cfg.Username != "" && !p.authorized(m) {
		p.respond(m, 407, "Proxy Authentication Required", token(), nil, Field{"Proxy-Authenticate", p.challenge()})
		return
	}
	p.respond(m, 100, "Trying", "", nil)
	call, err := p.newCall(m.Get("Call-ID"))
	if err != nil {
		return
	}
	call.Invite, call.peer, call.target, call.routes = m, m.Get("From"), address(m.Get("Contact")), m.All("Record-Route")
	call.media.follow(m.Body)
	select {
	case p.incoming <- call:
	default:
		call.Reject(600, "Script Sleeps")
	}
}

// repeatAnswer repeats the 200 until the ACK (RFC 3261 §13.3.1.4).
func (c *Call) repeatAnswer() {
	p := c.phone
	interval := p.cfg.T1
	timer := time.NewTimer(interval)
	defer timer.Stop()
	for {
		c.mu.Lock()
		up, changed := c.up, c.changed
		c.mu.Unlock()
		if up {
			return
		}
		select {
		case <-timer.C:
			p.mu.Lock()
			data := p.answered[c.Invite.branch()+"INVITE"]
			p.mu.Unlock()
			if m, err := parse(data); err == nil {
				m.reply = c.Invite.reply
				p.transmit(m, data)
			}
			interval = min(2*interval, 8*p.cfg.T1)
			timer.Reset(interval)
		case <-changed:
		case <-c.media.done:
			return
		}
	}
}

// authorized checks a digest (RFC 2617, qop auth).
func (p *Phone) authorized(m *Message) bool {
	fields := map[string]string{}
	for _, part := range strings.Split(credentials(m), ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[strings.ToLower(key)] = strings.Trim(value, `"`)
	}
	sum := func(parts ...string) string {
		digest := md5.Sum([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(digest[:])
	}
	secret := sum(p.cfg.Username, "phone", p.cfg.Password)
	request := sum(m.Method(), fields["uri"])
	want := sum(secret, p.nonce, fields["nc"], fields["cnonce"], fields["qop"], request)
	return fields["username"] == p.cfg.Username && fields["nonce"] == p.nonce && fields["response"] == want
}
