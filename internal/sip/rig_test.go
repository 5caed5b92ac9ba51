package sip

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sip/gate"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestMain makes SIP's timers short: 64*T1, half a minute in life, is 3.2 s. The
// tests mostly wait for them, so more of them run at a time than there are processors.
func TestMain(m *testing.M) {
	sip.SetTimers(t1, 8*t1, 5*t1)
	flag.Parse()
	if flag.Lookup("test.parallel").Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) { // nobody has chosen
		flag.Set("test.parallel", "8")
	}
	os.Exit(m.Run())
}

const t1 = 50 * time.Millisecond

// application is an application at the switchboard: it takes every call and lets the
// test decide.
type application struct {
	arrived chan *testLeg
	refuse  atomic.Pointer[error]         // what to say instead of taking a call
	broken  atomic.Bool                   // it panics instead
	real    atomic.Pointer[call.Registry] // takes the calls instead
}

// testLeg is a leg with its news. While it is up it echoes what it hears, or
// says a tone.
type testLeg struct {
	call.Leg
	invitation call.Invitation
	news       chan call.Report
	work       sync.WaitGroup
	loud       atomic.Int64 // frames that were no silence
	say        atomic.Pointer[audio.Oscillator]
	known      chan struct{} // closed when Leg is set
	ended      chan struct{}
}

func (b *application) Incoming(invitation call.Invitation, leg call.Leg) (func(call.Report), error) {
	if calls := b.real.Load(); calls != nil {
		return calls.Incoming(invitation, leg)
	}
	if b.broken.Load() {
		panic("the application is broken")
	}
	if refuse := b.refuse.Load(); refuse != nil {
		return nil, *refuse
	}
	p := newTestLeg(invitation)
	p.is(leg)
	b.arrived <- p
	return p.report, nil
}

func newTestLeg(invitation call.Invitation) *testLeg {
	return &testLeg{invitation: invitation, news: make(chan call.Report, 256), known: make(chan struct{}), ended: make(chan struct{})}
}

// is tells which leg it is: a dialled leg may report before Dial returns.
func (p *testLeg) is(leg call.Leg) {
	p.Leg = leg
	close(p.known)
}

func (p *testLeg) report(news call.Report) {
	switch news.(type) {
	case call.Answered:
		p.work.Go(p.tick)
	case call.Ended:
		close(p.ended)
	}
	p.news <- news
}

// tick is the mix: every 20 ms it reads a frame and writes one.
func (p *testLeg) tick() {
	<-p.known
	port := p.Leg.Port()
	defer port.(io.Closer).Close()
	ticker := time.NewTicker(audio.FrameDuration)
	defer ticker.Stop()
	rate := port.(interface{ SampleRate() int }).SampleRate()
	heard, said := make(audio.Frame, rate/50), make(audio.Frame, rate/50)
	for {
		speaks := port.ReadFrame(heard)
		if speaks && slices.Max(heard) > 1000 {
			p.loud.Add(1)
		}
		switch {
		case p.say.Load() != nil && p.say.Load().ReadFrame(said):
			port.WriteFrame(said)
		case speaks:
			port.WriteFrame(heard)
		default:
			port.WriteFrame(nil)
		}
		select {
		case <-ticker.C:
		case <-p.ended:
			return
		}
	}
}

// next returns the next report, or fails the test.
func (p *testLeg) next(t *testing.T) call.Report {
	t.Helper()
	select {
	case news := <-p.news:
		return news
	case <-t.Context().Done():
	case <-time.After(patience):
	}
	t.Fatal("no report came")
	return nil
}

// expect asks for a report of a type.
func expect[R call.Report](t *testing.T, p *testLeg) R {
	t.Helper()
	news := p.next(t)
	wanted, ok := news.(R)
	if !ok {
		t.Fatalf("report is %T %+v, want %T", news, news, wanted)
	}
	return wanted
}

// patience bounds every wait of a test: on a busy machine all are slow, and a test that
// succeeds does not wait for it.
const patience = 90 * time.Second

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// rig is a server with a switchboard.
type rig struct {
	*Server
	application *application
	table       *trunk.Table
}

// loopback is a trunk that all local phones call in from.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// impatient gives a silent trunk up soon. On a busy machine others look silent
// then, too.
func impatient(c *Config) { c.TrunkPatience = 300 * time.Millisecond }

func newRig(t testing.TB, change func(*Config), trunks ...trunk.Trunk) *rig {
	t.Helper()
	return newRigOn(t, netip.MustParseAddr("127.0.0.1"), change, trunks...)
}

// newRigOn is newRig with sound on an address of another family.
func newRigOn(t testing.TB, sound netip.Addr, change func(*Config), trunks ...trunk.Trunk) *rig {
	t.Helper()
	cfg := Config{Listen: "127.0.0.1:0", Grace: 400 * time.Millisecond, TrunkPatience: patience}
	if change != nil {
		change(&cfg)
	}
	if trunks == nil {
		trunks = []trunk.Trunk{{Name: "local", Host: "127.0.0.1", Sources: loopback}}
	}
	table, err := trunk.NewTable(trunks, nil)
	if err != nil {
		t.Fatal(err)
	}
	ports := rtp.NewPorts(rtp.Config{Low: 10000, High: 19998, Bind: sound})
	level := slog.LevelError
	if testing.Verbose() {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	r := &rig{application: &application{arrived: make(chan *testLeg, 1024)}, table: table}
	if cfg.Strain == nil { // these tests are not about overload: the machine may be busy
		cfg.measure = func(time.Time, time.Duration) gate.Sample { return gate.Sample{} }
	}
	r.Server = New(cfg, table, r.application, ports, log)
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// phone makes a phone that calls the server.
func (r *rig) phone(t testing.TB, change func(*siptest.Config)) *siptest.Phone {
	t.Helper()
	cfg := siptest.Config{Server: r.Addr().String(), T1: t1}
	if change != nil {
		change(&cfg)
	}
	phone, err := siptest.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(phone.Close)
	return phone
}

// next returns the next call at the switchboard.
func (r *rig) next(t *testing.T) *testLeg {
	t.Helper()
	select {
	case p := <-r.application.arrived:
		return p
	case <-time.After(patience):
	}
	t.Fatal("no call arrived")
	return nil
}

// connect brings a call up: the phone calls, the switchboard answers.
func (r *rig) connect(t *testing.T, phone *siptest.Phone) (*siptest.Call, *testLeg) {
	t.Helper()
	made, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	return made, r.answers(t, made)
}

// answers answers a call that has come.
func (r *rig) answers(t *testing.T, made *siptest.Call) *testLeg {
	t.Helper()
	taken := r.next(t)
	taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)
	return taken
}

// dial lets the server call a number.
func (r *rig) dial(t *testing.T, number string) *testLeg {
	t.Helper()
	to, err := identifier.Phone(number)
	if err != nil {
		t.Fatal(err)
	}
	from, _ := identifier.Phone("+15550009999")
	p := newTestLeg(call.Invitation{From: from, To: to, DisplayName: `Front "desk"`})
	leg, err := r.Dial(t.Context(), p.invitation, p.report)
	if err != nil {
		t.Fatal(err)
	}
	p.is(leg)
	return p
}

// Dial chooses the dialer by the kind of who is called, as calls do.
func (r *rig) Dial(ctx context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	if in.To.Kind() == identifier.CommunicationUser {
		return r.Phones().Dial(ctx, in, report)
	}
	return r.Numbers().Dial(ctx, in, report)
}

// callee makes a phone that can be called, and the trunk that leads to it.
func callee(t testing.TB, name string, change func(*siptest.Config)) (*siptest.Phone, trunk.Trunk) {
	t.Helper()
	cfg := siptest.Config{T1: t1, User: "+15557770000"}
	if change != nil {
		change(&cfg)
	}
	phone, err := siptest.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(phone.Close)
	at := addressOf(phone.Addr())
	transport := trunk.Transport(cfg.Transport)
	return phone, trunk.Trunk{Name: name, Host: at.Addr().String(), Port: int(at.Port()), Transport: transport, Sources: loopback}
}

func isStatus(method string, status int, sent bool) func(siptest.Entry) bool {
	return func(e siptest.Entry) bool {
		return e.Sent == sent && e.Message.Status() == status && e.Message.Method() == method
	}
}

// once returns the messages of a phone's log that fit, without repetitions: on a
// busy machine any may come again.
func once(phone *siptest.Phone, fits func(siptest.Entry) bool) (list []*siptest.Message) {
	seen := make(map[string]bool)
	for _, e := range phone.Log() {
		m := e.Message
		key := m.Start + m.Get("Call-ID") + m.Get("CSeq") + m.Get("RSeq")
		if fits(e) && !seen[key] {
			seen[key] = true
			list = append(list, m)
		}
	}
	return list
}

func distinct(phone *siptest.Phone, fits func(siptest.Entry) bool) int { return len(once(phone, fits)) }

func isRequest(method string, sent bool) func(siptest.Entry) bool {
	return func(e siptest.Entry) bool {
		return e.Sent == sent && e.Message.IsRequest() && strings.HasPrefix(e.Message.Start, method+" ")
	}
}

func mustPhone(t *testing.T, number string) identifier.ID {
	t.Helper()
	id, err := identifier.Phone(number)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// noConnections reports whether the gate counts no connection any more.
func noConnections(r *rig) bool {
	total, unknown := r.gate.Connections.Count()
	return total == 0 && unknown == 0
}
