package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/callautomation"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/insight"
)

// insightAPI is the API that looks into calls; nil where nothing is kept.
func (p *parts) insightAPI() *insight.API {
	hub := p.insight.Load()
	if hub == nil {
		return nil
	}
	p.sinks = insight.NewSinks()
	return &insight.API{Hub: hub, Webhooks: webhooks{p}, Callbacks: callautomation.Policy, Sinks: p.sinks, NoSound: p.cfg.Recording.MaskTones, Stopping: p.streams}
}

// webhooks are deliveries and event subscriptions, as package insight asks for them.
type webhooks struct{ p *parts }

// Attempts are the newest attempts. Subscriptions have the names that they were given.
func (w webhooks) Attempts(filter history.Filter, limit int) []history.Attempt {
	list := w.p.deliveries.Attempts(filter, limit)
	for i := range list {
		if list[i].Policy == eventgrid.PolicyName {
			list[i].Group = w.p.grid.NameOf(list[i].Group)
		}
	}
	return list
}

// Resend delivers an event once more.
func (w webhooks) Resend(event, subscription string) (int, error) {
	return w.p.deliveries.Resend(event, subscription)
}

// sendTimeout bounds what an administrator sends once.
const sendTimeout = 30 * time.Second

// Send posts once, by the client of webhooks: the rule about addresses holds, and
// redirections are not followed.
func (w webhooks) Send(ctx context.Context, s insight.Sending) (insight.Sent, error) {
	target, err := url.Parse(s.URL)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return insight.Sent{}, fault.Invalid("url must be an absolute address of http or https")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, sendTimeout, errors.New("no answer came in time"))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, strings.NewReader(s.Body))
	if err != nil {
		return insight.Sent{}, fault.Invalid("url cannot be posted to: %s", delivery.WithoutURL(err))
	}
	request.Header.Set("Content-Type", s.ContentType)
	request.Header.Set("User-Agent", "Switchhook")
	begun := time.Now()
	outcome := delivery.Do(&http.Client{
		Transport:     w.p.deliveries.Transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, request)
	sent := insight.Sent{Status: outcome.Status, LatencyMS: float64(time.Since(begun).Microseconds()) / 1000, Answer: strings.ToValidUTF8(string(outcome.Answer), "\uFFFD")}
	if outcome.Err != nil {
		if errors.Is(outcome.Err, delivery.ErrAddressRefused) {
			return insight.Sent{}, fault.Forbidden("this server may not connect to that address: %s", outcome.Err)
		}
		sent.Error = outcome.Err.Error()
	}
	return sent, nil
}

// Test weighs a sample event against the filter of a subscription.
func (w webhooks) Test(subscription string, sample insight.Sample) (any, error) {
	if sample.From == "" && sample.To == "" {
		data, err := json.Marshal(sample.Data)
		if err != nil {
			return nil, err
		}
		return w.p.grid.TestEvent(subscription, sample.Type, sample.Subject, data)
	}
	from, errFrom := identifier.Parse(sample.From)
	to, errTo := identifier.Parse(sample.To)
	if err := errors.Join(errFrom, errTo); err != nil {
		return nil, fault.Invalid("from and to must be raw ids, such as 4:+15550100001: %s", err)
	}
	return w.p.grid.TestIncomingCall(subscription, from, to)
}
