package call

import (
	"context"
	"slices"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/speech"
)

// Prompt is what can be played: a File, a Text, an SSML, OwnMusic or OwnAnnouncement. The
// set is closed.
type Prompt interface{ prompt() }

// File is a sound at an http or https address.
type File struct {
	URI     string
	CacheID string // playSourceCacheId; "" is not cached
}

// Text is spoken by a synthesiser.
type Text struct {
	Text        string
	Locale      string // of the text; "" is the voice's own
	VoiceKind   string // "male", "female" or ""
	Voice       string // by name; "" is any of the kind
	CustomVoice string // the endpoint of a trained voice, or ""
	CacheID     string
	Endpoints   speech.Endpoints // of the application; set by its connection
}

// SSML is spoken by a synthesiser, as its markup says.
type SSML struct {
	SSML        string
	CustomVoice string
	CacheID     string
	Endpoints   speech.Endpoints
}

// OwnMusic is the music on hold of the server, for a hold that names none.
type OwnMusic struct {
	Generated bool // not what is configured: what needs neither file nor service
}

func (OwnMusic) prompt() {}

func (File) prompt() {}
func (Text) prompt() {}
func (SSML) prompt() {}

// speechEndpoints are the services of speech that the application has named.
func (c Control) speechEndpoints() speech.Endpoints {
	return speech.Endpoints{Main: c.SpeechEndpoint, Backup: c.SpeechBackup}
}

// spoken lets prompts be spoken by the service that the application has named.
func (c *Connection) spoken(list []Prompt) []Prompt {
	endpoints := c.control.speechEndpoints()
	if endpoints == (speech.Endpoints{}) {
		return list
	}
	list = slices.Clone(list)
	for i, p := range list {
		switch p := p.(type) {
		case Text:
			p.Endpoints = endpoints
			list[i] = p
		case SSML:
			p.Endpoints = endpoints
			list[i] = p
		}
	}
	return list
}

// Prompts plays prompts.
type Prompts interface {
	// Open prepares prompts to be played one after the other without a gap, again
	// and again if loop is set. The playback fades out when ctx is done, as it must
	// be in the end. Open returns at once.
	Open(ctx context.Context, list []Prompt, loop bool) Playback
	// Warm says that an application that has named services of speech may soon have text
	// spoken. It returns at once.
	Warm(of speech.Endpoints)
}

// Playback is prompts that are being played, for one listener or one mix.
type Playback interface {
	audio.Source
	// Started is closed when the first prompt can be heard.
	Started() <-chan struct{}
	// Done is closed when everything has been heard, or when a prompt failed.
	Done() <-chan struct{}
	// Err is, once Done is closed, which prompt failed and why; nil if none did.
	Err() (index int, err error)
}

// speaker takes what is to be heard. What has ended gives way by itself.
type speaker struct {
	say   func(Playback)
	hears func(*endpoint) bool // who hears it, in a turn of the call; nil: everybody
	gone  <-chan struct{}      // closed when its only listener has left; nil: it has others
}

// toAll makes the application speak into the mix. A playback that is canceled fades
// out while the next one begins.
func (c *Connection) toAll() speaker {
	return speaker{say: func(p Playback) { c.self.app.Add(p) }}
}

// sourceError is a prompt that could not be played.
type sourceError struct {
	index int
	cause error
}

func (e *sourceError) Error() string { return e.cause.Error() }

// playAll plays prompts to every speaker, until the end or until ctx is done, and
// calls started when all can hear the first one.
func (c *Call) playAll(ctx context.Context, list []Prompt, loop bool, speakers []speaker, started func()) (err error) {
	defer c.promptCaught(&err)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	playing := make([]Playback, len(speakers))
	for i := range speakers {
		playing[i] = c.registry.cfg.Prompts.Open(ctx, list, loop)
	}
	if len(speakers) > 1 {
		all := &audio.Copies{}
		for i, p := range playing {
			playing[i] = told{p, all}
		}
	}
	for _, p := range playing {
		select {
		case <-p.Started():
		case <-p.Done():
		case <-ctx.Done():
		}
		if err := failed(ctx, p); err != nil {
			return err
		}
	}
	started()
	for i, p := range playing {
		speakers[i].say(p)
	}
	for i, p := range playing {
		select {
		case <-p.Done():
		case <-speakers[i].gone:
		case <-ctx.Done(): // what plays fades out by itself
		}
		if err := failed(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// promptCaught is deferred around the playing of prompts. Where it panics, the first one has failed.
func (c *Call) promptCaught(err *error) {
	if cause := recover(); cause != nil {
		*err = &sourceError{0, panics.Note(c.log, panics.Operation, cause, "operation", "prompt")}
	}
}

// failed is why a playback cannot go on, if so.
func failed(ctx context.Context, p Playback) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if index, err := p.Err(); err != nil {
		return &sourceError{index, err}
	}
	return nil
}
