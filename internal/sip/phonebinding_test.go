package sip

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/trunk"
)

const testResource = "11111111-2222-4333-8444-555555555555"

// phoneRig is a rig whose users have telephones.
type phoneRig struct {
	*rig
	phones *registrar.Registrar
}

// newPhoneRig makes one. Its only trunk is far away, so that phones here are
// strangers until they show who they are, unless trunks are given.
func newPhoneRig(t *testing.T, change func(*Config), trunks ...trunk.Trunk) *phoneRig {
	t.Helper()
	phones, err := registrar.New(t.Context(), registrar.Config{Store: store.InMemory(), Realm: "Switchhook", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(phones.Close)
	if trunks == nil {
		trunks = []trunk.Trunk{{Name: "far", Host: "192.0.2.1"}}
	}
	return &phoneRig{newRig(t, func(c *Config) {
		c.Phones = phones
		if change != nil {
			change(c)
		}
	}, trunks...), phones}
}

// user makes a credential of a user of that name.
func (o *phoneRig) user(t *testing.T, name, callerID string) (siptest.Account, identifier.ID) {
	t.Helper()
	id := identifier.NewUser(testResource)
	_, password, err := o.phones.Issue(t.Context(), registrar.Credential{UserName: name, Identity: id, CallerID: callerID})
	if err != nil {
		t.Fatal(err)
	}
	return siptest.Account{UserName: name, Password: password}, id
}

// registered is a phone of a user that has registered.
func (o *phoneRig) registered(t *testing.T, as siptest.Account, change func(*siptest.Config)) *siptest.Phone {
	t.Helper()
	phone := o.phone(t, func(c *siptest.Config) {
		c.User = as.UserName
		if change != nil {
			change(c)
		}
	})
	answer, err := phone.Register(within(t), as, 600)
	if err != nil || answer.Status() != 200 {
		t.Fatalf("register: %v, %v", answer, err)
	}
	return phone
}

func TestPhoneRegisters(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	for _, transport := range []string{"udp", "tcp", "tls"} {
		for _, algorithm := range []string{"MD5", "SHA-256"} {
			t.Run(transport+" "+algorithm, func(t *testing.T) {
				o := newPhoneRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", server })
				as, id := o.user(t, "101", "")
				as.Algorithm = algorithm
				phone := o.phone(t, func(c *siptest.Config) {
					c.User, c.Transport, c.TLS = "101", transport, client
					if transport == "tls" {
						c.Server = o.TLSAddr().String()
					}
				})
				answer, err := phone.Register(within(t), as, 600)
				if err != nil || answer.Status() != 200 || !strings.Contains(answer.Get("Contact"), "sip:101@") || !strings.HasSuffix(answer.Get("Contact"), ";expires=600") || answer.Get("Date") == "" {
					t.Fatalf("%v, %v", answer, err)
				}
				devices := o.phones.BindingsOfIdentity(id)
				if len(devices) != 1 || devices[0].UserAgent != "siptest" || !strings.EqualFold(devices[0].Flow.Transport, transport) {
					t.Fatalf("registered are %+v", devices)
				}
				if transport == "udp" && devices[0].Flow.Source != addressOf(phone.Addr()) {
					t.Errorf("heard at %s, is at %s", devices[0].Flow.Source, phone.Addr())
				}
				if answer, err := phone.Register(within(t), as, 0); err != nil || answer.Status() != 200 || answer.Get("Contact") != "" || len(o.phones.BindingsOfIdentity(id)) != 0 {
					t.Errorf("signing out: %v, %v", answer, err)
				}
			})
		}
	}
}

func TestRegistrationsAreAnsweredByTheRules(t *testing.T) {
	t.Parallel()
	field := func(name, value string) []siptest.Field { return []siptest.Field{{Name: name, Value: value}} }
	for _, test := range []struct {
		name    string
		seconds int
		fields  []siptest.Field
		status  int
		header  string
		has     string
	}{
		{"asked", 600, field("Contact", "<sip:other@10.0.0.9>;expires=60, <sip:101@10.0.0.8>;expires=0"), 200, "Contact", "sip:other@10.0.0.9>;expires=60"},
		{"too brief", 30, nil, 423, "Min-Expires", "60"},
		{"too long is cut", 99999, nil, 200, "Contact", ";expires=3600"},
		{"beyond numbers", 60, field("Expires", "99999999999"), 200, "Contact", ";expires=3600"},
		{"no number", 60, field("Expires", "soon"), 400, "", ""},
		{"all with a time", 60, field("Contact", "*"), 400, "", ""},
		{"all and one more", 0, field("Contact", "*, <sip:101@10.0.0.9>"), 400, "", ""},
		{"all", 0, field("Contact", "*"), 200, "Server", "Switchhook"},
		{"for somebody else", 60, field("To", "<sip:102@x>"), 403, "Warning", "must name the user"},
		{"not a SIP address", 60, field("Contact", "<mailto:a@b>"), 400, "", ""},
		{"through a proxy that wants to be named", 60, field("Path", "<sip:edge.example;lr>"), 200, "Contact", ";expires=60"},
		{"the same, and the phone knows", 60, append(field("Require", "path"), field("Path", "<sip:edge.example;lr>")...), 200, "Path", "<sip:edge.example;lr>"},
		{"through too many proxies", 60, field("Path", strings.Repeat("<sip:edge.example;lr>, ", 4)+"<sip:edge.example;lr>"), 400, "", ""},
		{"through a proxy without an address", 60, field("Path", "<tel:+15551230001>"), 400, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newPhoneRig(t, nil)
			as, _ := o.user(t, "101", "")
			phone := o.registered(t, as, nil)
			answer, err := phone.Register(within(t), as, test.seconds, test.fields...)
			if err != nil || answer.Status() != test.status || test.header != "" && !strings.Contains(strings.Join(answer.All(test.header), " "), test.has) {
				t.Errorf("%v, %v; want %d with %s %q", answer, err, test.status, test.header, test.has)
			}
		})
	}
}

func TestOldRegistrationIsRefused(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, _ := o.user(t, "101", "")
	phone := o.registered(t, as, nil)
	answer, err := phone.Register(within(t), as, 600, siptest.Field{Name: "CSeq", Value: "1 REGISTER"})
	if err != nil || answer.Status() != 500 {
		t.Errorf("%v, %v", answer, err)
	}
}

func TestRegistrationsAreNotReplayed(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, id := o.user(t, "101", "")
	phone := o.registered(t, as, nil)
	var signed string
	for _, entry := range phone.Log() {
		if value := entry.Message.Get("Authorization"); entry.Sent && value != "" {
			signed = value
		}
	}
	thief := o.phone(t, nil)
	answer, err := thief.RequestWith(within(t), "REGISTER", "101", nil, siptest.Field{Name: "Authorization", Value: signed}, siptest.Field{Name: "To", Value: "<sip:101@x>"})
	if err != nil || answer.Status() != 401 || !strings.Contains(answer.Get("WWW-Authenticate"), "stale=true") {
		t.Errorf("%v, %v", answer, err)
	}
	if devices := o.phones.BindingsOfIdentity(id); len(devices) != 1 {
		t.Errorf("registered are %+v", devices)
	}
}

func TestGuessingPasswordsIsStopped(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, id := o.user(t, "101", "")
	thief := o.phone(t, nil)
	guess := as
	guess.Password = "123456"
	for i := range 5 {
		if answer, err := thief.Register(within(t), guess, 600); err != nil || answer.Status() != 403 {
			t.Fatalf("guess %d: %v, %v", i, answer, err)
		}
	}
	answer, err := thief.Register(within(t), as, 600) // now it knows, and is not heard
	if err != nil || answer.Status() != 403 || answer.Get("Retry-After") == "" || len(o.phones.BindingsOfIdentity(id)) != 0 {
		t.Errorf("%v, %v", answer, err)
	}
}

func TestPhonesOnATrunksAddressRegister(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback})
	if answer, err := o.phone(t, nil).Request(within(t), "REGISTER", "101"); err != nil || answer.Status() != 405 {
		t.Errorf("nobody has a phone: %v, %v", answer, err)
	}
	as, _ := o.user(t, "101", "")
	o.registered(t, as, nil)
}

func TestPhoneWhoseConnectionClosesIsGone(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, id := o.user(t, "101", "")
	phone := o.registered(t, as, func(c *siptest.Config) { c.Transport = "tcp" })
	phone.Close()
	eventually(t, func() bool { return len(o.phones.BindingsOfIdentity(id)) == 0 })
}

// TestPhoneThatNeverAnswersProbesIsKept: there are phones that know no OPTIONS.
func TestPhoneThatNeverAnswersProbesIsKept(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, func(c *Config) { c.flowKeepAlive = 2 * t1 })
	as, id := o.user(t, "101", "")
	phone := o.phone(t, func(c *siptest.Config) { c.User = "101" })
	phone.Answering(func(m *siptest.Message) int {
		if m.Method() == "OPTIONS" {
			return -1
		}
		return 0
	})
	if answer, err := phone.Register(within(t), as, 600); err != nil || answer.Status() != 200 {
		t.Fatal(answer, err)
	}
	probes := func() (n int) {
		ids := map[string]bool{}
		for _, e := range phone.Log() {
			if isRequest("OPTIONS", false)(e) {
				ids[e.Message.Get("Call-ID")] = true
			}
		}
		return len(ids)
	}
	eventually(t, func() bool { return probes() > maxUnanswered+2 })
	if len(o.phones.BindingsOfIdentity(id)) != 1 {
		t.Error("it is forgotten")
	}
}

// TestContactThatATelephoneHasForgottenIsGone has telephones that were started again and have made
// up another Contact: the one says that it does not know the former, the other takes both.
func TestContactThatATelephoneHasForgottenIsGone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct{ status, bindings int }{"forgetful": {404, 1}, "a proxy": {0, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newPhoneRig(t, func(c *Config) { c.flowKeepAlive = 500 * time.Millisecond }) // as long as a busy machine may need to answer
			as, id := o.user(t, "101", "")
			phone := o.phone(t, func(c *siptest.Config) { c.User = "101" })
			phone.Answering(func(m *siptest.Message) int {
				if m.Method() == "OPTIONS" && strings.Contains(m.Start, "former") {
					return want.status
				}
				return 0
			})
			for _, user := range []string{"former", "present"} {
				if answer, err := phone.Register(within(t), as, 600, siptest.Field{Name: "Contact", Value: "<sip:" + user + "@192.0.2.9>"}); err != nil || answer.Status() != 200 {
					t.Fatal(answer, err)
				}
			}
			asked := func(user string) bool {
				return phone.Count(func(e siptest.Entry) bool {
					return isRequest("OPTIONS", false)(e) && strings.Contains(e.Message.Start, user)
				}) > 1
			}
			eventually(t, func() bool { return asked("present") && (want.bindings == 1 || asked("former")) })
			eventually(t, func() bool { return len(o.phones.BindingsOfIdentity(id)) == want.bindings })
			if left := o.phones.BindingsOfIdentity(id); !strings.Contains(left[len(left)-1].Contact, "present") {
				t.Errorf("left are %+v", left)
			}
		})
	}
}

func TestSilentPhoneIsGone(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, func(c *Config) { c.flowKeepAlive = time.Second }) // as long as a busy machine may need to answer
	as, id := o.user(t, "101", "")
	lively, livelyID := o.user(t, "102", "")
	phone, other := o.registered(t, as, nil), o.registered(t, lively, nil)
	eventually(t, func() bool { return phone.Count(isRequest("OPTIONS", false)) > 1 })
	if len(o.phones.BindingsOfIdentity(id)) != 1 {
		t.Error("a phone that answers is forgotten")
	}
	phone.Vanish()
	eventually(t, func() bool { return len(o.phones.BindingsOfIdentity(id)) == 0 })
	if len(o.phones.BindingsOfIdentity(livelyID)) != 1 || other.Count(isStatus("OPTIONS", 200, true)) == 0 {
		t.Error("the lively phone is forgotten")
	}
}
