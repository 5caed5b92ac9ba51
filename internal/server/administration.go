package server

import (
	"context"
	"net"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/eventgrid"
)

// administration makes the API by which commands look at the server.
func (p *parts) administration() *admin.API {
	cfg := admin.Config{
		Resource: p.resource, Endpoint: p.public.base, PublicHosts: p.cfg.PublicHosts,
		Identities: p.identities, Users: p.users, Numbers: p.numbers, Inventory: func() any { return p.numbers.Inventory() }, Owned: p.ownedNumbers,
		Trunks: p.trunks, Lines: p.lines, Permits: p.permits, Registrar: p.registrar,
		Recordings: p.recordings, RecordingGate: p.recorder.Admit, Exporting: p.exports.Pending,
		Deliveries: p.deliveries, Failures: p.failures, EventPolicy: eventgrid.PolicyName, Subscriptions: subscriptions{p.grid}, DeadLetters: p.deadLetters, Tail: &p.tail,
		Overview: p.overview, ConsoleLink: p.consoleLink, Stopping: p.streams, Log: p.log.With("part", "admin"),
	}
	if p.phones != nil {
		cfg.Link = p.trunkLink
		cfg.PhoneListeners = func() (plain, secure net.Addr) { return p.phones.Addr(), p.phones.TLSAddr() }
	}
	return admin.New(cfg)
}

// users are a page of the identities.
func (p *parts) users(ctx context.Context, token string, limit int) (list []admin.User, next string, err error) {
	known, next, err := p.identities.List(ctx, token, limit)
	for _, one := range known {
		list = append(list, admin.User(one))
	}
	return list, next, err
}

// subscriptions are the event subscriptions, as the administration names them.
type subscriptions struct{ *eventgrid.Grid }

// Label is the name by which deliveries refer to a subscription.
func (subscriptions) Label(name string) (string, error) { return eventgrid.Label(name) }
