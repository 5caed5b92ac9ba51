package main

import (
	"context"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// pictureRuns are groups whose members show their camera, each in one encoding of 500
// kbit/s, and see some of the others.
var pictureRuns = []struct {
	what                  string
	groups, size, visible int
}{
	{"2 groups of 5", 2, 5, 4},
	{"10 groups of 5", 10, 5, 4},
	{"25 in a group, 9 visible", 1, 25, 9},
}

// pictures measures what forwarding costs, by clients in this process that decode
// nothing.
func (b *bench) pictures(ctx context.Context) error {
	for _, run := range pictureRuns {
		err := b.stage(ctx, "", nil, func(s *server, a *application) error {
			return b.picturesIn(ctx, s, a, run.what, run.groups, run.size, run.visible)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) picturesIn(ctx context.Context, s *server, a *application, what string, groups, size, visible int) error {
	pages, err := a.pages(ctx, s, groups*size, codec.G722)
	if err != nil {
		return err
	}
	for _, page := range pages {
		page.Slots = visible
	}
	peers, _, err := joinGroups(ctx, pages, size, func(_ context.Context, peer *webrtctest.Peer) { peer.Say(webrtctest.Nothing) })
	if err != nil {
		return err
	}
	defer func() {
		for _, peer := range peers {
			peer.Close()
		}
	}()
	g := &gallery{pages: pages, peers: peers, size: size, visible: visible}
	blank, err := s.settled(ctx)
	if err != nil {
		return err
	}
	quiet, err := s.over(ctx, b.measured)
	if err != nil {
		return err
	}
	if err := g.show(ctx); err != nil {
		return err
	}
	b.row("first picture, "+what, g.first().String(), "p50 / p99 / longest of %d streams, from the request for all of a page's views", groups*size*visible)
	shown, err := s.settled(ctx)
	if err != nil {
		return err
	}
	before := g.seen()
	g.forget()
	used, err := s.over(ctx, b.measured)
	if err != nil {
		return err
	}
	b.forwarded(what, groups*size, groups*size*visible, g.seen()-before, used-quiet)
	b.row("between two pictures, "+what, g.longest().String(), "p50 / p99 / longest of the streams, of the longest of each in %s; 50 ms is what the cameras send", b.measured)
	b.row("memory of a participant's pictures, "+what, fmt.Sprintf("%.2f MB", megabytes((shown-blank)/(groups*size))), "beside its leg")
	turned, err := g.turn(ctx)
	if err != nil {
		return err
	}
	b.row("another encoding, "+what, turned.String(), "p50 / p99 / longest, from the request for smaller views to the first packet of the smaller encoding")
	return nil
}

// forwarded prints what forwarding costs.
func (b *bench) forwarded(what string, participants, streams, packets int, cost time.Duration) {
	share := 100 * cost.Seconds() / b.measured.Seconds()
	b.row("CPU of forwarded pictures, "+what, fmt.Sprintf("%.2f %%", share/float64(streams)),
		"of a core for a stream of 500 kbit/s, %.2f %% for a participant, beside sound; %d streams, %.0f packets a second, %.1f µs each",
		share/float64(participants), streams, float64(packets)/b.measured.Seconds(), cost.Seconds()*1e6/float64(max(packets, 1)))
}
