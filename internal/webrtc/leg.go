package webrtc

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/sfu"
	"github.com/switchhook/switchhook/internal/webrtc/media"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// setupTime is how long media may take to come up.
const setupTime = 30 * time.Second

// phase is how far a leg has come:
//
//	the client calls or joins:  waiting ──accepted, and media is up──> up ──> over
//	the client is called:       ringing ──the client accepts──────────> up ──> over
//
// A leg may jump to over from anywhere.
type phase uint8

const (
	waiting phase = iota
	ringing
	up
	over
)

// soundState is how far the sound of a leg has come to the call:
//
//	idle ──the call asks for early media──> wanted ──media is up──> reported ──the call takes it──> taken
//
// A leg that is answered, or that accepts, jumps to taken from anywhere.
type soundState uint8

const (
	soundIdle soundState = iota
	soundWanted
	soundReported
	soundTaken
)

// leg is a client in a call.
type leg struct {
	client *client
	id     string // the client's own id of the call
	log    *slog.Logger
	peer   *media.Peer

	pictures *sfu.Client
	tell     reporter

	mu        sync.Mutex // held around memory, and around queueing for the session
	phase     phase
	accepted  bool // by the call, of a leg in waiting
	connected bool // media is up
	sound     soundState
	held      bool
	quiet     bool // the client does not want to be heard
	muted     bool // by others
	setup     *time.Timer
	incoming  *protocol.IncomingCall // of a leg in ringing
	pending   func(protocol.Message) // answers call.accept
	state     protocol.CallState     // as the client was told
	seat      *call.Seat             // nil before it is in the call
	meeting   *meeting               // of the call that it is in
	showing   showing
	roster    *call.Roster                   // what the client was shown; nil before the first
	version   int                            // of the roster
	able      map[string]protocol.Capability // what the client was told that it may do
	parting   parting
	lastOffer int
	offers    ratelimit.Window
	reported  time.Time     // when the client last said how its media go
	callerID  identifier.ID // of a client that called a phone; zero: none
}

var (
	_ call.Leg              = (*leg)(nil)
	_ call.SeatFollower     = (*leg)(nil)
	_ call.RosterFollower   = (*leg)(nil)
	_ call.MuteFollower     = (*leg)(nil)
	_ call.SpeakersFollower = (*leg)(nil)
	_ call.CaptionFollower  = (*leg)(nil)
	_ call.TransferFollower = (*leg)(nil)
	_ call.Identified       = (*leg)(nil)
	_ call.Named            = (*leg)(nil)
)

func (c *client) newLeg(id string, begin phase) *leg {
	l := &leg{client: c, id: id, phase: begin, offers: newOffers(), log: c.log.With("client_call", id)}
	l.peer = c.server.cfg.Media.NewPeer(l.mediaChanged, func(key byte) { l.tell.say(call.ToneHeard{Tone: call.Tone(key)}) })
	l.pictures = sfu.NewClient(c.user.Raw(), pictures{l})
	l.pictures.CountIn(&c.server.pictures)
	l.peer.SetPictures(l.pictures)
	return l
}

// UserAgent is what the client calls itself.
func (l *leg) UserAgent() string { return l.client.session.UserAgent() }

// DisplayName is what the client's user wants to be called.
func (l *leg) DisplayName() string { return l.client.session.DisplayName() }

// Ring tells the client that its callee is being told.
func (l *leg) Ring() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase == waiting && l.sound < soundReported {
		l.show(protocol.CallStateRinging)
	}
}

// show tells the client a state, if it is another one. It runs under l.mu.
func (l *leg) show(state protocol.CallState) {
	if l.state != state {
		l.state = state
		l.client.session.Send(&protocol.CallStateChanged{Call: l.id, State: state})
	}
}

// gate lets the client's packets pass, or not: it does not want to be heard, or may not.
// It runs under l.mu.
func (l *leg) gate() {
	l.peer.SetGate((!l.quiet || l.showing.screen && l.showing.sound) && (l.seat == nil || l.seat.Role.MaySpeak()))
}

// setQuiet is the client's own mute.
func (l *leg) setQuiet(quiet bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet = quiet
	l.gate()
}

// send tells the client something of the call, unless that is over.
func (l *leg) send(m protocol.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != over {
		l.client.session.Send(m)
	}
}

// startSetup ends the leg if media does not come up in time.
func (l *leg) startSetup() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase == over || l.connected || l.setup != nil {
		return
	}
	l.setup = time.AfterFunc(setupTime, l.setupOver)
}

// setupOver ends the leg unless media came up in the last moment.
func (l *leg) setupOver() {
	l.finishUnless(func() bool { return l.connected }, call.Reason{Kind: call.MediaLost, Text: "the client's media did not come up"})
}

// stopSetup runs under l.mu.
func (l *leg) stopSetup() {
	if l.setup != nil {
		l.setup.Stop()
	}
}

// End is the call ending the leg.
func (l *leg) End(why call.Reason) { l.finish(why) }

// Port is the leg's sound.
func (l *leg) Port() audio.Port { return l.peer.Port() }

// SendTones presses keys towards the client.
func (l *leg) SendTones(ctx context.Context, tones []call.Tone) error {
	keys := make([]byte, len(tones))
	for i, tone := range tones {
		keys[i] = byte(tone)
	}
	return l.peer.Port().SendTones(ctx, keys)
}
