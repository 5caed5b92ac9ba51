package main

import (
	"context"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// gallery are pages in groups of a size, each of which sees some of the others' cameras.
type gallery struct {
	pages         []*webrtctest.Client
	peers         []*webrtctest.Peer
	size, visible int
	asked         []time.Time // for views, by page
}

// show turns the cameras on, asks for them, and waits until every line has pictures.
func (g *gallery) show(ctx context.Context) error {
	on := true
	for i, page := range g.pages {
		g.peers[i].Camera("h").SetRate(500_000)
		g.peers[i].Camera("h").On(true)
		if _, err := page.Do(ctx, &protocol.MediaState{Call: g.peers[i].Call, Camera: &on}); err != nil {
			return err
		}
	}
	if err := g.want(ctx, 320); err != nil {
		return err
	}
	return g.until(ctx, func(s webrtctest.Seen, _ time.Time) bool { return s.Pictures > 0 })
}

// want asks for all of a group, in views of a width: a page's own camera is not among
// what comes, and of the others some have lines.
func (g *gallery) want(ctx context.Context, width int) error {
	g.asked = make([]time.Time, len(g.pages))
	for i, page := range g.pages {
		var views []protocol.View
		for id := range g.size {
			views = append(views, protocol.View{ID: id + 1, Width: width, Height: width * 9 / 16})
		}
		g.asked[i] = time.Now()
		if _, err := page.Do(ctx, &protocol.MediaWant{Call: g.peers[i].Call, Streams: views}); err != nil {
			return err
		}
	}
	return nil
}

// turn lets the cameras send smaller pictures as well, asks for those, and says how long
// each line took to have them.
func (g *gallery) turn(ctx context.Context) (took times, err error) {
	for _, peer := range g.peers {
		peer.Camera("q").SetRate(100_000)
		peer.Camera("q").On(true)
	}
	if err := pause(ctx, 3*time.Second); err != nil {
		return nil, err
	}
	if err := g.want(ctx, 160); err != nil {
		return nil, err
	}
	err = g.until(ctx, func(s webrtctest.Seen, asked time.Time) bool { return s.Width == 160 })
	g.each(func(s webrtctest.Seen, asked time.Time) { took = append(took, max(s.Turned.Sub(asked), 0)) })
	return took, err
}

// until waits until something is so of each line.
func (g *gallery) until(ctx context.Context, so func(s webrtctest.Seen, asked time.Time) bool) error {
	for {
		all := true
		g.each(func(s webrtctest.Seen, asked time.Time) { all = all && so(s, asked) })
		if all {
			return nil
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return context.Cause(ctx)
		}
	}
}

// each gives what came on each line, and when its page asked for it.
func (g *gallery) each(take func(s webrtctest.Seen, asked time.Time)) {
	for i, peer := range g.peers {
		for slot := range g.visible {
			take(peer.Saw(fmt.Sprint(3+slot)), g.asked[i])
		}
	}
}

// first is how long each line took to have a picture.
func (g *gallery) first() (took times) {
	g.each(func(s webrtctest.Seen, asked time.Time) { took = append(took, s.First.Sub(asked)) })
	return took
}

// longest is the longest time between two pictures of each line.
func (g *gallery) longest() (list times) {
	g.each(func(s webrtctest.Seen, _ time.Time) { list = append(list, s.Longest) })
	return list
}

func (g *gallery) forget() {
	for _, peer := range g.peers {
		peer.Forget()
	}
}

// seen counts the packets of pictures that have come.
func (g *gallery) seen() (n int) {
	for _, peer := range g.peers {
		n += peer.SawAll()
	}
	return n
}
