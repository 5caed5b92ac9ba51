package sip

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// register sends REGISTER to the trunk's places, first to where we are registered, until one answers, with credentials
// and with another time where it asks for them. Where all refuse with 503 or the like, it returns
// the refusal of the one that may be asked again first.
func (r *registrationClient) register(ctx context.Context) (*sip.Response, error) {
	s := r.set.server
	ctx, cancel := context.WithTimeout(ctx, 64*sip.T1)
	defer cancel()
	places, err := s.locator.find(ctx, r.trunk)
	if err == nil && len(places) == 0 {
		err = fmt.Errorf("%s has no address", r.trunk.Host)
	}
	places = s.locator.preferring(r.trunk, places, r.place)
	var refusals []*sip.Response
	for i, place := range places {
		attempt, stop := shareOf(ctx, len(places)-i)
		response, failure := r.negotiate(attempt, place, r.expires)
		stop()
		switch {
		case failure == nil && !failsOver(response.StatusCode):
			if response.IsSuccess() {
				r.registeredAt(place)
			}
			return response, nil
		case failure == nil:
			s.locator.silent.noteBusy(r.trunk, place, response)
			refusals = append(refusals, response)
			err = fmt.Errorf("%d %s", response.StatusCode, response.Reason)
		case ctx.Err() == nil:
			s.locator.silent.note(r.trunk, place)
			err = failure
		default:
			err = failure
		}
	}
	if len(refusals) > 0 && len(refusals) == len(places) {
		return slices.MinFunc(refusals, func(a, b *sip.Response) int { return cmp.Compare(header.RetryAfter(a), header.RetryAfter(b)) }), nil
	}
	return nil, err
}

// negotiate carries a REGISTER to its final response: challenges are answered, and 423
// by its Min-Expires.
func (r *registrationClient) negotiate(ctx context.Context, place netip.AddrPort, expires time.Duration) (*sip.Response, error) {
	s, auth := r.set.server, r.credentials.authorize()
	r.watchConnection(place)
	if err := s.connect(ctx, r.trunk, place); err != nil {
		return nil, err
	}
	const most = 12 // a registrar may ask for longer again and again
	for tries := 1; ; tries++ {
		request := r.request(place, expires)
		auth.sign(request)
		response, err := s.roundTrip(ctx, request)
		switch {
		case err != nil || tries == most:
			return response, err
		case auth.again(response):
		case response.StatusCode == sip.StatusIntervalToBrief && expires > 0:
			least := header.MinExpires(response)
			if least <= expires || least > maxGranted {
				return response, nil
			}
			expires, r.expires = least, least
		default:
			return response, nil
		}
	}
}

// request builds a REGISTER; no time takes the registration back.
func (r *registrationClient) request(place netip.AddrPort, expires time.Duration) *sip.Request {
	s, transport := r.set.server, transportOf(r.trunk)
	domain := r.trunk.Realm()
	account := party{uri: sip.Uri{Scheme: "sip", User: r.trunk.Register.User, Host: domain}}
	if r.trunk.Shown.FromDomain != "" {
		account.uri.Host = r.trunk.Shown.FromDomain
	}
	d := dialog{
		callID: r.callID, localTag: r.tag, local: account, remote: account, target: sip.Uri{Scheme: "sip", Host: domain},
		transport: transport, source: place, contact: s.contact(r.trunk.Register.User, transport, place.Addr()),
	}
	r.seq++
	r.contact = d.contact
	request := d.request(sip.REGISTER, r.seq, s.via(transport, place.Addr()))
	request.AppendHeader(&sip.ContactHeader{Address: *d.contact.Clone()})
	request.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(expires.Seconds()))))
	request.AppendHeader(trunkTerms(r.trunk).allow())
	request.AppendHeader(pathField)
	request.AppendHeader(sip.NewHeader("User-Agent", s.cfg.UserAgent))
	request.SetBody(nil)
	request.SetDestination(place.String())
	return request
}
