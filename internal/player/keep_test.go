package player

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// listenTo plays a prompt until it is over, or for some frames only.
func listenTo(t *testing.T, l *Library, file File, frames int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := l.Open(ctx, []File{file}, false)
	<-p.Started()
	limit := time.After(90 * time.Second)
	for n := 0; frames == 0 || n < frames; {
		if f := make([]int16, 320); p.ReadFrame(f) {
			n++
		}
		select {
		case <-p.Done():
			if _, err := p.Err(); err != nil {
				t.Error(err)
			}
			return
		case <-limit:
			t.Fatal("the prompt has no end")
		default:
			time.Sleep(time.Millisecond)
		}
	}
	p.Stop()
	cancel()
}

// TestSameSpeechIsSpokenOnce: what was heard to its end stands for the same words in the
// same voice; what was interrupted, or said by a stopgap, does not.
func TestSameSpeechIsSpokenOnce(t *testing.T) {
	hello := File{Speech: speech.Utterance{Text: "hello", Voice: "a"}}
	other := File{Speech: speech.Utterance{Text: "hello", Voice: "b"}}
	for _, test := range []struct {
		name  string
		voice *voice
		cache int64
		plays []File
		first int // frames that are heard of the first
		asked int
	}{
		{"the same twice", &voice{}, 0, []File{hello, hello}, 0, 1},
		{"in another voice", &voice{}, 0, []File{hello, other}, 0, 2},
		{"under an id, whatever it says", &voice{}, 0, []File{{CacheID: "x", Speech: hello.Speech}, {CacheID: "x", Speech: other.Speech}}, 0, 1},
		{"interrupted", &voice{longer: 20}, 0, []File{hello, hello}, 5, 2},
		{"by a stopgap", &voice{stopgap: true}, 0, []File{hello, hello}, 0, 2},
		{"longer than is kept", &voice{longer: 70}, 0, []File{hello}, 200, 1},
		{"without a cache", &voice{}, -1, []File{hello, hello}, 0, 2},
		{"without room", &voice{}, 30_000, []File{hello, hello}, 0, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := New(Config{Speech: test.voice, CacheBytes: test.cache}, slog.New(slog.DiscardHandler))
			for i, file := range test.plays {
				frames := 0
				if i == 0 {
					frames = test.first
				}
				listenTo(t, l, file, frames)
			}
			l.Close()
			if test.voice.asked != test.asked {
				t.Errorf("it was spoken %d times, want %d", test.voice.asked, test.asked)
			}
		})
	}
}
