package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

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
		page.Codec, page.Deaf, page.Mute = codec, true, true
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
