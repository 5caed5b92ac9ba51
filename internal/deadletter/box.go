package deadletter

import (
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/storage"
)

// PolicyName is the policy that dead letters name.
const PolicyName = "deadletter"

// Event Grid's own times: a dead letter is written five minutes after the last
// attempt, and dropped when that was not possible for four hours.
const (
	defaultDelay  = 5 * time.Minute
	defaultGiveUp = 4 * time.Hour
)

// Config says where dead letters may go, and when.
type Config struct {
	Delay  time.Duration // from the last attempt to the writing; 0: 5 minutes, negative: at once
	GiveUp time.Duration // how long the writing is tried; 0: 4 hours

	Folder string // directory of the containers of folder:///CONTAINER; empty: there are none
	// Free is how many bytes the disk of Folder can still take, and MinFree what it must: dead letters of a day
	// in which nobody takes events shall not take the room of calls. 0: there is no bound.
	Free    func() (uint64, error)
	MinFree uint64

	Accounts func(name string) (storage.Account, bool)
	S3       *storage.S3 // nil: there is none

	Client   *http.Client      // for Azure Blob Storage and S3; nil: storage.NewClient's
	Observer delivery.Observer // of dead letters; nil: none
}

// Box takes what could not be delivered. It is safe for concurrent use.
type Box struct {
	cfg     Config
	openers map[string]opener // by the scheme of their URLs
	opened  openContainers
}

// New returns a box; nothing is opened before it is needed.
func New(cfg Config) *Box {
	if cfg.Delay == 0 {
		cfg.Delay = defaultDelay
	}
	if cfg.GiveUp <= 0 {
		cfg.GiveUp = defaultGiveUp
	}
	if cfg.Client == nil {
		cfg.Client = storage.NewClient(nil)
	}
	b := &Box{cfg: cfg, openers: map[string]opener{}}
	if cfg.Folder != "" {
		b.openers[schemeFolder] = b.openFolder
	}
	if cfg.Accounts != nil {
		b.openers[schemeBlob] = b.openBlobs
	}
	if cfg.S3 != nil {
		b.openers[schemeS3] = b.openBucket
	}
	return b
}

// Senders are for delivery.Config.Senders.
func (b *Box) Senders() map[string]delivery.Sender {
	senders := map[string]delivery.Sender{}
	for scheme := range b.openers {
		senders[scheme] = sender{b}
	}
	return senders
}

// schedule is the delay after each failed writing; the last repeats.
var schedule = backoff.Steps{Delays: []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute}}

// Policy is for delivery.Config.Policies, under PolicyName.
func (b *Box) Policy() delivery.Policy {
	return delivery.Policy{
		Retry: func(_ *delivery.Message, o delivery.Outcome) (time.Duration, bool) {
			switch o.Status {
			case http.StatusBadRequest, http.StatusNotFound, http.StatusRequestEntityTooLarge:
				return 0, false // "dropped when the destination does not exist"
			}
			return max(schedule.Delay(o.Attempt), min(o.RetryAfter, time.Hour)), true
		},
		Timeout:  time.Minute,
		Observer: b.cfg.Observer,
		TTL:      max(b.cfg.Delay, 0) + b.cfg.GiveUp,
	}
}
