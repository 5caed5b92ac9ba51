package e2e

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// The chirp begins at a pitch and rises steadily: its pitch tells which moment of it is
// heard.
const (
	chirpBegins = 400 // Hz
	chirpRises  = 400 // Hz a second
	chirpLasts  = 6 * time.Second
)

// TestPauseIsCutAsItIsSaid: what is missing in the sound is as long as the metadata says,
// within 20 ms, and the pause began where the sound is cut. On a busy machine the chirp may be
// played with gaps, or be over before the pause: one recording of some shows it.
func TestPauseIsCutAsItIsSaid(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	c, _ := a.answered(newPhone(p))
	prompt := a.save("chirp.wav", recordingRate, chirp())
	var why error
	for _, name := range []string{"first", "second", "third", "fourth", "fifth"} {
		if why = c.pauseIsCut(prompt, name); why == nil {
			return
		}
		t.Logf("the %s recording: %v", name, why)
	}
	t.Error(why)
}

// pauseIsCut records a prompt with a pause, and says what the metadata has wrong of that.
func (c connection) pauseIsCut(prompt, name string) error {
	t, a := c.t, c.agent
	t.Helper()
	r := a.record(values{"connection": c.id, "format": "wav"})
	r.states(1)
	c.do("playToAll", values{"urls": []string{prompt}, "operationContext": name}, nil)
	c.gotFor(name, "PlayStarted")
	time.Sleep(1500 * time.Millisecond)
	r.do("pauseRecording")
	time.Sleep(1234 * time.Millisecond)
	r.do("resumeRecording")
	c.gotFor(name, "PlayCompleted")
	r.do("stopRecording")
	file := r.file()
	chunk := file.RecordingStorageInfo.RecordingChunks[0]
	wav, err := a.fetch(chunk.ContentLocation, 0, 0)
	must(t, err)
	said := a.describe(chunk.MetadataLocation)
	if len(said.PauseResumeIntervals) != 1 {
		t.Fatalf("the pauses are %v", said.PauseResumeIntervals)
	}
	sound := channelsOf(t, wav)[0]
	if samples := int(file.RecordingDurationMs) * recordingRate / 1000; len(sound) != samples {
		t.Errorf("%d samples, and the event says %d ms", len(sound), file.RecordingDurationMs)
	}
	cut, missing := cutOf(sound)
	t.Logf("%v are missing from %v on, and the metadata says %v ms", missing, cut, said.PauseResumeIntervals[0].Duration)
	if told := said.PauseResumeIntervals[0].Duration; !(math.Abs(told-missing.Seconds()*1000) <= 20) {
		return fmt.Errorf("%v are missing, and the metadata says %v ms", missing, told)
	}
	if began := said.PauseResumeIntervals[0].StartTime.Sub(said.ChunkStartTime); (began - cut).Abs() > time.Second { // the first tick comes after the start
		return fmt.Errorf("the sound is cut %v after the beginning, and the metadata says %v", cut, began)
	}
	return nil
}

func chirp() []int16 {
	samples := make([]int16, int(chirpLasts.Seconds()*recordingRate))
	for i := range samples {
		at := float64(i) / recordingRate
		samples[i] = int16(8000 * math.Sin(2*math.Pi*(chirpBegins*at+chirpRises*at*at/2)))
	}
	return samples
}

// cutOf finds where a part of the chirp is missing, and how long that is: the moment of
// the chirp less that of the file is the same before, and the same after.
func cutOf(sound []int16) (at, missing time.Duration) {
	const window = recordingRate * 60 / 1000
	type offset struct{ at, ahead float64 } // s
	var all []offset
	for from := 0; from+window <= len(sound); from += window / 3 {
		if middle, pitch := pitchOf(sound[from : from+window]); pitch > 0 {
			at := float64(from)/recordingRate + middle
			all = append(all, offset{at, (pitch-chirpBegins)/chirpRises - at})
		}
	}
	const beside = 5 // windows: what has the cut in it, and what is compared
	best := 0.0
	for i := beside; i+beside < len(all); i++ {
		if step := all[i+beside].ahead - all[i-beside].ahead; step > best {
			best, at = step, time.Duration(all[i].at*float64(time.Second))
		}
	}
	var before, after []float64
	for _, o := range all {
		switch from := o.at - at.Seconds(); {
		case from < -0.15 && from > -1:
			before = append(before, o.ahead)
		case from > 0.15 && from < 1:
			after = append(after, o.ahead)
		}
	}
	return at, time.Duration((median(after) - median(before)) * float64(time.Second))
}

// pitchOf is the pitch of a loud sound in Hz, and its moment in seconds; 0 of silence.
func pitchOf(sound []int16) (middle, pitch float64) {
	var rises []float64 // samples
	for i := 1; i < len(sound); i++ {
		if a, b := float64(sound[i-1]), float64(sound[i]); a < 0 && b >= 0 {
			rises = append(rises, float64(i-1)+a/(a-b))
		}
	}
	if len(rises) < 10 || slices.Max(sound) < 1000 {
		return 0, 0
	}
	first, last := rises[0], rises[len(rises)-1]
	return (first + last) / 2 / recordingRate, float64(len(rises)-1) * recordingRate / (last - first)
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	slices.Sort(list)
	return list[len(list)/2]
}
