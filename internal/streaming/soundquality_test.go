package streaming

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// These name folders of WAV files, for `make quality`: what is said to a stream, by an
// application or in a call, and where it is written what comes out of it.
var (
	soundSaid  = flag.String("sound-said", "", "what an application says to a stream of 24 kHz: the WAV files of this folder")
	soundHeard = flag.String("sound-heard", "", "what a stream of 24 kHz tells an application: the WAV files of this folder")
	soundOut   = flag.String("sound-out", "", "where what comes out is written")
)

// TestSoundForMeasures sends speech through a stream: that of an application in messages
// as samples send them, of a frame and some ms late, or seconds at once; and that of a
// call to an application.
func TestSoundForMeasures(t *testing.T) {
	if *soundOut == "" {
		t.Skip("-sound-out names no folder: this makes files for `make quality`")
	}
	for folder, through := range map[string]func(*testing.T, []int16) []int16{*soundSaid: saidToStream, *soundHeard: heardByStream} {
		if folder == "" {
			continue
		}
		names, err := filepath.Glob(filepath.Join(folder, "*.wav"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no sounds in %s: %v", folder, err)
		}
		for _, name := range names {
			writeWAV(t, filepath.Join(*soundOut, filepath.Base(name)), through(t, readWAV(t, name)))
		}
	}
}

// saidToStream is what a call hears of an application: of a sound in pieces.
func saidToStream(t *testing.T, said []int16) (heard []int16) {
	left := resampled(t, said, playoutRate, 24_000)
	random := rand.New(rand.NewPCG(3, 4))
	stream(t, Config{Rate: 24_000, Bidirectional: true}, nil, func(s *session) {
		for tick := 0; len(left) > 0 || s.playout.waiting() > 0; tick++ {
			if tick%100 == 50 { // a model has spoken
				n := min(len(left), 24_000*3)
				s.app.say(says(left[:n], ""))
				left = left[n:]
			} else if n := min(len(left), 480); n > 0 && s.playout.waiting() < playoutRate*3/2 {
				s.app.say(says(left[:n], ""))
				left = left[n:]
			}
			time.Sleep(time.Duration(random.IntN(5)) * time.Millisecond)
			synctest.Wait()
			f := make(audio.Frame, playoutRate/audio.FramesPerSecond)
			if s.ReadFrame(f) || len(heard) > 0 {
				heard = append(heard, f...)
			}
			time.Sleep(15 * time.Millisecond)
		}
	})
	return heard
}

// heardByStream is what an application hears of a call.
func heardByStream(t *testing.T, said []int16) (heard []int16) {
	const frame = playoutRate / audio.FramesPerSecond
	stream(t, Config{Rate: 24_000}, nil, func(s *session) {
		s.tick(len(said)/frame, func(i int) audio.Frame { return said[i*frame : (i+1)*frame] })
		heard = resampled(t, s.app.sound(), 24_000, playoutRate)
	})
	return heard
}

func resampled(t *testing.T, samples []int16, from, to int) []int16 {
	t.Helper()
	out, err := audio.Resample(samples, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readWAV(t *testing.T, name string) []int16 {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	samples, rate, err := audio.ReadWAV(file, time.Minute)
	if err != nil || rate != playoutRate {
		t.Fatalf("%s: %d Hz, %v", name, rate, err)
	}
	return samples
}

func writeWAV(t *testing.T, name string, samples []int16) {
	t.Helper()
	file, err := os.Create(name)
	if err == nil {
		err = audio.WriteWAV(file, playoutRate, samples)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}
