package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/inbox"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/trunk"
)

// phase is how far a leg has come:
//
//	inbound:   early → accepting → up → ending → over
//	outbound:  early             → up → ending → over
//
// A leg may jump to ending or over from anywhere. accepting is between our 200
// and its ACK; ending is between our BYE or CANCEL and its answer.
type phase uint8

const (
	early phase = iota
	accepting
	up
	ending
	over
)

// leg is a SIP dialog and its media session, as a call's leg. Who has its turn owns
// everything but what is marked: its goroutine, but for an answer.
type leg struct {
	server      *Server
	log         *slog.Logger
	terms       terms
	trunk       *trunk.Trunk      // nil for a telephone of a user
	user        string            // the user name of a telephone of ours; "" on a trunk
	agent       string            // what that telephone calls itself
	device      *registrar.Device // which of the user's telephones it is, and where it was last registered; nil: unknown, or on a trunk
	holder      rtp.Holder        // of the ports of a leg that called us
	session     *rtp.Session      // safe for use by others, after EarlySound or Answered; nil until openSession
	box         inbox.Inbox[task] // safe
	turn        sync.Mutex        // held by who does the leg's work (legturn.go)
	onUDP       bool              // of an inbound leg: its INVITE came by UDP
	reports     reporter          // safe
	ctx         context.Context   // done when the leg is over
	cancel      context.CancelFunc
	dialogKey   dialogKey              // belongs to legs
	answeredTag atomic.Pointer[string] // safe: the remote tag of a call that was answered

	attestation string // what the caller has shown by Identity, unverified; "" nothing

	watch *inviteWatch // of an inbound leg

	phase          phase
	broken         bool // something has panicked, and the leg was ended for that
	dialog         dialog
	credentials    *credentials // for the peer's challenges; nil where we have none
	timers         legTimers
	media          media
	in             *inbound   // of a leg that called us
	out            *outbound  // of a leg that we call
	pendingAnswer  *answering // a 2xx of ours that waits for its ACK
	timer          sessionTimer
	pendingRefresh *sessionRefresh             // a re-INVITE of ours that waits for its answer
	allowsRefer    referSupport                // what the peer's Allow says
	sentRefer      *sentRefer                  // the last REFER of ours
	receivedRefer  *receivedRefer              // the last REFER of the peer's
	leaving        *call.Reason                // why we end the leg, once we do
	leaveTrunk     func()                      // gives up the leg's place on its trunk; nil while it has none
	sessionTaken   atomic.Bool                 // safe: the call has the session, from then on or even before
	measured       atomic.Pointer[rtp.Session] // safe: the session, for who measures it
	tap            rtp.TapPoint                // safe
	arrivals       inTurn                      // safe: what the readers have for the leg
	earlyMedia     earlyMedia
	hold           hold
	product        string // what the far end calls itself
}

var (
	_ call.Leg        = (*leg)(nil)
	_ call.Identified = (*leg)(nil)
)

func (s *Server) newLeg(with origin) *leg {
	l := &leg{
		server: s, log: s.log, terms: with.terms, trunk: with.trunk, user: with.user, agent: with.agent, device: with.device,
		credentials: newCredentials(with.trunk),
		timers:      newLegTimers(), media: newMedia(),
	}
	l.box.Init()
	l.turn.Lock()
	l.ctx, l.cancel = context.WithCancel(s.ctx)
	l.reports.of = l
	return l
}

// Ring sends the caller 180, unless it is answered at once.
func (l *leg) Ring() {
	l.box.Put(task{with: func(l *leg, _ *sip.Request, _ *transaction.Server) { l.ring() }})
}

// Answer accepts the call.
func (l *leg) Answer() { l.box.Put(answerTask) }

// UserAgent is what a user's telephone calls itself; "" for a trunk.
func (l *leg) UserAgent() string { return l.agent }

// Port is the leg's sound.
func (l *leg) Port() audio.Port { return l.session }

// SendTones sends DTMF keys to the phone.
func (l *leg) SendTones(ctx context.Context, tones []call.Tone) error {
	keys := make([]byte, len(tones))
	for i, tone := range tones {
		if !tone.Valid() {
			return fmt.Errorf("%q is no key", byte(tone))
		}
		keys[i] = byte(tone)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(l.ctx, func() { cancel(errEnded) })
	defer stop()
	if l.terms.keys == trunk.KeysInINFO {
		return l.sendKeysInINFO(ctx, tones)
	}
	return l.sendKeysInMedia(ctx, keys)
}

var errEnded = errors.New("the leg ended")

// comeUp makes a leg up, in either direction.
func (l *leg) comeUp() {
	l.phase = up
	l.sessionTaken.Store(true)
	if l.in != nil && l.in.reliable == nil {
		l.in = nil // the INVITE and its transaction are not needed any more
	}
	if l.out != nil {
		l.out.early = earlyAnswers{}
	}
	l.startSupervision()
	l.reports.answered()
	l.reportHold()
	if l.log.Enabled(l.ctx, slog.LevelDebug) {
		l.log.Debug("leg is up", "codec", l.media.agreed.Codec(), "remote", l.media.agreed.Remote)
	}
}

// connectedTo reports whether the leg's answered dialog has that remote tag.
func (l *leg) connectedTo(tag string) bool {
	connected := l.answeredTag.Load()
	return connected != nil && *connected == tag
}
