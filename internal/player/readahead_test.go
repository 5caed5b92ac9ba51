package player

import (
	"log/slog"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/soundfile"
)

// unread is a file that fails the test where it is read.
type unread struct {
	soundfile.Reader
	t *testing.T
}

func (unread) Rate() int { return 8000 }

func (u unread) Read([]int16) (int, error) {
	u.t.Error("the file is read, and nothing has room for what was read")
	return 0, nil
}

// TestNothingIsReadAheadWithoutRoom: a file of unknown length is streamed then.
func TestNothingIsReadAheadWithoutRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Config{CacheBytes: 1}, slog.New(slog.DiscardHandler))
		defer l.Close()
		s := &source{file: unread{t: t}}
		if whole, err := l.beginning(s); whole || err != nil || s.begun != nil {
			t.Errorf("whole %t, %v, begun %+v", whole, err, s.begun)
		}
	})
}
