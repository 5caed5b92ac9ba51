package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/eventgrid/sender"
	"github.com/switchhook/switchhook/internal/storage"
)

// Destinations are those besides webhooks that event subscriptions may name.
func (c Config) Destinations() eventgrid.Destinations {
	return eventgrid.Destinations{
		Queue:   c.queueURL,
		Subject: c.subjectURL,
		File:    func(name string) (string, error) { return sender.FileURL(name), nil },
		Tail:    func() (string, error) { return sender.TailURL, nil },

		Bucket: c.bucketURL,
	}
}

// queueURL finds a queue of a configured storage account.
func (c Config) queueURL(account, queue string, ttl time.Duration) (string, error) {
	known, configured := c.StorageAccount(account)
	if known.Token != (storage.Token{}) {
		return "", fmt.Errorf("storage account %q has a token alone, which is for blobs: queues need its AccountKey or a SharedAccessSignature", account)
	}
	if !configured {
		return "", fmt.Errorf("storage account %q is not configured: add its connection string to events.storage-accounts and start the server again", account)
	}
	return sender.QueueURL(account, queue, ttl), nil
}

// subjectURL takes a subject where anybody could hear it.
func (c Config) subjectURL(subject string) (string, error) {
	if c.NATS == "" {
		return "", errors.New("nobody could hear it: set events.nats to an address for NATS clients, such as 127.0.0.1:4222, and start the server again")
	}
	return sender.SubjectURL(subject)
}

// bucketURL is where the dead letters of a bucket of S3 go.
func (c Config) bucketURL(bucket string) (string, error) {
	if c.S3 == nil {
		return "", errors.New("no S3 server is configured: give events.s3 its endpoint and keys and start the server again")
	}
	return deadletter.S3URL(bucket), nil
}

// StorageAccount finds a configured storage account by its name.
func (c Config) StorageAccount(name string) (storage.Account, bool) {
	for _, account := range c.StorageAccounts {
		if strings.EqualFold(account.Name, name) {
			return account, true
		}
	}
	return storage.Account{}, false
}
