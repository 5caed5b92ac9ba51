package console

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

// socket tells one page. Its own goroutine writes; a second one reads, to learn that
// the browser has gone.
type socket struct {
	hub     *hub
	conn    net.Conn
	session string
	cancel  context.CancelFunc
	watched atomic.Pointer[string]
}

// tell writes until the page has gone, is too slow, or is signed out. What happens
// faster than the page reads is dropped and counted, here and where news come from.
func (s *socket) tell(ctx context.Context, news <-chan News) {
	batch, figures, ping := time.NewTicker(batchTime), time.NewTicker(figuresTime), time.NewTicker(pingTime)
	defer batch.Stop()
	defer figures.Stop()
	defer ping.Stop()
	next := message{Figures: s.hub.now()}
	for {
		select {
		case one, open := <-news:
			if !open {
				news = nil
				continue
			}
			next.add(one)
			continue
		case <-figures.C:
			next.Figures = s.hub.now()
			continue
		case <-ping.C:
			if s.write(ws.NewPingFrame(nil)) != nil {
				return
			}
			continue
		case <-ctx.Done():
			_ = s.write(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusGoingAway, "")))
			return
		case <-batch.C:
		}
		if _, open := s.hub.console.sessions.look(s.session); !open {
			_ = s.send(message{Over: true})
			return
		}
		if next.Figures == nil && len(next.News) == 0 && next.Missed == 0 {
			continue
		}
		if s.send(next) != nil {
			return
		}
		next = message{}
	}
}

// add puts a piece of news into the message that is written next.
func (m *message) add(one News) {
	m.Missed += one.Missed
	one.Missed = 0
	switch {
	case one.Kind == "":
	case len(m.News) >= maxBatch:
		m.Missed++
	default:
		m.News = append(m.News, one)
	}
}

func (s *socket) send(m message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return s.write(ws.NewTextFrame(text))
}

func (s *socket) write(frame ws.Frame) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	return ws.WriteFrame(s.conn, frame)
}

// wish is what a page may say: which call it shows.
type wish struct {
	Watch string `json:"watch"`
}

// read takes what the browser says, until it has gone or is silent.
func (s *socket) read(from *bufio.Reader) {
	defer s.cancel()
	for s.conn.SetReadDeadline(time.Now().Add(silenceTime)) == nil {
		header, err := ws.ReadHeader(from)
		if err != nil || !header.Masked || header.Length > maxFrame || header.OpCode == ws.OpClose {
			return
		}
		payload := make([]byte, header.Length)
		if _, err := io.ReadFull(from, payload); err != nil {
			return
		}
		ws.Cipher(payload, header.Mask, 0)
		var said wish
		if header.OpCode == ws.OpText && header.Fin && json.Unmarshal(payload, &said) == nil {
			s.watched.Store(&said.Watch)
		}
	}
}

// watchedCall is the call that the page shows; "" for none.
func (s *socket) watchedCall() string {
	if id := s.watched.Load(); id != nil {
		return *id
	}
	return ""
}
