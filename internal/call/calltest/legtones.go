package calltest

import (
	"context"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// Press reports keys as the far end pressing them.
func (l *Leg) Press(keys string) {
	for _, key := range keys {
		l.tell(call.ToneHeard{Tone: call.Tone(key)})
	}
}

// SendTones takes 200 ms a key.
func (l *Leg) SendTones(ctx context.Context, tones []call.Tone) error {
	for _, tone := range tones {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-l.over:
			return fmt.Errorf("the leg ended")
		}
		l.mu.Lock()
		deaf := l.deaf
		if deaf == nil {
			l.sent = append(l.sent, tone)
		}
		l.mu.Unlock()
		if deaf != nil {
			return deaf
		}
	}
	return nil
}

// RefuseTones makes SendTones fail from now on, as where the far end holds the call; nil takes
// that back.
func (l *Leg) RefuseTones(why error) {
	l.mu.Lock()
	l.deaf = why
	l.mu.Unlock()
}

// Sent returns the keys that the call pressed.
func (l *Leg) Sent() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []byte
	for _, tone := range l.sent {
		keys = append(keys, byte(tone))
	}
	return string(keys)
}
