package siptest

import (
	"context"
	"fmt"
	"time"
)

// Request sends a request of any method outside a call and returns its final
// response. Fields replace or add to what a phone writes by itself.
func (p *Phone) Request(ctx context.Context, method, user string, fields ...Field) (*Message, error) {
	return p.RequestWith(ctx, method, user, nil, fields...)
}

// RequestWith is Request with a body.
func (p *Phone) RequestWith(ctx context.Context, method, user string, body []byte, fields ...Field) (*Message, error) {
	uri := fmt.Sprintf("sip:%s@%s", user, p.cfg.Server)
	m := &Message{Start: method + " " + uri + " SIP/2.0", Body: body}
	m.Add("Via", p.via(newBranch()))
	m.Add("Max-Forwards", "70")
	m.Add("From", fmt.Sprintf("<sip:%s@%s>;tag=%s", p.cfg.User, p.wire.local(), token()))
	m.Add("To", "<"+uri+">")
	m.Add("Call-ID", token())
	m.Add("CSeq", "1 "+method)
	m.Add("Contact", p.contact())
	m.set(fields)
	defer p.forget(m.branch() + m.Method())
	return p.exchange(ctx, m, nil)
}

// set replaces fields of the same name, or adds them.
func (m *Message) set(fields []Field) {
next:
	for _, f := range fields {
		for i := range m.Fields {
			if m.Fields[i].Name == f.Name {
				m.Fields[i].Value = f.Value
				continue next
			}
		}
		m.Add(f.Name, f.Value)
	}
}

// leastPatience is how long a phone waits for an answer at least: T1 of tests is short,
// and a busy machine is slow.
const leastPatience = 6 * time.Second

// exchange sends a request until something answers, passes provisional
// responses on, and returns the final one. Over UDP it repeats the request as
// RFC 3261 §17.1 asks.
func (p *Phone) exchange(ctx context.Context, m *Message, provisional func(*Message)) (*Message, error) {
	key := m.branch() + m.Method()
	responses := make(chan *Message, 64)
	p.mu.Lock()
	p.pending[key] = responses
	p.mu.Unlock()
	if m.Method() != "INVITE" { // an INVITE's 2xx may be repeated: the call listens on
		defer p.forget(key)
	}
	data := m.bytes()
	if err := p.transmit(m, data); err != nil {
		return nil, err
	}
	interval, giveUp := p.cfg.T1, time.NewTimer(max(64*p.cfg.T1, leastPatience))
	repeat := time.NewTimer(interval)
	defer giveUp.Stop()
	defer repeat.Stop()
	if p.cfg.Transport != "udp" {
		repeat.Stop()
	}
	for {
		select {
		case response := <-responses:
			if m.Method() == "INVITE" {
				repeat.Stop()
				giveUp.Stop()
			}
			if response.Status() >= 200 {
				return response, nil
			}
			if provisional != nil {
				provisional(response)
			}
		case <-repeat.C:
			interval *= 2
			repeat.Reset(interval)
			if err := p.transmit(m, data); err != nil {
				return nil, err
			}
		case <-giveUp.C:
			return nil, fmt.Errorf("nobody answered %s", m.Start)
		case <-ctx.Done():
			return nil, fmt.Errorf("nobody answered %s: %w", m.Start, context.Cause(ctx))
		case <-p.done:
			return nil, fmt.Errorf("phone closed while waiting for an answer to %s", m.Start)
		}
	}
}

func (p *Phone) forget(key string) {
	p.mu.Lock()
	delete(p.pending, key)
	p.mu.Unlock()
}

// respond answers a request, and remembers it for repetitions of the request.
func (p *Phone) respond(request *Message, status int, phrase, tag string, body []byte, fields ...Field) error {
	m := &Message{Start: fmt.Sprintf("SIP/2.0 %d %s", status, phrase), Body: body, reply: request.reply}
	for _, via := range request.All("Via") {
		m.Add("Via", via)
	}
	for _, route := range request.All("Record-Route") {
		m.Add("Record-Route", route)
	}
	to := request.Get("To")
	if tag != "" && request.Tag("To") == "" {
		to += ";tag=" + tag
	}
	m.Add("From", request.Get("From"))
	m.Add("To", to)
	m.Add("Call-ID", request.Get("Call-ID"))
	m.Add("CSeq", request.Get("CSeq"))
	if status < 300 {
		m.Add("Contact", p.contact())
	}
	if len(body) > 0 {
		m.Add("Content-Type", "application/sdp")
	}
	m.set(fields)
	if status >= 200 {
		m.Fields = append(m.Fields, request.extra...)
	}
	data := m.bytes()
	p.mu.Lock()
	p.answered[request.branch()+request.Method()] = data
	p.mu.Unlock()
	return p.transmit(m, data)
}
