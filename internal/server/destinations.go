package server

import (
	"context"
	"maps"
	"net/url"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/eventgrid/sender"
)

// eventFolder holds the files that events are written to, in the data directory.
const eventFolder = "events"

// senders carry events to what is no webhook, and dead letters to their stores.
func (p *parts) senders() map[string]delivery.Sender {
	p.queues = sender.NewQueues(p.cfg.StorageAccount, nil)
	all := map[string]delivery.Sender{
		sender.SchemeQueue:   p.queues,
		sender.SchemeSubject: sender.NewSubjects(p.subjects()),
		sender.SchemeFile:    sender.NewFiles(p.data.Path(eventFolder)),
		sender.SchemeTail:    &p.tail,
	}
	maps.Copy(all, p.deadLetters.Senders())
	return all
}

// subjects are those that NATS clients hear; nil if events.nats is off.
func (p *parts) subjects() jetstream.JetStream {
	if p.backbone == nil {
		return nil
	}
	return p.backbone.Events()
}

// reach says why a destination is not there.
func (p *parts) reach(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if u.Scheme == sender.SchemeQueue {
		return p.queues.Check(ctx, address)
	}
	return nil // a subject and a file are there as soon as somebody writes
}
