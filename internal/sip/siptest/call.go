package siptest

import (
	"context"
	"fmt"
	"sync"
)

// Call is one call of the phone, made or taken.
type Call struct {
	ID     string
	Invite *Message // the INVITE that began it

	phone    *Phone
	outgoing bool
	localTag string
	media    *media
	withhold bool // no ACK by itself

	mu      sync.Mutex
	changed chan struct{} // closed, and made anew, whenever something below changes
	ringing bool
	up      bool     // answered and acknowledged
	final   *Message // the response that decided over the INVITE
	last    *Message // what ended it: a BYE, a CANCEL or a refusal
	ended   bool
	peer    string // From or To value of the other end, with its tag
	target  string // its Contact
	routes  []string
	cseq    int
	version int
	ack     []byte // for repetitions of the 2xx
}

// Invite describes a call to make.
type Invite struct {
	To           string  // a number; it becomes the user of the Request-URI
	Fields       []Field // replace or add to what a phone writes by itself
	DelayedOffer bool    // no session description in the INVITE: it follows in the ACK
	WithholdACK  bool    // the script sends it, by Call.ACK
	Body         string  // instead of the phone's own session description
	NoSound      bool    // the phone neither speaks nor hears: Body says who does
}

// Call calls a number. It returns at once.
func (p *Phone) Call(number string) (*Call, error) { return p.Invite(Invite{To: number}) }

// Invite makes a call as described. It returns at once.
func (p *Phone) Invite(invite Invite) (*Call, error) {
	call, err := p.newCall(token())
	if err != nil {
		return nil, err
	}
	call.outgoing, call.withhold = true, invite.WithholdACK
	if invite.NoSound {
		call.media.leave()
	}
	call.cseq = 1
	uri := fmt.Sprintf("sip:%s@%s", invite.To, p.cfg.Server)
	m := &Message{Start: "INVITE " + uri + " SIP/2.0"}
	m.Add("Via", p.via(newBranch()))
	m.Add("Max-Forwards", "70")
	m.Add("From", fmt.Sprintf("%s<sip:%s@%s>;tag=%s", quoted(p.cfg.Name), p.cfg.User, p.wire.local(), call.localTag))
	m.Add("To", "<"+uri+">")
	m.Add("Call-ID", call.ID)
	m.Add("CSeq", "1 INVITE")
	m.Add("Contact", p.contact())
	m.Add("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO")
	if !invite.DelayedOffer {
		m.Body = []byte(invite.Body)
		if invite.Body == "" {
			m.Body = call.describe("sendrecv")
		}
		m.Add("Content-Type", "application/sdp")
	}
	m.set(invite.Fields)
	call.Invite, call.peer, call.target = m, m.Get("To"), uri
	p.work.Go(func() { call.dial(invite.DelayedOffer) })
	return call, nil
}

func quoted(name string) string {
	if name == "" {
		return ""
	}
	return `"` + name + `" `
}

func (p *Phone) newCall(id string) (*Call, error) {
	call := &Call{ID: id, phone: p, localTag: token(), changed: make(chan struct{})}
	var err error
	if call.media, err = newMedia(p.cfg.Listen, p.cfg.Codecs); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.cfg.Clocks); n > 0 {
		call.media.clock = &p.cfg.Clocks[p.made%n]
		p.made++
	}
	if p.calls == nil {
		call.media.close()
		return nil, fmt.Errorf("phone is closed")
	}
	p.calls[id] = call
	return call, nil
}

// dial carries the INVITE to its end and listens on for repeated answers.
func (c *Call) dial(delayed bool) {
	p := c.phone
	key := c.Invite.branch() + "INVITE"
	defer p.forget(key)
	final, err := p.exchange(context.Background(), c.Invite, func(m *Message) {
		if m.Status() > 100 {
			c.change(func() { c.ringing = true; c.peer, c.target = m.Get("To"), address(m.Get("Contact")) })
			c.media.follow(m.Body)
			if len(m.Body) > 0 { // what it hears before the answer
				c.media.start(&p.work)
			}
		}
	})
	if err != nil {
		c.finish()
		return
	}
	if final.Status() >= 300 {
		c.transaction("ACK", final)
		c.change(func() { c.final, c.last = final, final })
		c.finish()
		return
	}
	c.media.follow(final.Body)
	var routes []string
	for _, route := range final.All("Record-Route") {
		routes = append([]string{route}, routes...)
	}
	c.change(func() {
		c.final, c.peer, c.target, c.routes = final, final.Get("To"), address(final.Get("Contact")), routes
	})
	if !c.withhold {
		c.acknowledge(delayed)
	}
	p.mu.Lock()
	repeated := p.pending[key]
	p.mu.Unlock()
	for {
		select {
		case m := <-repeated:
			c.mu.Lock()
			ack := c.ack
			c.mu.Unlock()
			if ack != nil && m.Status() < 300 {
				p.resend(ack)
			}
		case <-c.media.done:
			return
		}
	}
}

// acknowledge sends the ACK of the 2xx.
func (c *Call) acknowledge(describe bool) {
	m := c.request("ACK", c.Invite.CSeq())
	if describe {
		m.Body = c.describe("sendrecv")
		m.Add("Content-Type", "application/sdp")
	}
	data := m.bytes()
	c.change(func() { c.ack, c.up = data, true })
	c.phone.transmit(m, data)
	c.media.start(&c.phone.work)
}

// ACK acknowledges the answer, for calls that withhold it.
func (c *Call) ACK() { c.acknowledge(false) }
