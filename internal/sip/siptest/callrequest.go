package siptest

import (
	"context"
	"fmt"
	"slices"
)

// transaction sends an ACK or CANCEL that belongs to the INVITE's transaction.
func (c *Call) transaction(method string, response *Message) *Message {
	m := &Message{Start: method + " " + c.Invite.URI() + " SIP/2.0"}
	m.Add("Via", c.Invite.Get("Via"))
	m.Add("Max-Forwards", "70")
	m.Add("From", c.Invite.Get("From"))
	m.Add("To", c.Invite.Get("To"))
	m.Add("Call-ID", c.ID)
	m.Add("CSeq", fmt.Sprintf("%d %s", c.Invite.CSeq(), method))
	if response != nil {
		m.set([]Field{{"To", response.Get("To")}})
		c.phone.transmit(m, m.bytes())
	}
	return m
}

// request builds a request inside the call.
func (c *Call) request(method string, cseq int) *Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	self := fmt.Sprintf("<sip:%s@%s>;tag=%s", c.phone.cfg.User, c.phone.wire.local(), c.localTag)
	if c.outgoing {
		self = c.Invite.Get("From")
	}
	m := &Message{Start: method + " " + c.target + " SIP/2.0"}
	if !c.outgoing {
		m.reply = c.Invite.reply // who called may be unknown to a phone that only is called
	}
	m.Add("Via", c.phone.via(newBranch()))
	m.Add("Max-Forwards", "70")
	for _, route := range c.routes {
		m.Add("Route", route)
	}
	m.Add("From", self)
	m.Add("To", c.peer)
	m.Add("Call-ID", c.ID)
	m.Add("CSeq", fmt.Sprintf("%d %s", cseq, method))
	m.Add("Contact", c.phone.contact())
	return m
}

// Request sends a request inside the call and returns its final response.
func (c *Call) Request(ctx context.Context, method string, body []byte, fields ...Field) (*Message, error) {
	c.mu.Lock()
	c.cseq++
	cseq := c.cseq
	c.mu.Unlock()
	m := c.request(method, cseq)
	m.Body = slices.Clone(body)
	m.set(fields)
	return c.phone.exchange(ctx, m, nil)
}

// resend sends bytes once more, subject to the same losses.
func (p *Phone) resend(data []byte) {
	if m, err := parse(data); err == nil {
		p.transmit(m, data)
	}
}
