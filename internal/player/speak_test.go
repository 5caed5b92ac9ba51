package player

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/speech"
)

// voice says a tone of a second at 22.05 kHz, in pieces, or fails.
type voice struct {
	err   error
	asked int

	longer  int // seconds; 0: one
	stopgap bool
}

func (v *voice) Speak(context.Context, speech.Utterance) (*speech.Sound, error) {
	if v.asked++; v.err != nil {
		return nil, v.err
	}
	var pcm []byte
	for _, s := range audiotest.Tone(22050, time.Duration(max(1, v.longer))*time.Second, -12, 440) {
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(s))
	}
	return &speech.Sound{Rate: 22050, Stopgap: v.stopgap, ReadCloser: io.NopCloser(bytes.NewReader(pcm))}, nil
}

func TestSpeechIsPlayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &voice{}
		l := New(Config{Speech: v}, slog.New(slog.DiscardHandler))
		defer l.Close()
		for _, file := range []File{{Speech: speech.Utterance{Text: "hello"}}, {Speech: speech.Utterance{Text: "hello"}, CacheID: "greeting"}, {Speech: speech.Utterance{Text: "hello"}, CacheID: "greeting"}} {
			ctx, cancel := context.WithCancel(t.Context())
			p := l.Open(ctx, []File{file}, false)
			<-p.Started()
			heard := make([]int16, 0, 16000)
			for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
				f := make([]int16, 320)
				if p.ReadFrame(f) {
					heard = append(heard, f...)
				}
				select {
				case <-p.Done():
					deadline = time.Time{}
				default:
					time.Sleep(audio.FrameDuration)
				}
			}
			if _, err := p.Err(); err != nil || !audiotest.ContainsTone(heard, 16000, 440, 900*time.Millisecond) {
				t.Errorf("%+v: %v, heard %s", file, err, audiotest.Describe(heard, 16000))
			}
			cancel()
		}
		if v.asked != 2 {
			t.Errorf("it was spoken %d times; the third was in the cache under its id", v.asked)
		}
	})
}

// TestPromptWithoutAnAddressIsText: an empty one fails as such, and nobody is asked to speak.
func TestPromptWithoutAnAddressIsText(t *testing.T) {
	v := &voice{}
	l := New(Config{Speech: v}, slog.New(slog.DiscardHandler))
	defer l.Close()
	p := l.Open(t.Context(), []File{{}}, false)
	<-p.Done()
	var failure *speech.Error
	if _, err := p.Err(); !errors.As(err, &failure) || failure.Kind != speech.Empty || v.asked != 0 {
		t.Errorf("got %v, spoken %d times", err, v.asked)
	}
}

func TestSpeechThatFailsSaysWhy(t *testing.T) {
	why := &speech.Error{Kind: speech.Rejected, Status: 401, Detail: "the key is wrong"}
	l := New(Config{Speech: &voice{err: why}}, slog.New(slog.DiscardHandler))
	defer l.Close()
	p := l.Open(t.Context(), []File{{Speech: speech.Utterance{Text: "hello"}}}, false)
	<-p.Done()
	if _, err := p.Err(); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}
