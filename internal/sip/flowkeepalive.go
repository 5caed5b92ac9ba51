package sip

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/registrar"
)

const (
	flowKeepAlive = 30 * time.Second // shorter than NATs forget UDP (RFC 4787 asks for 2 min, many keep 30 s)
	flowPatience  = 4 * time.Second  // for the answer
	maxUnanswered = 3                // in a row, then a telephone that has answered before is gone
	flowsAtOnce   = 32               // probes under way
)

// keepFlowsAlive removes expired registrations, and probes telephones over UDP by
// OPTIONS: that keeps their NATs open, and finds those that are gone before
// somebody calls them.
func (s *Server) keepFlowsAlive() {
	ticker := time.NewTicker(s.cfg.flowKeepAlive)
	defer ticker.Stop()
	found := map[string]probed{}
	for {
		select {
		case <-ticker.C:
			s.cfg.Phones.RemoveExpired(s.ctx)
			found = s.probeFlows(found)
		case <-s.ctx.Done():
			return
		}
	}
}

// probed is what the probes of a telephone have shown so far.
type probed struct {
	answers bool // it has answered one: some never do, against RFC 3261 §11.2, and are there
	silent  int  // how many it has left unanswered in a row
}

// probeFlows probes each telephone once, and returns what that has shown. Proxies that a
// telephone has registered through look after it.
func (s *Server) probeFlows(before map[string]probed) map[string]probed {
	type answer struct {
		device   registrar.Binding
		response *sip.Response
		err      error
	}
	asked, answers, room := 0, make(chan answer), make(chan struct{}, flowsAtOnce)
	devices := s.cfg.Phones.AllBindings()
	for _, d := range devices {
		if d.Flow.Transport != "UDP" || len(d.Path) > 0 {
			continue
		}
		asked++
		s.work.Go(func() {
			room <- struct{}{}
			ctx, cancel := context.WithTimeout(s.ctx, min(flowPatience, s.cfg.flowKeepAlive))
			response, err := s.roundTrip(ctx, s.optionsToPhone(d))
			cancel()
			<-room
			answers <- answer{d, response, err}
		})
	}
	found := map[string]probed{}
	for range asked {
		a := <-answers
		now := before[a.device.ID]
		switch {
		case a.err == nil:
			now = probed{answers: true}
		case s.ctx.Err() == nil:
			now.silent++
		}
		switch {
		case now.answers && now.silent >= maxUnanswered:
			s.cfg.Phones.RemoveBinding(s.ctx, a.device, "does not answer")
			continue
		case a.err == nil && isNobody(a.response.StatusCode) && isReplaced(a.device, devices):
			s.cfg.Phones.RemoveBinding(s.ctx, a.device, "its telephone has another Contact now")
			continue
		}
		found[a.device.ID] = now
	}
	return found
}

// isNobody reports whether an answer says that nobody has the address that was asked.
func isNobody(status int) bool {
	return status == sip.StatusNotFound || status == sip.StatusGone || status == sip.StatusGlobalDoesNotExistAnywhere
}

// isReplaced reports whether another address of the user was registered later over the same
// flow. Telephones that name no instance, and make up a Contact at each start, leave bindings
// behind so; those of one proxy are all known there.
func isReplaced(old registrar.Binding, all []registrar.Binding) bool {
	return slices.ContainsFunc(all, func(other registrar.Binding) bool {
		return other.UserName == old.UserName && other.Flow == old.Flow && other.Since.After(old.Since)
	})
}

// optionsToPhone builds the probe.
func (s *Server) optionsToPhone(d registrar.Binding) *sip.Request {
	target := contactOf(d)
	ask := dialog{
		callID: uuid.NewString(), target: target, remote: party{uri: target}, transport: d.Flow.Transport, source: d.Flow.Source, flow: true,
		contact: s.contact("", d.Flow.Transport, d.Flow.Source.Addr()),
	}
	ask.local.uri = sip.Uri{Scheme: "sip", Host: ask.contact.Host}
	ask.localTag = s.tags.caller(ask.callID)
	request := ask.request(sip.OPTIONS, 1, s.via(d.Flow.Transport, d.Flow.Source.Addr()))
	request.AppendHeader(&sip.ContactHeader{Address: *ask.contact.Clone()})
	request.AppendHeader(sip.NewHeader("User-Agent", s.cfg.UserAgent))
	request.SetBody(nil)
	s.setDestination(request, &ask)
	return request
}

// contactOf is the URI that a telephone wants to be called by.
func contactOf(d registrar.Binding) (uri sip.Uri) {
	if err := sip.ParseUri(d.Contact, &uri); err != nil { // it could be read when it registered
		return sip.Uri{Scheme: "sip", User: d.UserName, Host: d.Flow.Source.Addr().String(), Port: int(d.Flow.Source.Port())}
	}
	return uri
}

// flowClosed removes the registrations of a connection that has closed.
func (s *Server) flowClosed(source netip.AddrPort) {
	if s.ctx.Err() != nil {
		return
	}
	for _, transport := range []string{"TCP", "TLS", "WS", "WSS"} {
		if flow := (registrar.Flow{Transport: transport, Source: source}); s.hasFlow(flow) {
			s.work.Go(func() { s.cfg.Phones.RemoveFlow(context.WithoutCancel(s.ctx), flow, "its connection closed") })
		}
	}
}
