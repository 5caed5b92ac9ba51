package siptest

import (
	"context"
	"fmt"

	"github.com/icholy/digest"
)

// Account is what a phone signs its requests with.
type Account struct {
	UserName, Password string
	Algorithm          string // "" is MD5
}

// Sign answers a challenge for a request, the count-th time that its nonce is used.
func (a Account) Sign(refusal *Message, method, uri string, count int) (Field, error) {
	want := a.Algorithm
	if want == "" {
		want = "MD5"
	}
	for _, value := range refusal.All("WWW-Authenticate") {
		challenge, err := digest.ParseChallenge(value)
		if err != nil || challenge.Algorithm != want {
			continue
		}
		answer, err := digest.Digest(challenge, digest.Options{Method: method, URI: uri, Username: a.UserName, Password: a.Password, Count: count})
		if err != nil {
			return Field{}, err
		}
		return Field{"Authorization", answer.String()}, nil
	}
	return Field{}, fmt.Errorf("no challenge of %s in %s", want, refusal.Start)
}

// Register registers the phone for a number of seconds, 0 ends that, and returns
// the final response, after the challenge was answered. Fields replace or add to
// what a phone writes by itself.
func (p *Phone) Register(ctx context.Context, as Account, seconds int, fields ...Field) (*Message, error) {
	fields = append([]Field{{"Expires", fmt.Sprint(seconds)}}, fields...)
	answer, err := p.register(ctx, as, fields)
	if err != nil || answer.Status() != 401 {
		return answer, err
	}
	signed, err := as.Sign(answer, "REGISTER", "sip:"+p.cfg.Server, 1)
	if err != nil {
		return nil, err
	}
	return p.register(ctx, as, append(fields, signed))
}

// register sends one REGISTER. All of a phone have one Call-ID (RFC 3261 §10.2).
func (p *Phone) register(ctx context.Context, as Account, fields []Field) (*Message, error) {
	p.mu.Lock()
	p.registers++
	cseq := p.registers
	p.mu.Unlock()
	m := &Message{Start: "REGISTER sip:" + p.cfg.Server + " SIP/2.0"}
	address := fmt.Sprintf("<sip:%s@%s>", as.UserName, p.cfg.Server)
	m.Add("Via", p.via(newBranch()))
	m.Add("Max-Forwards", "70")
	m.Add("From", address+";tag="+token())
	m.Add("To", address)
	m.Add("Call-ID", "registration-"+p.nonce)
	m.Add("CSeq", fmt.Sprintf("%d REGISTER", cseq))
	m.Add("Contact", p.contact())
	m.Add("User-Agent", "siptest")
	m.set(fields)
	defer p.forget(m.branch() + m.Method())
	return p.exchange(ctx, m, nil)
}

// CallAs calls as a user: where the other end asks who it is, the phone shows.
func (p *Phone) CallAs(ctx context.Context, as Account, invite Invite) (*Call, error) {
	fields := append([]Field{{"From", fmt.Sprintf("%s<sip:%s@%s>;tag=%s", quoted(p.cfg.Name), as.UserName, p.cfg.Server, token())}, {"User-Agent", "siptest"}}, invite.Fields...)
	invite.Fields = fields
	first, err := p.Invite(invite)
	if err != nil {
		return nil, err
	}
	if err := first.wait(ctx, "asked", func() bool { return first.ringing || first.ended }); err != nil && first.Final() == nil {
		return nil, err
	}
	refusal := first.Final()
	if refusal == nil || refusal.Status() != 401 {
		return first, nil
	}
	signed, err := as.Sign(refusal, "INVITE", "sip:"+invite.To+"@"+p.cfg.Server, 1)
	if err != nil {
		return nil, err
	}
	invite.Fields = append(fields, signed)
	return p.Invite(invite)
}
