package main

import (
	"context"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
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
	quiet, err := s.over(ctx, b.measured)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := show(ctx, pages, peers, size, visible); err != nil {
		return err
	}
	first := time.Since(began)
	if _, err := s.settled(ctx); err != nil {
		return err
	}
	before := seen(peers)
	used, err := s.over(ctx, b.measured)
	if err != nil {
		return err
	}
	sent := seen(peers) - before
	cost := used - quiet
	streams := groups * size * visible
	b.row("CPU of forwarded pictures, "+what, fmt.Sprintf("%.2f %%", 100*cost.Seconds()/b.measured.Seconds()/float64(streams)),
		"of a core for a stream of 500 kbit/s, beside sound; %d streams, %.0f packets a second, %.1f µs each; all shown after %s",
		streams, float64(sent)/b.measured.Seconds(), cost.Seconds()*1e6/float64(max(sent, 1)), first.Round(10*time.Millisecond))
	return nil
}

// show turns the cameras on, asks for them, and waits until every line has pictures.
func show(ctx context.Context, pages []*webrtctest.Client, peers []*webrtctest.Peer, size, visible int) error {
	on := true
	for i, page := range pages {
		peers[i].Camera("h").SetRate(500_000)
		peers[i].Camera("h").On(true)
		if _, err := page.Do(ctx, &protocol.MediaState{Call: peers[i].Call, Camera: &on}); err != nil {
			return err
		}
	}
	for i, page := range pages {
		var views []protocol.View
		for id := range size {
			views = append(views, protocol.View{ID: id + 1, Width: 320, Height: 180})
		}
		// The own stream is not among those that come; of the others some are visible.
		if _, err := page.Do(ctx, &protocol.MediaWant{Call: peers[i].Call, Streams: views}); err != nil {
			return err
		}
	}
	for _, peer := range peers {
		for slot := range visible {
			for peer.Saw(fmt.Sprint(3+slot)).Pictures == 0 {
				select {
				case <-ctx.Done():
					return context.Cause(ctx)
				case <-time.After(5 * time.Millisecond):
				}
			}
		}
	}
	return nil
}

// seen counts the packets of pictures that have come.
func seen(peers []*webrtctest.Peer) (n int) {
	for _, peer := range peers {
		n += peer.SawAll()
	}
	return n
}
