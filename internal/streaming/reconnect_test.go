package streaming

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestApplicationThatEndsEachConnectionIsGivenUp: with a pause between the tries, as if it
// could not be connected to. Connections that last are opened again as often as they break.
func TestApplicationThatEndsEachConnectionIsGivenUp(t *testing.T) {
	stream(t, Config{}, func(s *session) { s.app.ends = true }, func(s *session) {
		time.Sleep(10 * time.Second)
		synctest.Wait()
		failed, ok := s.reports[len(s.reports)-1].(Failed)
		if len(s.reports) != 2 || !ok || !failed.Interrupted || s.app.dials != 1+len(tries) {
			t.Errorf("reports %v after %d connections", s.reports, s.app.dials)
		}
	})
	stream(t, Config{}, nil, func(s *session) {
		for range 10 {
			s.tick(11*50, none)
			s.app.conn.Close()
		}
		s.tick(50, none)
		if len(s.reports) != 1 || s.app.dials != 11 {
			t.Errorf("reports %v after %d connections", s.reports, s.app.dials)
		}
	})
}

// stuck is a log that keeps who writes something.
type stuck struct {
	slog.Handler
	at   string
	wait chan struct{}
}

func (s stuck) WithAttrs([]slog.Attr) slog.Handler       { return s }
func (s stuck) Enabled(context.Context, slog.Level) bool { return true }

func (s stuck) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, s.at) {
		<-s.wait
	}
	return nil
}

// TestConnectionsFollowEachOther: the next one is opened when the last message of the one
// before was taken, since both would write what the application says.
func TestConnectionsFollowEachOther(t *testing.T) {
	var log stuck
	stream(t, Config{}, func(s *session) {
		log = stuck{slog.DiscardHandler, "a message of the application cannot be used", make(chan struct{})}
		s.dialer.Log = slog.New(log)
	}, func(s *session) {
		s.app.say("nonsense")
		s.tick(1, none)
		s.app.conn.Close()
		s.tick(50, none)
		if s.app.dials != 1 {
			t.Error("there are two connections")
		}
		close(log.wait)
		s.tick(50, none)
		if s.app.dials != 2 {
			t.Error("there is no second connection")
		}
	})
}
