package streaming

import (
	"context"
	"slices"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/websocket"
)

// sender writes the messages of one connection.
type sender struct {
	*Stream
	socket  *websocket.Conn
	mixed   pcmWriter
	most    dominant
	message []byte
	pinged  time.Time
	dropped uint64
}

// send sends a frame for each tick until the connection breaks, which broken tells
// too, the stream is closed, or the mix is over.
func (s *Stream) send(c *websocket.Conn, broken <-chan error) error {
	ctx, cancel := context.WithCancelCause(s.ctx)
	defer cancel(nil)
	out := &sender{Stream: s, socket: c, pinged: time.Now(), dropped: s.pace.Dropped()}
	out.message = appendAudioMetadata(nil, s.cfg.Subscription, s.cfg.Rate)
	if err := c.Write(ws.OpText, out.message); err != nil {
		return err
	}
	for ok := true; ok; { // what waited for the connection is the past
		_, ok = s.pace.Next()
	}
	for {
		heard, ok := s.pace.Next()
		if ok {
			if err := out.tick(heard); err != nil {
				return err
			}
			continue
		}
		if s.pace.Ended() {
			<-ctx.Done() // the call closes the stream
			return context.Cause(ctx)
		}
		select {
		case <-s.pace.Ready():
		case err := <-broken:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// tick sends what belongs to one tick.
func (o *sender) tick(heard audio.Heard) error {
	now := time.Now()
	o.countDropped()
	err := o.audio(heard, o.stamps.next())
	if err == nil {
		err = o.tell()
	}
	if err == nil && now.Sub(o.pinged) >= websocket.PingEvery {
		o.pinged = now
		err = o.socket.Write(ws.OpPing, nil)
	}
	return err
}

func (o *sender) audio(heard audio.Heard, now time.Time) error {
	if !o.cfg.Unmixed {
		return o.frame(&o.mixed, heard.Frame, "", now)
	}
	for range 5 { // the shard tells its listeners one after the other, within microseconds
		if o.everybodyHas(heard.At) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	for _, sp := range o.hear(heard.At) {
		if err := o.frame(&sp.voice, sp.heard, sp.who, now); err != nil {
			return err
		}
	}
	return nil
}

// everybodyHas reports whether all participants' frames of a tick are there.
func (o *sender) everybodyHas(at audio.Tick) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, sp := range o.speakers {
		for _, e := range sp.ears {
			if !e.has(at) {
				return false
			}
		}
	}
	return true
}

// hear returns whom the stream carries at a tick, with what they say.
func (o *sender) hear(at audio.Tick) []*speaker {
	o.mu.Lock()
	defer o.mu.Unlock()
	deaf := o.deaf.Load()
	for _, sp := range o.speakers {
		if sp.heard = sp.hear(at); deaf {
			sp.heard = nil
		}
	}
	o.speakers = slices.DeleteFunc(o.speakers, func(sp *speaker) bool { return len(sp.ears) == 0 })
	return o.most.choose(o.speakers)
}

// frame sends 20 ms.
func (o *sender) frame(v *pcmWriter, f audio.Frame, who string, now time.Time) error {
	pcm, silent := v.next(f, o.cfg.Rate)
	o.message = appendAudioData(o.message[:0], now, who, pcm, silent)
	o.dialer.Counts.Sent.Add(1)
	if err := o.socket.Write(ws.OpText, o.message); err != nil || !o.notices.Load() {
		return err
	}
	return o.notice(v, f, who, now)
}

// tell sends the keys and the marks that have come.
func (o *sender) tell() error {
	o.mu.Lock()
	tones := o.tones
	o.tones = nil
	o.mu.Unlock()
	for _, t := range tones {
		o.message = appendTone(o.message[:0], t.at, t.who, t.key)
		if err := o.socket.Write(ws.OpText, o.message); err != nil {
			return err
		}
	}
	for _, m := range o.settle(false) {
		o.message = appendMark(o.message[:0], m.id, m.status)
		if err := o.socket.Write(ws.OpText, o.message); err != nil {
			return err
		}
	}
	return nil
}

func (o *sender) countDropped() {
	if now := o.pace.Dropped(); now != o.dropped {
		o.dialer.Counts.Dropped.Add(now - o.dropped)
		if o.dropped == 0 {
			o.log.Warn("the application reads its stream too slowly; the oldest sound is dropped")
		}
		o.dropped = now
	}
}
