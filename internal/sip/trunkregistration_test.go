package sip

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// provider is a phone that takes registrations with a password, and a trunk to it.
func provider(t *testing.T) (*siptest.Phone, *siptest.Registrar, trunk.Trunk) {
	t.Helper()
	phone, via := callee(t, "provider", func(c *siptest.Config) { c.Username, c.Password = "account", "secret" })
	via.Username, via.Password = "account", "secret"
	via.Register = &trunk.Registration{Expires: 10 * time.Minute}
	return phone, phone.Registrar(), via
}

// registers are the REGISTERs that a provider has heard, with credentials.
func registers(phone *siptest.Phone) (list []*siptest.Message) {
	return once(phone, func(e siptest.Entry) bool {
		return isRequest("REGISTER", false)(e) && e.Message.Get("Authorization") != ""
	})
}

func (r *rig) registered(t *testing.T) {
	t.Helper()
	eventually(t, func() bool { return r.TrunkRegistration("provider").State == Registered })
}

// TestTrunkIsRegistered asks for a registration with digest, and that calls to
// the account are for whom To names.
func TestTrunkIsRegistered(t *testing.T) {
	t.Parallel()
	phone, registrar, via := provider(t)
	registrar.Tells(siptest.Field{Name: "P-Associated-URI", Value: "<sip:+15551230001@provider.example>, <sip:+15551230002@provider.example>"})
	r := newRig(t, nil, via)
	r.registered(t)
	known := r.TrunkRegistration("provider")
	if known.User != "account" || len(known.Associated) != 2 || time.Until(known.Until) < 9*time.Minute || !known.Next.Before(known.Until) {
		t.Errorf("registration is %+v", known)
	}
	m := registers(phone)[0]
	if m.Get("Expires") != "600" || m.Get("Supported") != "path" || !strings.HasPrefix(m.Get("To"), "<sip:account@127.0.0.1>") || !strings.Contains(m.Get("Contact"), "sip:account@"+r.Addr().String()) {
		t.Errorf("REGISTER is %s\n%+v", m.Start, m.Fields)
	}
	carrier := r.phone(t, nil)
	if _, err := carrier.Invite(siptest.Invite{To: "account", Fields: []siptest.Field{{Name: "P-Called-Party-ID", Value: "<sip:+15551230002@provider.example>"}}}); err != nil {
		t.Fatal(err)
	}
	if got := r.next(t).invitation.To.Number(); got != "+15551230002" {
		t.Errorf("called %s", got)
	}
}

// TestBrokenConnectionIsRegisteredOverAgain asks for another REGISTER when the connection closes
// over which the trunk reaches us, long before the grant ends.
func TestBrokenConnectionIsRegisteredOverAgain(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "provider", func(c *siptest.Config) { c.Transport = "tcp" })
	phone.Registrar()
	via.Username, via.Register = "account", &trunk.Registration{Expires: 10 * time.Minute}
	r := newRig(t, func(c *Config) { c.RegisterRetry = 50 * time.Millisecond }, via)
	r.registered(t)
	for n := 2; n <= 3; n++ {
		phone.Break()
		eventually(t, func() bool { return distinct(phone, isRequest("REGISTER", false)) >= n })
		eventually(t, func() bool { return r.TrunkRegistration("provider").State == Registered })
	}
}

// TestNextAddressIsRegisteredWithAndPinged has a trunk whose best address leaves everything
// unanswered: the next one has its share of the time (RFC 3263 §4.3).
func TestNextAddressIsRegisteredWithAndPinged(t *testing.T) {
	t.Parallel()
	phone, _, via := provider(t)
	names := &zone{srv: map[string][]*net.SRV{}, hosts: map[string][]string{"dead.example": {"127.0.0.3"}, "alive.example": {"127.0.0.1"}}}
	names.srv["_sip._udp.provider.example"] = []*net.SRV{
		{Target: "dead.example.", Port: uint16(via.Port), Priority: 1}, {Target: "alive.example.", Port: uint16(via.Port), Priority: 2},
	}
	silent, err := net.ListenPacket("udp", net.JoinHostPort("127.0.0.3", strconv.Itoa(via.Port)))
	if err != nil {
		t.Skipf("this machine has no 127.0.0.3: %v", err)
	}
	defer silent.Close()
	via.Host, via.Port, via.Ping = "provider.example", 0, 100*time.Millisecond
	r := newRig(t, func(c *Config) { c.Resolver, c.RegisterRetry = names, 50*time.Millisecond }, via)
	r.registered(t)
	eventually(t, func() bool { h, _ := r.Health("provider"); return h.State == Online })
	if phone.Count(isRequest("OPTIONS", false)) == 0 {
		t.Error("online without an answer")
	}
}

// TestCallsGoWhereTheTrunkIsRegistered has a name service that gives the addresses of a trunk in
// another order later, as those do that spread load: an edge that does not hold the registration
// would refuse the calls, and another REGISTER would move it.
func TestCallsGoWhereTheTrunkIsRegistered(t *testing.T) {
	t.Parallel()
	phone, registrar, via := provider(t)
	other, _, elsewhere := provider(t)
	registrar.Grants(1, 0)
	names := &zone{srv: map[string][]*net.SRV{}, hosts: map[string][]string{"edge.example": {"127.0.0.1"}}}
	names.srv["_sip._udp.provider.example"] = []*net.SRV{
		{Target: "edge.example.", Port: uint16(via.Port)}, {Target: "edge.example.", Port: uint16(elsewhere.Port)},
	}
	via.Host, via.Port = "provider.example", 0
	r := newRig(t, func(c *Config) { c.Resolver = names }, via)
	r.registered(t)
	key, now := keyOf(r.table.Trunks()[0]), time.Now()
	known, _ := r.locator.known.Get(key, now)
	known.places = slices.Clone(known.places)
	slices.Reverse(known.places)
	r.locator.known.Put(key, known, now)
	made := r.dial(t, "+15557770000")
	next(t, phone).Answer()
	expect[call.Answered](t, made)
	before := len(registers(phone))
	eventually(t, func() bool { return len(registers(phone)) > before })
	if n := other.Count(isRequest("INVITE", false)) + other.Count(isRequest("REGISTER", false)); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}

// TestRegistrationIsRefreshedInTime asks for the next REGISTER before the grant ends,
// in the same dialogue, and that stopping takes it back.
func TestRegistrationIsRefreshedInTime(t *testing.T) {
	t.Parallel()
	phone, registrar, via := provider(t)
	registrar.Grants(1, 0)
	r := newRig(t, nil, via)
	r.registered(t)
	began := r.TrunkRegistration("provider").Until
	eventually(t, func() bool { return r.TrunkRegistration("provider").Until.After(began) })
	list := registers(phone)
	a, b := list[0], list[len(list)-1]
	first, _, _ := strings.Cut(a.Get("CSeq"), " ")
	last, _, _ := strings.Cut(b.Get("CSeq"), " ")
	low, _ := strconv.Atoi(first)
	high, _ := strconv.Atoi(last)
	if a.Get("Call-ID") != b.Get("Call-ID") || high <= low {
		t.Errorf("first %s %s, then %s %s", a.Get("Call-ID"), first, b.Get("Call-ID"), last)
	}
	r.Close()
	if left := registrar.Contacts(); len(left) != 0 {
		t.Errorf("%v are still registered", left)
	}
}

// TestOtherDevicesOfTheAccountDoNotCount asks that the grant is that of our own Contact,
// whatever else the 200 lists (RFC 3261 §10.2.4).
func TestOtherDevicesOfTheAccountDoNotCount(t *testing.T) {
	t.Parallel()
	for ours, other := range map[int]string{16: "3600", 3600: "4"} {
		phone, registrar, via := provider(t)
		registrar.Grants(ours, 0)
		phone.Guarding(func(*siptest.Message) (int, []siptest.Field) {
			return 0, []siptest.Field{{Name: "Contact", Value: "<sip:account@192.0.2.77>;expires=" + other}}
		})
		r := newRig(t, nil, via)
		r.registered(t)
		known := r.TrunkRegistration("provider")
		granted := time.Duration(ours) * time.Second
		if left := time.Until(known.Until); left > granted || left < granted-5*time.Second || time.Until(known.Next) < granted/2-5*time.Second {
			t.Errorf("granted %s, we register for %s and again in %s", granted, left, time.Until(known.Next))
		}
	}
}

// TestTooBriefARegistrationIsAskedForLonger asks for what 423 demands.
func TestTooBriefARegistrationIsAskedForLonger(t *testing.T) {
	t.Parallel()
	_, registrar, via := provider(t)
	registrar.Grants(0, 3600)
	r := newRig(t, nil, via)
	r.registered(t)
	if left := time.Until(r.TrunkRegistration("provider").Until); left < 50*time.Minute {
		t.Errorf("registered for %s", left)
	}
}

// TestRefusedRegistrationIsTriedAgain asks that the trunk is skipped meanwhile,
// that the state tells why, and that patience grows.
func TestRefusedRegistrationIsTriedAgain(t *testing.T) {
	t.Parallel()
	phone, registrar, via := provider(t)
	registrar.Refuses(403)
	spare, other := callee(t, "spare", nil)
	r := newRig(t, func(c *Config) { c.RegisterRetry = 30 * time.Millisecond }, via, other)
	eventually(t, func() bool { return r.TrunkRegistration("provider").State == NotRegistered })
	if known := r.TrunkRegistration("provider"); !strings.HasPrefix(known.Answer, "403 ") || known.Next.IsZero() {
		t.Errorf("registration is %+v", known)
	}
	made := r.dial(t, "+15557770000")
	next(t, spare).Answer()
	expect[call.Answered](t, made)
	eventually(t, func() bool { return len(registers(phone)) >= 3 })
	registrar.Refuses(0)
	r.registered(t)
}

// TestNATToARegistrarIsKeptOpen asks for empty lines between two REGISTERs, as long as we are
// registered.
func TestNATToARegistrarIsKeptOpen(t *testing.T) {
	t.Parallel()
	registrar, via := newScriptedCallee(t)
	via.Username, via.Register = "account", &trunk.Registration{Expires: 10 * time.Minute}
	newRig(t, func(c *Config) { c.flowKeepAlive = t1 }, via)
	registrar.respond(t, registrar.request(t, "REGISTER"), "200 OK", "a", "Expires: 600\r\n", "")
	buffer := make([]byte, 1024)
	registrar.conn.SetReadDeadline(time.Now().Add(patience))
	for lines := 0; lines < 3; {
		n, _, err := registrar.conn.ReadFrom(buffer)
		switch got := string(buffer[:n]); {
		case err != nil:
			t.Fatal(err)
		case got == "\r\n\r\n":
			lines++
		case !strings.HasPrefix(got, "REGISTER "): // that is one that was repeated before our answer came
			t.Fatalf("got %q", got)
		}
	}
}

// TestBusyRegistrarIsLeftAlone asks for the time that a registrar wants to be left alone for.
func TestBusyRegistrarIsLeftAlone(t *testing.T) {
	t.Parallel()
	phone, _, via := provider(t)
	phone.Guarding(func(*siptest.Message) (int, []siptest.Field) {
		return 503, []siptest.Field{{Name: "Retry-After", Value: "300"}}
	})
	r := newRig(t, func(c *Config) { c.RegisterRetry = 30 * time.Millisecond }, via)
	eventually(t, func() bool { return r.TrunkRegistration("provider").State == NotRegistered })
	if known := r.TrunkRegistration("provider"); time.Until(known.Next) < 4*time.Minute || !strings.HasPrefix(known.Answer, "503 ") {
		t.Errorf("registration is %+v", known)
	}
}

// TestWrongPasswordIsNotTriedInALoop asks for one answer to a challenge.
func TestWrongPasswordIsNotTriedInALoop(t *testing.T) {
	t.Parallel()
	phone, _, via := provider(t)
	via.Password = "wrong"
	r := newRig(t, func(c *Config) { c.RegisterRetry = time.Hour }, via)
	eventually(t, func() bool { return r.TrunkRegistration("provider").State == NotRegistered })
	if n := distinct(phone, isRequest("REGISTER", false)); n != 2 {
		t.Errorf("%d attempts", n)
	}
}

// TestCallsTakeTheServiceRoute asks for RFC 3608.
func TestCallsTakeTheServiceRoute(t *testing.T) {
	t.Parallel()
	phone, registrar, via := provider(t)
	registrar.Tells(siptest.Field{Name: "Service-Route", Value: "<sip:edge.provider.example;lr>"})
	r := newRig(t, nil, via)
	r.registered(t)
	r.dial(t, "+15557770000")
	taken := next(t, phone)
	if route := taken.Invite.Get("Route"); route != "<sip:edge.provider.example;lr>" {
		t.Errorf("Route is %q", route)
	}
}

// TestChangedTrunkIsRegisteredAnew asks that the same settings change nothing,
// and that of others the old registration ends before the new one begins.
func TestChangedTrunkIsRegisteredAnew(t *testing.T) {
	t.Parallel()
	phone, registrar, via := provider(t)
	r := newRig(t, nil, via)
	r.registered(t)
	same := via
	same.MaxCalls = 7
	if err := r.table.Set([]trunk.Trunk{same}, nil); err != nil {
		t.Fatal(err)
	}
	r.registering.reconcile(t.Context())
	if n := len(registers(phone)); n != 1 {
		t.Errorf("%d registrations", n)
	}
	changed := via
	changed.Register = &trunk.Registration{User: "other", Expires: 10 * time.Minute}
	if err := r.table.Set([]trunk.Trunk{changed}, nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool {
		return r.TrunkRegistration("provider").User == "other" && r.TrunkRegistration("provider").State == Registered
	})
	list := registrar.Contacts()
	if len(list) != 1 || !strings.Contains(list[0], "other@") {
		t.Errorf("registered are %v", list)
	}
	if err := r.table.Set(nil, nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(registrar.Contacts()) == 0 })
}
