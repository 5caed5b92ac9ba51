package recording

import (
	"slices"
	"testing"
	"time"
)

// saidBefore is the sound of somebody whose jitter buffer holds it for a time.
type saidBefore time.Duration

func (s saidBefore) Said() (int64, bool) { return time.Now().Add(-time.Duration(s)).UnixNano(), true }

// TestPauseOfDelayedSoundIsCutWhereItIsSaid: nothing that was said in the pause is in the
// file, and all that was said before it is, though it was heard in the pause. Speakers
// with other delays are cut at the same moments.
func TestPauseOfDelayedSoundIsCutWhereItIsSaid(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Unmixed})
		for who, delay := range []time.Duration{0, 40 * time.Millisecond, 100 * time.Millisecond} {
			l := r.Participant(Arrival{Who: string(rune('a' + who)), Listed: true, Dated: saidBefore(delay)})
			s.ears = append(s.ears, l)
		}
		for moment := range int16(100) { // everybody says at each moment which one it is
			switch moment {
			case 40:
				r.Pause()
			case 60:
				r.Resume()
			}
			s.tick(16000, 0, 1000+moment, 1000+moment-2, 1000+moment-5)
		}
		record := s.stop(r, CallEnded)
		if record.Duration() != 80*20*time.Millisecond {
			t.Errorf("it lasts %v", record.Duration())
		}
		for who, channel := range s.sound(record, 0) {
			var got, want []int16
			for at := frameSamples / 2; at < len(channel); at += frameSamples {
				got = append(got, channel[at])
			}
			for moment := range int16(100) {
				switch said := moment < 100-[3]int16{0, 2, 5}[who]; {
				case moment >= 40 && moment < 60:
				case !said:
					want = append(want, 0) // it was not heard before the end
				default:
					want = append(want, 1000+moment)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("channel %d holds %v, want %v", who, got, want)
			}
		}
	})
}
