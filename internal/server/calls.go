package server

import (
	"context"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/cdr"
	"github.com/switchhook/switchhook/internal/memory"
	"github.com/switchhook/switchhook/internal/mixer"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/server/metrics"
	"github.com/switchhook/switchhook/internal/streaming"
	"github.com/switchhook/switchhook/internal/testline"
)

// openCalls makes the registry of calls, and what their sound needs.
func (p *parts) openCalls(context.Context) error {
	if err := p.openRecordings(); err != nil {
		return err
	}
	p.openSound()
	own := prompts{library: p.prompts}
	var err error
	if own.hold, err = openHoldMusic(p.cfg.HoldMusic); err != nil {
		return err
	}
	if own.announcement, err = openAnnouncement(p.cfg.Recording.Announcement); err != nil {
		return err
	}
	if p.records, err = cdr.Open(p.recordsConfig(), p.log.With("part", "cdr")); err != nil {
		return err
	}
	p.later(func() error { p.records.Close(); return nil })
	p.lines = testline.New()
	p.calls = call.NewRegistry(p.observed(p.callsConfig(own)), p.log)
	p.metrics.MustRegister(metrics.Calls(p.calls))
	return nil
}

// openSound starts the mixer and the library of prompts.
func (p *parts) openSound() {
	p.mixer = mixer.New(mixer.Config{MaxLateness: p.cfg.MaxLateness, Registerer: p.metrics}, p.log.With("part", "mixer"))
	p.later(func() error { p.mixer.Close(); return nil })
	p.prompts = player.New(player.Config{
		CacheBytes: p.memory.Share(player.DefaultCacheBytes), Allow: p.cfg.Outbound.Check(), Speech: p.synthesizers(), Loudness: float64(p.cfg.Loudness), Registerer: p.metrics,
	}, p.log.With("part", "player"))
	p.later(func() error { p.prompts.Close(); return nil })
	p.sentAhead = streaming.NewBudget(p.memory.Share(streamBudget))
	p.work.Go(func() { p.memory.Watch(p.life, p.log) })
	p.work.Go(func() { memory.Run(p.life, p.log, memory.Config{Garbage: p.cfg.Garbage, Kept: p.keptSound}) })
	p.prepareSpeech()
}

// overloaded says that a call would take what others need.
func (p *parts) overloaded() bool { return p.mixer.Overloaded() || p.remembering() != nil }

// keptSound is how many bytes of sound are kept: prompts, and what applications have sent ahead
// into their streams.
func (p *parts) keptSound() int64 { return p.prompts.Held() + p.sentAhead.Used() }

// callsConfig says what calls are made with.
func (p *parts) callsConfig(own prompts) call.Config {
	open, understood := p.openStreams(), p.recognizers()
	return call.Config{
		Resource: p.resource.ID, Dialers: p.dialers(), Devices: devices{p}, Lines: p.lines, Numbers: p.numbers,
		Announcer: announcer{p.grid}, Publisher: publisher{p.callbacks, p.grid}, ApplicationsConverse: p.cfg.ApplicationEvents, Details: p.records,
		Prompts: own, Mixes: mixes{p.mixer}, Streams: open, Recognizer: understood,
		Transcripts: transcripts{open.dialer, understood}, Captions: len(understood.Choice.Default) > 0,
		Recordings: recordings{p.recordings}, RecordHoldMusic: p.cfg.Recording.HoldMusic, AnnounceRecordings: len(own.announcement) > 0,
		EchoNumbers: p.cfg.EchoNumbers, Permit: p.permits, Overloaded: p.overloaded, RingApplication: p.cfg.RingTimeout,
	}
}
