package sip

import (
	"context"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// numberDialer calls phone numbers over trunks.
type numberDialer struct{ server *Server }

var _ call.Dialer = numberDialer{}

// Dial calls a phone number through the trunks that its route names, one after
// the other while they fail with 408, 503, 504 or cannot be reached at all; an emergency
// service while they fail with anything. An error is NotFound where no route takes the
// number, Invalid where it is none, and Busy where we take no more calls.
func (d numberDialer) Dial(_ context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	s, number := d.server, header.Number(in.To)
	if number == "" {
		return nil, fault.Invalid("%s is not a phone number", in.To)
	}
	if err := s.mayDial(in); err != nil {
		return nil, err
	}
	emergency := s.cfg.Permit.IsEmergency(in.To)
	if emergency {
		number = strings.TrimPrefix(number, "+") // no carrier knows it behind one
	}
	trunks, err := s.route(number)
	if err != nil {
		return nil, fault.NotFound("no route takes %s", number).WithCause(err)
	}
	if emergency { // one that answers no OPTIONS may take a call all the same
		trunks = s.inactiveLast(trunks)
	} else {
		trunks = s.withoutInactive(trunks)
	}
	if asker, err := identifier.Parse(in.By); err == nil && asker.Kind() == identifier.CommunicationUser {
		in.DisplayName = "" // a user's phone may show its number, not any name it likes
	}
	out := &outbound{invitation: in, number: number, trunks: trunks, emergency: emergency}
	l, err := s.startOutbound(originTrunk(trunks[0]), out, report, (*leg).tryNext)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// route finds the trunks for a number.
func (s *Server) route(number string) ([]*trunk.Trunk, error) {
	if s.cfg.Permit == nil {
		return s.trunks.Route(number)
	}
	return s.cfg.Permit.Route(number)
}

// tryNext calls the next address of the trunk, or the next trunk. Each attempt
// is a dialog of its own, so that late answers to the last one are not taken for
// this one's.
func (l *leg) tryNext(callID string) {
	changed := len(l.out.places) == 0
	if changed {
		l.trunk, l.out.trunks = l.out.trunks[0], l.out.trunks[1:]
		l.terms = trunkTerms(l.trunk)
	}
	l.credentials, l.out.auth, l.out.invite, l.timer = newCredentials(l.trunk), nil, nil, sessionTimer{}
	l.media.keys = nil // another peer must not know them
	l.dialog = dialog{
		callID: callID, localTag: l.server.tags.caller(callID), transport: transportOf(l.trunk),
		local:  l.out.caller(l.terms),
		remote: party{uri: l.destination()},
		target: l.destination(),
	}
	l.log = l.server.log.With("trunk", l.trunk.Name, "call_id", callID)
	if changed && !l.takePlace() {
		return
	}
	if !changed {
		l.inviteNext()
		return
	}
	if address, err := netip.ParseAddr(l.trunk.Host); err == nil {
		l.out.places = []netip.AddrPort{netip.AddrPortFrom(address.Unmap(), uint16(l.trunk.Port))}
		l.inviteNext()
		return
	}
	l.resolve(l.trunk)
}

func (l *leg) inviteNext() {
	l.out.place, l.out.places = l.out.places[0], l.out.places[1:]
	l.invite()
}

// resolve finds the addresses of a trunk beside the leg: DNS may be slow.
func (l *leg) resolve(via *trunk.Trunk) {
	l.server.work.Go(func() {
		ctx, cancel := context.WithTimeout(l.ctx, dialTimeout)
		defer cancel()
		found, err := l.server.placesOf(ctx, via)
		l.post(func() {
			if l.phase != early || l.trunk != via {
				return
			}
			if len(found) == 0 {
				text := "trunk " + via.Name + " cannot be resolved"
				if err != nil {
					text += ": " + err.Error()
				}
				l.failed(call.Reason{Kind: call.Unreachable, Text: text}, true)
				return
			}
			l.out.places = found
			l.inviteNext()
		})
	})
}

// startNextTrunk takes a new Call-ID for the next trunk.
func (l *leg) startNextTrunk() bool {
	callID := identifier.NewGUID()
	if tracer := l.server.cfg.Tracer; tracer != nil {
		tracer.SIPCallID(l.dialogKey.callID, callID)
	}
	l.server.legs.remove(l)
	if added, _ := l.server.legs.add(l, callID, l.server.tags.caller(callID)); !added {
		return false
	}
	l.tryNext(callID)
	return true
}

// destination is the Request-URI of a call through the leg's trunk.
func (l *leg) destination() sip.Uri { return uriOn(l.trunk, l.out.number) }

// uriOn is a number as a trunk reaches it.
func uriOn(via *trunk.Trunk, number string) sip.Uri {
	uri := sip.Uri{Scheme: "sip", User: header.EscapeNumber(via.Dialled(number)), Host: via.Realm(), Port: via.Port}
	if via.Transport != trunk.UDP {
		uri.UriParams.Add("transport", string(via.Transport))
	}
	if via.Domain != "" || uri.Port == sip.DefaultPort(string(via.Transport)) {
		uri.Port = 0
	}
	uri.UriParams.Add("user", "phone")
	return uri
}

func transportOf(t *trunk.Trunk) string { return sip.NetworkToUpper(string(t.Transport)) }
