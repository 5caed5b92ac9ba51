package e2e

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// Numbers that the proxy refuses over UDP. The routes try TCP next.
const (
	unavailable = "+15550199503" // 503
	unknown     = "+15550199404" // 404
	elsewhere   = "+15550199302" // 302
)

// beyond is a number of a provider who is reached through the proxy alone.
const beyond = "+15550199774"

// path is one way through the proxy: the transport between it and the product,
// and that of the phones.
type path struct {
	transport, phones string
	at                string // where the proxy takes calls of the product
	door              string // where phones find the proxy
	ours, far         string // numbers
	routes            int    // Record-Routes that an answer brings: two where the proxy changes the transport
}

// proxied is a product behind a proxy, with an application.
type proxied struct {
	*product
	*agent
	proxy *proxy
	paths []path
	far   map[string]*siptest.Phone // by number
}

// startProxied has all calls go through kamailio.
func startProxied(t *testing.T) *proxied {
	t.Helper()
	x := newProxy(t)
	s := &proxied{proxy: x, far: map[string]*siptest.Phone{}, paths: []path{
		{"udp", "udp", x.UDP, x.UDP, "+15550100001", "+15550199771", 1},
		{"tcp", "tcp", x.TCP, x.TCP, "+15550100002", "+15550199772", 1},
		{"tls", "udp", x.TLS, x.UDP, "+15550100003", "+15550199773", 2},
	}}
	config, trunks, routes := "numbers: [", "trunks:\n", "routes:\n"
	for _, path := range s.paths {
		more := ""
		if path.transport == "tls" {
			more = ", roots: " + x.certify(t)
		}
		config += fmt.Sprintf("%q, ", path.ours)
		trunks += x.trunk(path.transport, path.at, more)
		routes += fmt.Sprintf("  - {name: %s, pattern: '%s$', trunks: [%s]}\n", path.transport, path.far[1:], path.transport)
		s.far[path.far] = s.called(t, path.phones, path.far)
	}
	trunks += fmt.Sprintf("  - {name: provider, host: 127.0.0.14, outbound-proxy: '%s'}\n", x.UDP)
	routes += fmt.Sprintf("  - {name: provider, pattern: '%s$', trunks: [provider]}\n", beyond[1:])
	s.far[beyond] = s.called(t, "udp", beyond)
	routes += "  - {name: first, pattern: '9[3-5]..$', trunks: [udp]}\n  - {name: second, pattern: '9[3-5]..$', trunks: [tcp]}\n"
	x.Refuse = []refusal{{unavailable, "udp", 503}, {unknown, "udp", 404}, {elsewhere, "udp", 302}}
	s.far[unavailable] = s.called(t, "udp", unavailable)
	s.product = start(t, setup{config: config + "]\nrtp-ports: 18500-18599\n" + trunks + routes})
	for _, path := range s.paths {
		door := s.addresses.SIP
		if path.transport == "tls" {
			door = s.addresses.SIPS
		}
		x.To = append(x.To, way{path.ours, "sip:" + door + ";transport=" + path.transport, path.transport + ":" + path.at})
	}
	x.Registrar = "sip:" + s.addresses.SIP
	x.start(t, s.product)
	s.agent = startAgent(s.product, application{})
	s.subscribe("incoming", s.url+"/events")
	return s
}

// called is a phone that the proxy finds by a number.
func (s *proxied) called(t *testing.T, transport, number string) *siptest.Phone {
	t.Helper()
	phone, err := siptest.New(siptest.Config{Transport: transport, User: number})
	must(t, err)
	t.Cleanup(phone.Close)
	s.proxy.To = append(s.proxy.To, way{number, "sip:" + phone.Addr().String() + ";transport=" + transport, ""})
	return phone
}

// caller is a phone that knows nobody but the proxy.
func (s *proxied) caller(t *testing.T, transport, door, number string) *siptest.Phone {
	t.Helper()
	phone, err := siptest.New(siptest.Config{Server: door, Transport: transport, User: number})
	must(t, err)
	t.Cleanup(phone.Close)
	return phone
}

// cameThrough waits until a phone has a request of a dialog that the proxy has passed on.
func cameThrough(t *testing.T, phone *siptest.Phone, method string) {
	t.Helper()
	is := func(e siptest.Entry) bool {
		m := e.Message
		return !e.Sent && m.IsRequest() && m.Method() == method && m.Tag("To") != ""
	}
	eventually(t, 5*time.Second, method+" reaches the phone", func() bool { return phone.Count(is) > 0 })
	if n := phone.Count(func(e siptest.Entry) bool { return is(e) && e.Message.Get("X-Proxy") == "" }); n > 0 {
		t.Errorf("%d of the phone's %s did not come through the proxy", n, method)
	}
}

// TestCallsThroughAProxy: kamailio stands between phones and the product. What
// follows an answer takes the way that the answer took, from both sides.
func TestCallsThroughAProxy(t *testing.T) {
	t.Parallel()
	s := startProxied(t)
	for i, path := range s.paths {
		t.Run("to the application over "+path.transport, func(t *testing.T) {
			a := s.agent.with(t)
			phone := s.caller(t, path.phones, path.door, fmt.Sprintf("+1555019910%d", i))
			s.callIn(t, a, phone, path, fmt.Sprintf("4:+1555019910%d", i))
		})
		t.Run("from the application over "+path.transport, func(t *testing.T) {
			s.callOut(t, s.agent.with(t), path)
		})
	}
	t.Run("from the application by an outbound proxy", func(t *testing.T) {
		s.callOut(t, s.agent.with(t), path{far: beyond, ours: ourNumber})
		if asked := s.far[beyond].Log()[0].Message.URI(); !strings.Contains(asked, "@127.0.0.14") {
			t.Errorf("the provider was asked for %s", asked)
		}
	})
	t.Run("next trunk after 503", func(t *testing.T) { s.failOver(t, s.agent.with(t)) })
	for number, status := range map[string]int{unknown: 404, elsewhere: 302} {
		t.Run(fmt.Sprint("no other trunk after ", status), func(t *testing.T) {
			c := s.agent.with(t).create(values{"target": "4:" + number, "callerNumber": ourNumber})
			c.failed("", func(r *result) bool {
				return r.Code == status && r.SubCode == 560000+status && r.SIPDetails != nil && r.SIPDetails.Code == status
			})
		})
	}
	t.Run("to a registered phone", func(t *testing.T) { s.callRegistered(t, s.agent.with(t)) })
}

// callIn has a phone call the application: hold and its end by the phone, a
// REFER, a re-INVITE and BYE by the product.
func (s *proxied) callIn(t *testing.T, a *agent, phone *siptest.Phone, path path, from string) {
	asked := make(chan *siptest.Message, 1)
	phone.Answering(func(m *siptest.Message) int {
		if m.Method() != "REFER" {
			return 0
		}
		asked <- m
		return 202
	})
	call, err := phone.Invite(siptest.Invite{To: path.ours, Fields: []siptest.Field{{Name: "Allow", Value: "INVITE, ACK, BYE, CANCEL, REFER, NOTIFY"}}})
	must(t, err)
	c := a.answer(a.incomingCall(from))
	must(t, call.WaitAnswered(within(t, 5*time.Second)))
	if got := len(call.Final().All("Record-Route")); got != path.routes {
		t.Errorf("the answer has %d Record-Routes, want %d", got, path.routes)
	}
	c.got("CallConnected")
	must(t, call.Hold(within(t, 5*time.Second)))
	must(t, call.Unhold(within(t, 5*time.Second)))
	c.do("playToAll", values{"urls": []string{a.saveTone("proxied.wav", promptLength)}}, nil)
	hears(t, call, promptPitch, time.Second)

	must(t, call.Hold(within(t, 5*time.Second)))
	c.do("transfer", values{"target": "4:" + path.far, "operationContext": "transfer"}, nil)
	if m := nextRefer(t, asked); m.Get("X-Proxy") == "" {
		t.Error("REFER did not come through the proxy")
	}
	tell(t, call, "486 Busy Here", "terminated;reason=noresource")
	c.gotFor("transfer", "CallTransferFailed")
	cameThrough(t, phone, "INVITE") // the phone is asked to take the call back
	cameThrough(t, phone, "ACK")

	c.do("hangUp", values{"forEveryone": true}, nil)
	must(t, call.WaitEnded(within(t, 5*time.Second)))
	cameThrough(t, phone, "BYE")
	c.ended()
}

// callOut has the application call a phone, which holds the call and ends it.
func (s *proxied) callOut(t *testing.T, a *agent, path path) {
	phone := s.far[path.far]
	c := a.create(values{"target": "4:" + path.far, "callerNumber": path.ours})
	call, err := phone.Next(within(t, 5*time.Second))
	must(t, err)
	if vias := len(call.Invite.All("Via")); vias != 2 {
		t.Errorf("the INVITE has %d Vias, want the product's and the proxy's", vias)
	}
	must(t, call.Ring())
	must(t, call.Answer())
	c.got("CallConnected")
	cameThrough(t, phone, "ACK")
	must(t, call.Hold(within(t, 5*time.Second)))
	must(t, call.Unhold(within(t, 5*time.Second)))
	c.do("playToAll", values{"urls": []string{a.saveTone("proxied.wav", promptLength)}}, nil)
	hears(t, call, promptPitch, time.Second)
	must(t, call.Hangup(within(t, 5*time.Second)))
	if why := c.ended(); why.Code != 200 || why.SubCode != 560000 {
		t.Errorf("CallDisconnected says %v", why)
	}

	c = a.create(values{"target": "4:" + path.far, "callerNumber": path.ours})
	call, err = phone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Ring())
	c.do("hangUp", values{"forEveryone": true}, nil)
	call.WaitEnded(within(t, 5*time.Second))
	if last := call.Last(); last == nil || last.Method() != "CANCEL" {
		t.Errorf("the call that was given up ended with %v", last)
	}
	c.ended()
}

// failOver has the application call a number that the proxy takes only over the
// next trunk.
func (s *proxied) failOver(t *testing.T, a *agent) {
	c := a.create(values{"target": "4:" + unavailable, "callerNumber": ourNumber})
	call, err := s.far[unavailable].Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Answer())
	c.got("CallConnected")
	c.do("hangUp", values{"forEveryone": true}, nil)
	must(t, call.WaitEnded(within(t, 5*time.Second)))
	c.ended()
	if _, port, _ := net.SplitHostPort(s.proxy.TCP); !strings.Contains(call.Invite.All("Record-Route")[len(call.Invite.All("Record-Route"))-1], port) {
		t.Errorf("the call came by %v, not over the second trunk", call.Invite.All("Record-Route"))
	}
}

// callRegistered has a user's phone register through the proxy, and be called. It is behind a
// NAT: the proxy alone knows where, and says so in Path (RFC 3327).
func (s *proxied) callRegistered(t *testing.T, a *agent) {
	user := a.createUser()
	as := s.account(user)
	phone := s.caller(t, "udp", s.proxy.UDP, as.UserName)
	contact := siptest.Field{Name: "Contact", Value: "<sip:" + as.UserName + "@10.99.99.9:5062>"}
	answer, err := phone.Register(within(t, 5*time.Second), as, 600, contact)
	must(t, err)
	if answer.Status() != 200 {
		t.Fatalf("REGISTER got %s", answer.Start)
	}
	c := a.create(values{"target": user})
	call, err := phone.Next(within(t, 5*time.Second))
	must(t, err)
	if !strings.Contains(call.Invite.URI(), "@10.99.99.9") {
		t.Errorf("the phone was called as %s", call.Invite.URI())
	}
	must(t, call.Answer())
	c.got("CallConnected")
	c.do("hangUp", values{"forEveryone": true}, nil)
	must(t, call.WaitEnded(within(t, 5*time.Second)))
	cameThrough(t, phone, "BYE")
	c.ended()
}
