package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/eventgrid"
)

// eventFolder holds the files that events are written to, in the data directory.
const eventFolder = "events"

// senders carry events to what is no webhook, and dead letters to their stores.
func (p *parts) senders() map[string]delivery.Sender {
	p.queues = delivery.StorageQueues(p.cfg.storageAccount, nil)
	all := map[string]delivery.Sender{
		delivery.SchemeQueue:   p.queues,
		delivery.SchemeSubject: delivery.Subjects(p.subjects()),
		delivery.SchemeFile:    delivery.Files(p.data.Path(eventFolder)),
		delivery.SchemeTail:    &p.tail,
	}
	maps.Copy(all, p.deadLetters.Senders())
	return all
}

// destinations are those besides webhooks that event subscriptions may name.
func (c Config) destinations() eventgrid.Destinations {
	return eventgrid.Destinations{
		Queue:   c.queueURL,
		Subject: c.subjectURL,
		File:    func(name string) (string, error) { return delivery.FileURL(name), nil },
		Tail:    func() (string, error) { return delivery.TailURL, nil },

		Bucket: c.bucketURL,
	}
}

// queueURL finds a queue of a configured storage account.
func (c Config) queueURL(account, queue string, ttl time.Duration) (string, error) {
	if _, configured := c.storageAccount(account); !configured {
		return "", fmt.Errorf("storage account %q is not configured: add its connection string to events.storage-accounts and start the server again", account)
	}
	return delivery.QueueURL(account, queue, ttl), nil
}

// subjectURL takes a subject where anybody could hear it.
func (c Config) subjectURL(subject string) (string, error) {
	if c.NATS == "" {
		return "", errors.New("nobody could hear it: set events.nats to an address for NATS clients, such as 127.0.0.1:4222, and start the server again")
	}
	return delivery.SubjectURL(subject)
}

// bucketURL is where the dead letters of a bucket of S3 go.
func (c Config) bucketURL(bucket string) (string, error) {
	if c.S3 == nil {
		return "", errors.New("no S3 server is configured: give events.s3 its endpoint and keys and start the server again")
	}
	return deadletter.S3URL(bucket), nil
}

// subjects are those that NATS clients hear; nil without their door.
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
	if u.Scheme == delivery.SchemeQueue {
		return p.queues.Check(ctx, address)
	}
	return nil // a subject and a file are there as soon as somebody writes
}
