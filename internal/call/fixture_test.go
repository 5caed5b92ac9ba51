package call_test

import (
	"cmp"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/mixer"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/speech"
)

const (
	resource = "11111111-2222-4333-8444-555555555555"
	ourPhone = "+15550100001"
	aPhone   = "+15551230001"

	echoPhone = "+15550100009"
)

// longest is the longest call of these tests.
const longest = 10 * time.Minute

// world is a registry among fakes.
type world struct {
	*call.Registry
	*testing.T
	dialer      *calltest.Dialer
	devices     calltest.Devices
	lines       calltest.Lines
	announcer   *calltest.Announcer
	published   *calltest.Publisher
	prompts     *calltest.Prompts
	streams     *calltest.Streams
	transcripts *calltest.Transcripts
	recordings  call.Recordings
	longest     time.Duration // call; 0: longest

	recordHoldMusic bool
	announces       bool // recordings
	captions        bool // there is speech to text for them
	recognizer      speech.Recognizer
	conversations   *scribe
	details         *clerk
	rules           *permit.Rules
	watcher         call.Watcher
	config          call.Config
	remake          func(applications bool) *call.Registry
}

// applicationsConverse starts over with a registry that tells of applications.
func (w *world) applicationsConverse(yes bool) { w.Registry = w.remake(yes) }

// run runs a test in a bubble of its own time, in a world of its own, and asks
// that no call is left at its end.
func run(t *testing.T, test func(*world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, dialer: calltest.NewDialer(), devices: calltest.Devices{}, lines: calltest.Lines{}, announcer: calltest.NewAnnouncer(), published: &calltest.Publisher{}, prompts: calltest.NewPrompts(), streams: &calltest.Streams{}, transcripts: &calltest.Transcripts{}, conversations: &scribe{}, details: &clerk{}}
		log := newPanicFree(t)
		engine := mixer.New(mixer.Config{GoClock: true}, log)
		w.remake = func(applications bool) *call.Registry {
			w.config = call.Config{
				Details: w.details, ApplicationsConverse: applications,
				Resource: resource, Dialers: call.Dialers{Numbers: w.dialer, Phones: w.dialer}, Devices: w.devices, Lines: w.lines, Numbers: calltest.Numbers{ourPhone}, Announcer: w.announcer,
				MaxDuration: cmp.Or(w.longest, longest), RecordHoldMusic: w.recordHoldMusic, AnnounceRecordings: w.announces, EchoNumbers: []string{echoPhone}, Publisher: both{w.published, w.conversations}, Prompts: w.prompts, Streams: w.streams, Transcripts: w.transcripts, Recognizer: w.recognizer, Recordings: w.recordings, Mixes: calltest.MixesOf(engine),
				Permit: w.rules, Watcher: w.watcher, Captions: w.captions,
			}
			return call.NewRegistry(w.config, log)
		}
		w.Registry = w.remake(false)
		test(w)
		synctest.Wait()
		engine.Close()
		synctest.Wait()
		if n := w.Active(); n != 0 {
			t.Errorf("%d calls are left at the end", n)
		}
	})
}

func phone(number string) identifier.ID {
	id, err := identifier.Phone(number)
	if err != nil {
		panic(err)
	}
	return id
}

var control = call.Control{CallbackURI: "http://app.test/callback", Version: "2026-03-12"}

// incoming lets a phone call our number and returns it with what was announced.
func (w *world) incoming() (*calltest.Leg, call.IncomingCall) {
	w.Helper()
	leg := calltest.Inbound()
	report, err := w.Incoming(call.Invitation{From: phone(aPhone), To: phone(ourPhone)}, leg)
	if err != nil {
		w.Fatal(err)
	}
	leg.Told(report)
	return leg, <-w.announcer.Calls
}

// answered is a call between a phone and the application, established.
func (w *world) answered() (*calltest.Leg, *call.Connection, string) {
	w.Helper()
	leg, in := w.incoming()
	p, err := w.Answer(context.Background(), in.Context, identifier.ID{}, control)
	if err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	conn, err := w.Connection(p.ID)
	if err != nil {
		w.Fatal(err)
	}
	return leg, conn, p.ID
}

// create calls target for an application.
func (w *world) create(target identifier.ID) (*call.Connection, string) {
	w.Helper()
	c := call.Create{Targets: []identifier.ID{target}, Control: control}
	if target.Kind() == identifier.PhoneNumber {
		c.CallerID = phone(ourPhone)
	}
	p, err := w.Create(context.Background(), c)
	if err != nil {
		w.Fatal(err)
	}
	conn, err := w.Connection(p.ID)
	if err != nil {
		w.Fatal(err)
	}
	return conn, p.ID
}

// expect compares the events of a connection with a list of their names.
func (w *world) expect(connection, want string) {
	w.Helper()
	synctest.Wait()
	if got := w.published.Names(connection); got != want {
		w.Errorf("events of the connection:\n got %s\nwant %s", got, want)
	}
}

// last returns the newest event of a connection.
func (w *world) last(connection string) call.Event {
	w.Helper()
	synctest.Wait()
	events := w.published.Events(connection)
	if len(events) == 0 {
		w.Fatal("no event yet")
	}
	return events[len(events)-1]
}

// must fails the test on an error.
func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// both publishes to two.
type both [2]call.Publisher

func (b both) Publish(e call.Event) { b[0].Publish(e); b[1].Publish(e) }

// contextDone is a context that is done already.
func contextDone() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx, cancel
}
