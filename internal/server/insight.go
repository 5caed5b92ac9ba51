package server

import (
	"strings"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/insight"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/webrtc"
)

// insightFolder is the folder of the data directory with what is kept of calls.
const insightFolder = "insight"

// openInsight makes what looks into calls, unless it is off. The pieces that are made
// after it show it what happens.
func (p *parts) openInsight() error {
	if p.cfg.Insight.Off {
		return nil
	}
	rolling := insight.Rolling{Length: p.cfg.Insight.Rolling, Bytes: p.cfg.Insight.RollingBytes}
	if p.cfg.Recording.MaskTones { // packets have the keys that are pressed
		rolling.Length = 0
	}
	hub, err := insight.New(insight.Config{
		Rolling: rolling, Doubts: p.doubts,
		Dir: p.data.Path(insightFolder), Keep: p.cfg.Insight.Keep, Memory: p.memory.Share(p.cfg.Insight.Memory), Disk: p.cfg.Insight.Disk,
		Unheard: func(from, to string) []string { return p.grid.WhyUnheard(from, to) },
		HEP:     p.openHEP(), OTLP: p.openOTLP(), Log: p.log.With("part", "insight"),
	})
	if err != nil {
		return err
	}
	p.metrics.MustRegister(hub.Metrics()...)
	p.insight.Store(hub)
	p.later(func() error { hub.Close(); return nil })
	return nil
}

// openHEP sends SIP messages to a capture server, if one is configured.
func (p *parts) openHEP() *insight.HEP {
	if p.cfg.Insight.HEP == "" {
		return nil
	}
	hep := insight.NewHEP(p.cfg.Insight.HEP, p.cfg.Insight.HEPAgent, p.log.With("part", "hep"))
	p.later(func() error { hep.Close(); return nil })
	return hep
}

// openOTLP sends traces to a collector, if one is configured.
func (p *parts) openOTLP() *insight.OTLP {
	if p.cfg.Insight.OTLP == "" {
		return nil
	}
	otlp := insight.NewOTLP(insight.OTLPConfig{URL: p.cfg.Insight.OTLP, Authorization: p.cfg.Insight.OTLPAuthorization, Log: p.log.With("part", "otlp")})
	p.later(func() error { otlp.Close(); return nil }) // after the hub, which gives it the last calls
	return otlp
}

// traceParent continues the traces of calls in webhooks.
func (p *parts) traceParent() func(*delivery.Message, int) string {
	if hub := p.insight.Load(); hub != nil && p.cfg.Insight.OTLP != "" {
		return hub.TraceParent
	}
	return nil
}

// watchDeliveries is shown attempts to deliver events.
func (p *parts) watchDeliveries() func(*delivery.Message, history.Attempt) {
	if hub := p.insight.Load(); hub != nil {
		return hub.Delivery
	}
	return nil
}

// watchRequests is shown requests that were answered.
func (p *parts) watchRequests() func(rest.Served) {
	if hub := p.insight.Load(); hub != nil {
		return hub.Request
	}
	return nil
}

// concernsCalls selects the routes of calls.
func concernsCalls(pattern string) bool { return strings.HasPrefix(pattern, "/calling/") }

// seenPublisher shows events as well.
type seenPublisher struct {
	publisher
	hub *insight.Hub
}

// Publish queues an event.
func (s seenPublisher) Publish(e call.Event) {
	s.hub.Publish(e)
	s.publisher.Publish(e)
}

// seenAnnouncer shows announcements as well.
type seenAnnouncer struct {
	announcer
	hub *insight.Hub
}

// IncomingCall publishes the event of a call that waits for an application.
func (s seenAnnouncer) IncomingCall(in call.IncomingCall) int {
	listeners := s.announcer.IncomingCall(in)
	s.hub.Incoming(in, listeners)
	return listeners
}

// seenDetails shows the records of calls as well.
type seenDetails struct {
	call.Details
	hub *insight.Hub
}

// CallOver takes the record of a call.
func (s seenDetails) CallOver(d call.Detail) {
	s.hub.CallOver(d)
	s.Details.CallOver(d)
}

// observed lets the calls be looked into.
func (p *parts) observed(cfg call.Config) call.Config {
	hub := p.insight.Load()
	if hub == nil {
		return cfg
	}
	cfg.Publisher = seenPublisher{publisher{p.callbacks, p.grid}, hub}
	cfg.Announcer = seenAnnouncer{announcer{p.grid}, hub}
	cfg.Details = seenDetails{p.records, hub}
	cfg.Watcher = hub
	return cfg
}

// sipTracer is shown SIP messages.
func (p *parts) sipTracer() sip.Tracer {
	if hub := p.insight.Load(); hub != nil {
		return hub
	}
	return nil
}

// clientRefused shows that a client may not begin or join a call.
func (p *parts) clientRefused(r webrtc.Refused) {
	hub := p.insight.Load()
	switch {
	case hub == nil:
	case r.Room != "":
		hub.JoinRefused("room", r.Room, r.Who.Raw(), r.Why)
	case r.Group != "":
		hub.JoinRefused("group", r.Group, r.Who.Raw(), r.Why)
	default:
		hub.StartRefused(r.Who.Raw(), r.To, r.Why)
	}
}
