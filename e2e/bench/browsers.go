package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// talkers talk in a group of whom most listen.
const talkers = 3

// browserRun is a measurement of browser clients: so many in a group, some of whom talk.
type browserRun struct {
	groups, size, talking int
	codec                 codec.Codec
}

func (r browserRun) String() string {
	switch name := written(r.codec); {
	case r.groups > 1:
		return fmt.Sprintf("%d groups of %d in %s, %d talks in each", r.groups, r.size, name, r.talking)
	case r.talking == r.size:
		return fmt.Sprintf("%d in %s, all talk", r.size, name)
	default:
		return fmt.Sprintf("%d in %s, %d talk", r.size, name, r.talking)
	}
}

// written is the name of a codec in a text.
func written(c codec.Codec) string {
	return map[string]string{codec.Opus.Name: "Opus", codec.G722.Name: "G.722"}[c.Name]
}

// browsers measures legs of browsers in Opus, by clients in this process that send real
// packets and decode nothing: groups in which some talk, of several sizes, of which the
// last two show what one more who listens costs, and groups in which all do.
func (b *bench) browsers(ctx context.Context) error {
	if codec.OpusMissing() != nil {
		return nil
	}
	if err := b.browsersOf(ctx, codec.Opus); err != nil || b.talking == 0 {
		return err
	}
	_, err := b.browsersIn(ctx, browserRun{10, 5, 1, codec.Opus})
	return err
}

// browsersG722 does so in the codec of machines without libopus.
func (b *bench) browsersG722(ctx context.Context) error { return b.browsersOf(ctx, codec.G722) }

func (b *bench) browsersOf(ctx context.Context, c codec.Codec) error {
	if err := b.browsersListen(ctx, c); err != nil || b.talking == 0 {
		return err
	}
	_, err := b.browsersIn(ctx, browserRun{1, b.talking, b.talking, c})
	return err
}

// browsersListen measures groups of several sizes.
func (b *bench) browsersListen(ctx context.Context, c codec.Codec) error {
	var used []time.Duration
	for _, size := range b.groups {
		took, err := b.browsersIn(ctx, browserRun{1, size, talkers, c})
		if err != nil {
			return err
		}
		used = append(used, took)
	}
	if last := len(used) - 1; last > 0 {
		more := b.groups[last] - b.groups[last-1]
		b.row(fmt.Sprintf("CPU of one more who listens, in %s", written(c)), share(used[last]-used[last-1], b.measured, more),
			"of a core: what %d take more than %d, of each who is more", b.groups[last], b.groups[last-1])
	}
	return nil
}

// browsersIn makes a run on a server of its own, and returns the processor time that it took.
func (b *bench) browsersIn(ctx context.Context, run browserRun) (used time.Duration, err error) {
	err = b.stage(ctx, "", nil, func(s *server, a *application) (err error) {
		used, err = b.browsersOn(ctx, s, a, run)
		return err
	})
	return used, err
}

func (b *bench) browsersOn(ctx context.Context, s *server, a *application, run browserRun) (time.Duration, error) {
	legs := run.groups * run.size
	pages, err := a.pages(ctx, s, legs, run.codec)
	if err != nil {
		return 0, err
	}
	before, err := s.settled(ctx)
	if err != nil {
		return 0, err
	}
	peers, joined, err := joinGroups(ctx, pages, run.size, heard)
	if err != nil {
		return 0, err
	}
	for i, peer := range peers {
		if i%run.size < run.talking {
			peer.Say(300 + 10*(i%50))
		}
	}
	during, err := s.settled(ctx)
	if err != nil {
		return 0, err
	}
	came := packets(peers)
	profiled := b.keepDuring(ctx, "browsers-"+strings.NewReplacer(", ", "-", " ", "-").Replace(run.String())+".cpu", fmt.Sprintf("profile?seconds=%.0f", b.measured.Seconds()))
	used, err := s.over(ctx, b.measured)
	came = packets(peers) - came
	if err = errors.Join(err, profiled(), b.keep(ctx, "browsers.heap", "heap?gc=1")); err != nil {
		return 0, err
	}
	if err := leaveCalls(pages, peers); err != nil {
		return 0, err
	}
	after, err := s.settled(ctx)
	if err != nil {
		return 0, err
	}
	b.row("CPU of a browser's leg, "+run.String(), share(used, b.measured, legs),
		"%.1f packets a second reached each; join to sound in %s (p50 / p99 / longest), with the clients' own 200 ms of ICE; %.2f MB a leg, %.1f MB more than before when all had left",
		float64(came)/b.measured.Seconds()/float64(legs), joined, megabytes((during-before)/legs), megabytes(after-before))
	return used, nil
}

// packets counts what has come to all.
func packets(peers []*webrtctest.Peer) (n uint64) {
	for _, peer := range peers {
		n += peer.Received()
	}
	return n
}

// leaveCalls lets all pages go.
func leaveCalls(pages []*webrtctest.Client, peers []*webrtctest.Peer) error {
	for _, peer := range peers {
		peer.Close()
	}
	for _, page := range pages {
		frame, err := protocol.Encode(protocol.Head{}, &protocol.Bye{})
		if err := errors.Join(err, page.Write(frame)); err != nil {
			return err
		}
	}
	return nil
}
