package audiotest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// speak writes samples to the sink in real (here: simulated) time.
func speak(sink audio.Sink, rate int, samples []int16) {
	size := audio.Samples(rate)
	for ; len(samples) >= size; samples = samples[size:] {
		sink.WriteFrame(samples[:size])
		time.Sleep(audio.FrameDuration)
	}
}

func TestListenerWaitsForATone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := NewListener(8000)
		var speaker sync.WaitGroup
		defer speaker.Wait()
		speaker.Go(func() { speak(listener, 8000, join(make([]int16, 8000), Tone(8000, time.Second, -12, 440))) })
		began := time.Now()
		if err := listener.WaitTone(t.Context(), 440, 200*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if after := time.Since(began); after < 1200*time.Millisecond || after > 1240*time.Millisecond {
			t.Errorf("heard after %v, want 1.2 s", after)
		}
	})
}

func TestListenerSaysWhatItHeardInstead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := NewListener(8000)
		var speaker sync.WaitGroup
		defer speaker.Wait()
		speaker.Go(func() { speak(listener, 8000, Tone(8000, 2*time.Second, -12, 1000)) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := listener.WaitTone(ctx, 440, 100*time.Millisecond)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1000 Hz holds") {
			t.Errorf("got %v", err)
		}
		if err := listener.WaitTone(t.Context(), 1000, 100*time.Millisecond); err != nil {
			t.Errorf("an earlier tone still counts: %v", err)
		}
	})
}

func TestForgottenKeysSatisfyNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := NewListener(16000)
		speak(listener, 16000, DTMF(16000, "12"))
		if err := listener.WaitKeys(t.Context(), "12"); err != nil {
			t.Fatal(err)
		}
		listener.Forget()
		var speaker sync.WaitGroup
		defer speaker.Wait()
		speaker.Go(func() { speak(listener, 16000, DTMF(16000, "3#")) })
		if err := listener.WaitKeys(t.Context(), "3#"); err != nil {
			t.Fatal(err)
		}
	})
}

func TestListenerWaitsForSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := NewListener(8000)
		speak(listener, 8000, make([]int16, 8000)) // the silence before does not count
		var speaker sync.WaitGroup
		defer speaker.Wait()
		speaker.Go(func() {
			speak(listener, 8000, Tone(8000, time.Second, -12, 440))
			for range 50 {
				listener.WriteFrame(nil)
				time.Sleep(audio.FrameDuration)
			}
		})
		began := time.Now()
		if err := listener.WaitSilence(t.Context(), 300*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if after := time.Since(began); after < 1290*time.Millisecond || after > 1340*time.Millisecond {
			t.Errorf("silent after %v, want 1.3 s", after)
		}
	})
}

func TestListenerForgetsWhatIsLongPast(t *testing.T) {
	listener := NewListener(8000)
	frame := make(audio.Frame, 160)
	for range 10 * 60 * audio.FramesPerSecond {
		listener.WriteFrame(frame)
	}
	if n := len(listener.Heard()); n < 60*8000 || n > 120*8000 {
		t.Errorf("remembers %d s of ten minutes", n/8000)
	}
}
