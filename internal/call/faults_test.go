package call_test

import (
	"context"
	"io"
	"log/slog"
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/streaming"
)

// faults stands between the calls of a world and its fakes, and panics where a test wants it.
type faults struct {
	mu    sync.Mutex
	armed map[string]int // by place: at which visit from now on; 0: never
}

// at lets the next visit of a place panic.
func (f *faults) at(place string) { f.atVisit(place, 1) }

func (f *faults) atVisit(place string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed[place] = n
}

func (f *faults) visit(place string) {
	f.mu.Lock()
	if f.armed[place] > 0 {
		f.armed[place]--
		if f.armed[place] == 0 {
			f.mu.Unlock()
			panic("fault at " + place)
		}
	}
	f.mu.Unlock()
}

// faulty starts a world over with such faults.
func (w *world) faulty() *faults {
	f := &faults{armed: make(map[string]int)}
	w.remake(false)
	w.config.Watcher = faultyWatcher{f}
	w.config.Announcer = faultyAnnouncer{w.announcer, f}
	w.config.Prompts = faultyPrompts{w.prompts, f}
	w.config.Streams = faultyStreams{w.streams, f}
	w.config.Publisher = faultyPublisher{w.config.Publisher, f}
	w.config.Details = faultyDetails{w.details, f}
	w.config.Dialers = call.Dialers{Numbers: faultyDialer{w.dialer, f}, Phones: faultyDialer{w.dialer, f}}
	w.config.Lines = faultyLines{w.lines, f}
	w.restart()
	return f
}

// restart starts the world over with its configuration, and a log that may tell of panics.
func (w *world) restart() {
	w.Registry = call.NewRegistry(w.config, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

type faultyLines struct {
	calltest.Lines
	faults *faults
}

func (f faultyLines) User(number string) (identifier.ID, bool) {
	f.faults.visit("line")
	return f.Lines.User(number)
}

type faultyWatcher struct{ *faults }

func (f faultyWatcher) Leg(n call.LegNews) { f.visit("leg " + string(n.What)); f.visit("leg") }

type faultyAnnouncer struct {
	*calltest.Announcer
	faults *faults
}

func (f faultyAnnouncer) IncomingCall(in call.IncomingCall) int {
	f.faults.visit("announce")
	return f.Announcer.IncomingCall(in)
}

type faultyPrompts struct {
	*calltest.Prompts
	faults *faults
}

func (f faultyPrompts) Open(ctx context.Context, list []call.Prompt, loop bool) call.Playback {
	f.faults.visit("prompt")
	return f.Prompts.Open(ctx, list, loop)
}

type faultyStreams struct {
	*calltest.Streams
	faults *faults
}

func (f faultyStreams) Open(cfg streaming.Config, report func(streaming.Report)) call.Stream {
	f.faults.visit("open stream")
	return faultyStream{f.Streams.Open(cfg, report), f.faults}
}

type faultyStream struct {
	call.Stream
	faults *faults
}

func (f faultyStream) Close() { f.Stream.Close(); f.faults.visit("close stream") }

type faultyPublisher struct {
	call.Publisher
	faults *faults
}

func (f faultyPublisher) Publish(e call.Event) {
	if _, updated := e.(call.ParticipantsUpdated); updated {
		f.faults.visit("publish")
	}
	f.Publisher.Publish(e)
}

type faultyDetails struct {
	call.Details
	faults *faults
}

func (f faultyDetails) CallOver(d call.Detail) { f.faults.visit("details"); f.Details.CallOver(d) }

type faultyDialer struct {
	call.Dialer
	faults *faults
}

func (f faultyDialer) Dial(ctx context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	f.faults.visit("dial")
	leg, err := f.Dialer.Dial(ctx, in, report)
	if err != nil {
		return nil, err
	}
	return faultyLeg{leg.(*calltest.Leg), f.faults}, nil
}

type faultyLeg struct {
	*calltest.Leg
	faults *faults
}

func (f faultyLeg) Ring()               { f.faults.visit("ring"); f.Leg.Ring() }
func (f faultyLeg) Port() audio.Port    { return faultyPort{f.Leg.Port().(*calltest.Port), f.faults} }
func (f faultyLeg) End(why call.Reason) { f.faults.visit("end leg"); f.Leg.End(why) }
func (f faultyLeg) SendTones(ctx context.Context, tones []call.Tone) error {
	f.faults.visit("send tones")
	return f.Leg.SendTones(ctx, tones)
}

// faultyPort panics where it is asked what it has carried.
type faultyPort struct {
	*calltest.Port
	faults *faults
}

func (f faultyPort) Carried() (sent, withheld uint64) {
	f.faults.visit("carried")
	return f.Port.Carried()
}
