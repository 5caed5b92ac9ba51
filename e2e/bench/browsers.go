package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// browserRuns are calls of browser clients: so many in a group, some of whom talk.
var browserRuns = []struct {
	what                  string
	groups, size, talking int
	codec                 codec.Codec
}{
	{"50 in Opus, 3 talk", 1, 50, 3, codec.Opus},
	{"50 in Opus, all talk", 1, 50, 50, codec.Opus},
	{"50 in G.722, 3 talk", 1, 50, 3, codec.G722},
	{"50 in G.722, all talk", 1, 50, 50, codec.G722},
	{"10 groups of 5 in Opus, 1 talks in each", 10, 5, 1, codec.Opus},
}

// browsers measures legs of browsers, by clients in this process that send real packets
// and decode nothing.
func (b *bench) browsers(ctx context.Context) error {
	for _, run := range browserRuns {
		if run.codec == codec.Opus && codec.OpusMissing() != nil {
			continue
		}
		err := b.stage(ctx, "", nil, func(s *server, a *application) error {
			return b.browsersIn(ctx, s, a, run.what, run.groups, run.size, run.talking, run.codec)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) browsersIn(ctx context.Context, s *server, a *application, what string, groups, size, talking int, codec codec.Codec) error {
	legs := groups * size
	pages, err := a.pages(ctx, s, legs, codec)
	if err != nil {
		return err
	}
	before, err := s.settled(ctx)
	if err != nil {
		return err
	}
	peers, joined, err := joinGroups(ctx, pages, size, heard)
	if err != nil {
		return err
	}
	for i, peer := range peers {
		if peer.Say(webrtctest.Nothing); i%size < talking {
			peer.Say(300 + 10*(i%50))
		}
	}
	during, err := s.settled(ctx)
	if err != nil {
		return err
	}
	profiled := b.keepDuring(ctx, "browsers-"+strings.NewReplacer(", ", "-", " ", "-").Replace(what)+".cpu", fmt.Sprintf("profile?seconds=%.0f", b.measured.Seconds()))
	used, err := s.over(ctx, b.measured)
	if err = errors.Join(err, profiled()); err != nil {
		return err
	}
	for _, peer := range peers {
		peer.Close()
	}
	for _, page := range pages {
		frame, err := protocol.Encode(protocol.Head{}, &protocol.Bye{})
		if err := errors.Join(err, page.Write(frame)); err != nil {
			return err
		}
	}
	after, err := s.settled(ctx)
	if err != nil {
		return err
	}
	b.row("CPU of a browser's leg, "+what, fmt.Sprintf("%.2f %%", 100*used.Seconds()/b.measured.Seconds()/float64(legs)),
		"of a core; join to sound in %s (p50 / p99 / longest), with the clients' own 200 ms of ICE; %.2f MB a leg, %.1f MB more than before when all had left",
		joined, megabytes((during-before)/legs), megabytes(after-before))
	return nil
}

// pages opens sessions, each of a user of its own.
func (a *application) pages(ctx context.Context, s *server, count int, codec codec.Codec) (list []*webrtctest.Client, err error) {
	for range count {
		answer, err := a.postAs("identities", "2023-10-01", map[string]any{"createTokenWithScopes": []string{"voip"}})
		if err != nil {
			return nil, err
		}
		var made struct{ AccessToken struct{ Token string } }
		if err := json.Unmarshal(answer, &made); err != nil {
			return nil, err
		}
		page, err := webrtctest.Dial(ctx, "ws://"+s.addresses.HTTP+"/client", protocol.Hello{Token: made.AccessToken.Token})
		if err != nil {
			return nil, err
		}
		page.Codec, page.Deaf = codec, true
		list = append(list, page)
	}
	return list, nil
}

// joinGroups lets pages into groups, four at a time, and measures from the request
// until ready returns. A server that is too busy is asked again: only what is let in at
// once is measured.
func joinGroups(ctx context.Context, pages []*webrtctest.Client, size int, ready func(context.Context, *webrtctest.Peer)) (peers []*webrtctest.Peer, took times, err error) {
	peers, took = make([]*webrtctest.Peer, len(pages)), make(times, len(pages))
	failures := make([]error, len(pages))
	turns, group := make(chan struct{}, 4), ""
	var work sync.WaitGroup
	for i, page := range pages {
		if i%size == 0 {
			group = uuid.NewString()
		}
		name := group
		turns <- struct{}{}
		work.Go(func() {
			defer func() { <-turns }()
			for {
				began := time.Now()
				if peers[i], failures[i] = page.Join(ctx, protocol.CallJoin{Group: name}); failures[i] == nil {
					ready(ctx, peers[i])
					took[i] = time.Since(began)
					return
				}
				if code, _ := webrtctest.Codes(failures[i]); code != http.StatusServiceUnavailable || pause(ctx, time.Second) != nil {
					return
				}
			}
		})
	}
	work.Wait()
	return peers, took, errors.Join(failures...)
}

// heard waits for a client's first packet.
func heard(ctx context.Context, peer *webrtctest.Peer) {
	for peer.Received() == 0 && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
}
