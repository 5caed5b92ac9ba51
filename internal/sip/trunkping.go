package sip

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/trunk"
)

// idlePingCheck is how often the table of trunks is read where no ping is due
// sooner: it may have changed.
const idlePingCheck = time.Second

// pingTrunks sends OPTIONS to each trunk that has a ping interval, until the server
// closes.
func (s *Server) pingTrunks() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			timer.Reset(s.startDuePings())
		case <-s.ctx.Done():
			return
		}
	}
}

// startDuePings sends the pings that are due and returns when to look again.
func (s *Server) startDuePings() time.Duration {
	now, next, trunks := time.Now(), idlePingCheck, s.trunks.Trunks()
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	for name := range s.health.byTrunk {
		if !slices.ContainsFunc(trunks, func(t *trunk.Trunk) bool { return t.Name == name }) {
			delete(s.health.byTrunk, name)
		}
	}
	for _, t := range trunks {
		if t.Ping == 0 || t.Host == "" {
			if known, ok := s.health.byTrunk[t.Name]; ok { // it is not pinged any more
				known.State, known.missed = Unknown, 0
			}
			continue
		}
		known := s.health.condition(t.Name)
		if !known.pinging && !known.due.After(now) {
			known.pinging, known.due = true, now.Add(t.Ping)
			if known.credentials == nil || !isSameLogin(known.credentials.of, t) {
				known.credentials = newCredentials(t)
			}
			credentials := known.credentials
			s.work.Go(func() { s.ping(t, credentials) })
		}
		next = min(next, max(time.Until(known.due), time.Millisecond))
	}
	return next
}

// isSameLogin reports whether two settings of a trunk show the same password to the same
// peer: one that was refused is not shown again when the table is read anew.
func isSameLogin(a, b *trunk.Trunk) bool {
	return a.Host == b.Host && a.Port == b.Port && a.Username == b.Username && a.Password == b.Password
}

// ping sends OPTIONS and notes the result. Any answer but 408, 503 and 504 shows
// that the trunk is alive.
func (s *Server) ping(t *trunk.Trunk, credentials *credentials) {
	began := time.Now()
	status, err := s.sendOptions(t, credentials)
	now := time.Now()
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	known := s.health.condition(t.Name)
	before := known.State
	known.pinging = false
	switch {
	case err != nil:
		known.Answer = unanswered(err)
		known.missed++
	case failsOver(status.code):
		known.Answer = status.text
		known.missed++
	default:
		known.State, known.missed, known.Answer, known.AnsweredAt, known.Delay = Online, 0, status.text, now, now.Sub(began)
	}
	if known.missed >= inactiveAfter {
		known.State = Inactive
	}
	if known.State != before && s.ctx.Err() == nil {
		s.log.Log(s.ctx, troubled(known.State == Inactive), "trunk state changed", "trunk", t.Name, "state", known.State, "answer", known.Answer)
	}
}

// unanswered is why there was no answer, in words.
func unanswered(err error) string {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, transaction.ErrTimeout) { // whichever comes first
		return "no answer in time"
	}
	return err.Error()
}

// troubled is the level of what is a warning where something does not work, and news
// where it works again.
func troubled(is bool) slog.Level {
	if is {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

type pingAnswer struct {
	code int
	text string
}

// sendOptions sends OPTIONS to the first address of a trunk that takes calls, as INVITE and REGISTER do. A
// challenge shows as well that the trunk is alive, but only the answer behind it tells
// which methods it takes. A password that was refused once is not shown again: pings
// would lock the account.
func (s *Server) sendOptions(t *trunk.Trunk, credentials *credentials) (pingAnswer, error) {
	ctx, cancel := context.WithTimeout(s.ctx, 64*sip.T1)
	defer cancel()
	places, err := s.placesOf(ctx, t)
	var answer pingAnswer
	for i, place := range places {
		attempt, stop := shareOf(ctx, len(places)-i)
		var response *sip.Response
		response, err = s.pingPlace(attempt, t, place, credentials)
		stop()
		switch {
		case err == nil:
			s.trunkMethods.learn(t.Name, response)
			if answer = (pingAnswer{response.StatusCode, response.StartLine()}); !failsOver(answer.code) {
				return answer, nil
			}
			s.locator.silent.noteBusy(t, place, response)
		case ctx.Err() == nil:
			s.locator.silent.note(t, place)
		}
	}
	return answer, err
}

// pingPlace sends OPTIONS to one address of a trunk.
func (s *Server) pingPlace(ctx context.Context, t *trunk.Trunk, place netip.AddrPort, credentials *credentials) (*sip.Response, error) {
	if err := s.connect(ctx, t, place); err != nil {
		return nil, err
	}
	auth := credentials.authorize()
	if auth != nil && credentials.refused {
		auth = nil
	}
	callID := uuid.NewString()
	return s.authorizedRoundTrip(ctx, auth, func(cseq uint32) *sip.Request { return s.optionsTo(t, place, callID, cseq) })
}

// optionsTo builds the ping.
func (s *Server) optionsTo(t *trunk.Trunk, place netip.AddrPort, callID string, cseq uint32) *sip.Request {
	transport := transportOf(t)
	target := sip.Uri{Scheme: "sip", Host: t.Host, Port: int(place.Port())}
	d := dialog{
		callID: callID, target: target, remote: party{uri: target}, transport: transport, source: place,
		contact: s.contact("", transport, place.Addr()),
	}
	d.local.uri = sip.Uri{Scheme: "sip", Host: d.contact.Host}
	d.localTag = s.tags.caller(d.callID)
	request := d.request(sip.OPTIONS, cseq, s.via(transport, place.Addr()))
	request.AppendHeader(&sip.ContactHeader{Address: *d.contact.Clone()})
	request.AppendHeader(sip.NewHeader("Accept", "application/sdp"))
	request.AppendHeader(sip.NewHeader("User-Agent", s.cfg.UserAgent))
	request.SetBody(nil)
	request.SetDestination(place.String())
	return request
}
