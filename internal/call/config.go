package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/speech"
)

// Config is what a Registry needs.
type Config struct {
	Resource  string // GUID of the resource
	Dialers   Dialers
	Numbers   Numbers
	Announcer Announcer
	Publisher Publisher
	Prompts   Prompts
	Mixes     Mixes
	Streams   Streams
	// Transcripts opens transcriptions.
	Transcripts Transcripts
	// Captions says that it can, for the people in a call.
	Captions bool
	// Recordings makes recordings of calls.
	Recordings Recordings
	// RecordHoldMusic takes music on hold into recordings.
	RecordHoldMusic bool
	// AnnounceRecordings tells everybody of a recording before it hears them: with the
	// prompt OwnAnnouncement.
	AnnounceRecordings bool
	// Recognizer understands speech; nil: nobody does, and choices are made by keys.
	Recognizer speech.Recognizer
	// Permit decides which phone numbers may be called, by whom; nil: all, by all.
	Permit *permit.Rules
	// ApplicationsConverse makes applications that take part in the name of an
	// identity part of the conversation, of which CallEvents tell; else devices alone are.
	ApplicationsConverse bool
	// EchoNumbers are answered by an echo, without an application.
	EchoNumbers []string
	// Details takes what is left of each call when it is over; nil: nobody does.
	Details Details
	// Watcher is told of legs while they live; nil: nobody is.
	Watcher Watcher
	// Devices knows the telephones of users; nil: they have none.
	Devices Devices
	// Lines are numbers elsewhere that users stand in for; nil: there are none.
	Lines Lines
	// Overloaded says that no new call should be taken now; nil never does.
	Overloaded func() bool

	RingApplication time.Duration // how long a call rings for an application; 30 s
	RingPhone       time.Duration // how long a dialled phone may ring; 115 s
	RingDevice      time.Duration // how long a user's telephone may ring; 85 s
	MaxDuration     time.Duration // the longest call; 30 h
	MaxCalls        int           // calls at once; 10,000
}

func (c *Config) defaults() {
	setDefault(&c.RingApplication, 30*time.Second)
	setDefault(&c.RingPhone, 115*time.Second)
	setDefault(&c.RingDevice, 85*time.Second)
	setDefault(&c.MaxDuration, 30*time.Hour)
	if c.MaxCalls == 0 {
		c.MaxCalls = 10_000
	}
	if c.Details == nil {
		c.Details = noDetails{}
	}
	if c.Watcher == nil {
		c.Watcher = noWatcher{}
	}
	if c.Devices == nil {
		c.Devices = noDevices{}
	}
	if c.Lines == nil {
		c.Lines = noLines{}
	}
	if c.Overloaded == nil {
		c.Overloaded = func() bool { return false }
	}
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

// Numbers knows which phone numbers are ours.
type Numbers interface {
	Owns(number string) bool
}
