package recording

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

func want(t *testing.T, what string, samples []int16, runs ...run) {
	t.Helper()
	if got := levels(samples); !slices.Equal(got, runs) {
		t.Errorf("%s: %v, want %v", what, got, runs)
	}
}

func TestMixedRecordingHoldsWhatIsHeard(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Mixed})
		s.join(r, "4:+15551230001", false)
		s.ticks(100, 8000, 1000)
		s.ticks(50, 8000, 0)
		s.ticks(100, 16000, -2000)
		record := s.stop(r, CallEnded)
		channels := s.sound(record, 0)
		if len(channels) != 1 {
			t.Fatalf("%d channels", len(channels))
		}
		want(t, "the file", channels[0], run{1000, 100}, run{0, 50}, run{-2000, 100})
		if record.Duration() != 5*time.Second || record.State != Announced || record.EndReason != CallEnded || record.Chunks[0].EndReason != SessionEnded {
			t.Errorf("the record: %+v", record)
		}
		if len(record.Participants) != 1 || record.Participants[0].ID != "4:+15551230001" || record.Participants[0].Channel != nil {
			t.Errorf("participants: %+v", record.Participants)
		}
		if len(s.announced) != 1 || s.announced[0].State != Ended {
			t.Errorf("announced: %+v", s.announced)
		}
	})
}

func TestPausesAreCutAndListed(t *testing.T) {
	for _, mode := range []Channels{Mixed, Unmixed} {
		t.Run(string(mode), func(t *testing.T) {
			record(t, func(s *studio) {
				r := s.start(Options{Channels: mode, Paused: true})
				s.join(r, "8:acs:a_b", true)
				began := time.Now()
				s.ticks(50, 16000, 100)
				r.Resume()
				s.ticks(30, 16000, 1000)
				r.Pause()
				s.ticks(10, 16000, 2000)
				r.Resume()
				s.ticks(20, 16000, 3000)
				r.Pause()
				s.ticks(25, 16000, 4000)
				record := s.stop(r, InitiatorLeft)
				want(t, "the file", s.sound(record, 0)[0], run{1000, 30}, run{3000, 20})
				var lasted []int64
				for _, p := range record.Pauses {
					lasted = append(lasted, p.DurationMs)
				}
				if !slices.Equal(lasted, []int64{1000, 200, 500}) || !record.Pauses[0].Start.Equal(began) || !record.Pauses[1].Start.Equal(began.Add(1600*time.Millisecond)) {
					t.Errorf("pauses: %+v", record.Pauses)
				}
				if record.ConcealedMs != 0 {
					t.Errorf("%d ms were concealed", record.ConcealedMs)
				}
			})
		})
	}
}

func TestChannelsAreInTheOrderOfFirstSpeech(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Unmixed})
		for _, who := range []string{"4:a", "4:b", "4:c", "4:d", "4:e"} {
			s.join(r, who, false)
		}
		s.join(r, "8:acs:r_app", true)
		const faint = 10 // as comfort noise
		s.ticks(10, 8000, 0, faint, 0, 0, 0, 0, 0)
		s.ticks(10, 8000, 0, 0, 2000, 0, 0, 0, 0)            // b
		s.ticks(10, 8000, 500, 1000, 2000, 0, 0, 0, 0)       // a, and the application to one alone
		s.ticks(10, 8000, 0, 0, 0, 0, 4000, 5000, 600)       // d, e, the application to all
		s.ticks(10, 8000, 0, 0, 0, 3000, 0, 0, 0)            // c finds none
		s.ticks(10, 16000, 0, 1000, 2000, 3000, 4000, 0, 50) // of the application less than counts as speech
		record := s.stop(r, CallEnded)
		channels := s.sound(record, 0)
		if len(channels) != MaxChannels {
			t.Fatalf("%d channels", len(channels))
		}
		want(t, "b", channels[0], run{0, 10}, run{2000, 20}, run{0, 20}, run{2000, 10})
		want(t, "a", channels[1], run{0, 20}, run{1000, 10}, run{0, 20}, run{1000, 10})
		want(t, "the application", channels[2], run{0, 20}, run{500, 10}, run{600, 10}, run{0, 10}, run{50, 10})
		want(t, "d", channels[3], run{0, 30}, run{4000, 10}, run{0, 10}, run{4000, 10})
		want(t, "e", channels[4], run{0, 30}, run{5000, 10}, run{0, 20})
		places := map[string]int{}
		for _, p := range record.Participants {
			places[p.ID] = -1
			if p.Channel != nil {
				places[p.ID] = *p.Channel
			}
		}
		for who, place := range map[string]int{"4:b": 0, "4:a": 1, "8:acs:r_app": 2, "4:d": 3, "4:e": 4, "4:c": -1} {
			if places[who] != place {
				t.Errorf("%s has channel %d, want %d", who, places[who], place)
			}
		}
	})
}

func TestParticipantsHaveTheChannelsThatWereAskedFor(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Unmixed, Pinned: map[int]string{1: "4:b", 0: "4:absent"}})
		s.join(r, "4:a", false)
		s.join(r, "4:b", false)
		s.ticks(10, 16000, 0, 1000, 0)
		s.ticks(10, 16000, 0, 1000, 2000)
		channels := s.sound(s.stop(r, CallEnded), 0)
		if len(channels) != 3 {
			t.Fatalf("%d channels", len(channels))
		}
		want(t, "who is not there", channels[0], run{0, 20})
		want(t, "b", channels[1], run{0, 10}, run{2000, 10})
		want(t, "a", channels[2], run{1000, 20})
	})
}

// TestChannelThatWasAskedForIsTheirsBeforeTheySpeak: what is fainter than speech is recorded,
// and the metadata has the channel of who says nothing.
func TestChannelThatWasAskedForIsTheirsBeforeTheySpeak(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Unmixed, Pinned: map[int]string{0: "4:a", 1: "4:b", 2: "4:absent"}})
		for _, who := range []string{"4:a", "4:b", "4:c"} {
			s.join(r, who, false)
		}
		const faint = 50 // less than counts as speech
		s.ticks(10, 16000, 0, faint, 0, faint)
		record := s.stop(r, CallEnded)
		want(t, "a", s.sound(record, 0)[0], run{faint, 10})
		d, err := s.Document(context.Background(), record.Document(0))
		if err != nil {
			t.Fatal(err)
		}
		text, err := d.Metadata()
		var m struct{ Participants json.RawMessage }
		if err := errors.Join(err, json.Unmarshal(text, &m)); err != nil {
			t.Fatal(err)
		}
		const want = `[{"participantId":"4:a","channel":0},{"participantId":"4:b","channel":1},{"participantId":"4:c"}]`
		if got := strings.Join(strings.Fields(string(m.Participants)), ""); got != want {
			t.Errorf("the metadata has %s, want %s", got, want)
		}
	})
}

// TestTwoDevicesOfOneUserShareAChannel, and neither is heard twice.
func TestTwoDevicesOfOneUserShareAChannel(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Unmixed})
		s.join(r, "8:acs:r_u", false)
		s.join(r, "8:acs:r_u", false)
		s.ticks(5, 16000, 0, 1000, 0)
		s.ticks(5, 16000, 0, 1000, 2000)
		channels := s.sound(s.stop(r, CallEnded), 0)
		if len(channels) != 1 {
			t.Fatalf("%d channels", len(channels))
		}
		want(t, "both", channels[0], run{1000, 5}, run{3000, 5})
	})
}

func TestLongRecordingsHaveChunks(t *testing.T) {
	record(t, func(s *studio) {
		s.Close()
		s.open(Config{Chunk: 2 * time.Second})
		r := s.start(Options{Channels: Unmixed})
		s.join(r, "4:a", false)
		s.join(r, "4:b", false)
		s.ticks(100, 16000, 0, 1000, 0)
		s.ticks(100, 16000, 0, 0, 2000)
		s.ticks(10, 16000, 0, 1000, 2000)
		record := s.stop(r, CallEnded)
		if len(record.Chunks) != 3 || record.Chunks[0].EndReason != ChunkSizeExceeded || record.Chunks[2].EndReason != SessionEnded {
			t.Fatalf("chunks: %+v", record.Chunks)
		}
		want(t, "the first", s.sound(record, 0)[0], run{1000, 100})
		want(t, "a in the second", s.sound(record, 1)[0], run{0, 100})
		want(t, "b in the second", s.sound(record, 1)[1], run{2000, 100})
		want(t, "b in the third", s.sound(record, 2)[1], run{2000, 10})
		if record.Duration() != 4200*time.Millisecond {
			t.Errorf("it lasted %v", record.Duration())
		}
	})
}

// TestSoundThatCameTooLateIsSilence: what follows stays where it belongs.
func TestSoundThatCameTooLateIsSilence(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Mixed})
		s.ticks(50, 16000, 1000)
		time.Sleep(2 * listenEvery)
		for range queuedFrames + 30 { // at once: the listener sees none of them
			s.at++
			frame := make([]int16, 320)
			for i := range frame {
				frame[i] = 2000
			}
			s.ears[0].HearFrame(s.at, frame)
		}
		time.Sleep(2 * listenEvery)
		s.ticks(50, 16000, 3000)
		record := s.stop(r, CallEnded)
		want(t, "the file", s.sound(record, 0)[0], run{1000, 50}, run{0, 30}, run{2000, queuedFrames}, run{3000, 50})
		if record.ConcealedMs != 600 {
			t.Errorf("%d ms are said to be concealed", record.ConcealedMs)
		}
		d, err := s.Document(context.Background(), record.Document(0))
		if err != nil {
			t.Fatal(err)
		}
		text, err := d.Metadata()
		if gap := `"startTime": "2000-01-01T00:00:01.0000000Z",` + "\r\n      " + `"duration": 600`; err != nil || !strings.Contains(string(text), gap) {
			t.Errorf("the metadata does not say where: %s, %v", text, err)
		}
	})
}

// TestRecordingSurvivesItsProcess: what was written is there after the next start,
// and is announced, also when the disk holds half a frame more.
func TestRecordingSurvivesItsProcess(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Unmixed})
		s.join(r, "4:a", false)
		s.join(r, "4:b", false)
		s.ticks(50, 16000, 0, 1000, 0)
		s.ticks(150, 16000, 0, 1000, 2000)
		s.Close() // with nothing told: as a kill
		if err := r.writer.file.Append([]byte{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
		s.open(Config{})
		completed, err := s.Recover(context.Background())
		if err != nil || len(completed) != 1 {
			t.Fatalf("%d were completed, %v", len(completed), err)
		}
		s.Finish(context.Background())
		record, err := s.Find(context.Background(), r.ID())
		if err != nil || record.State != Announced || record.EndReason != ServiceStopped {
			t.Fatalf("%+v, %v", record, err)
		}
		if lost := 4*time.Second - record.Duration(); lost > time.Second {
			t.Errorf("%v of the sound are lost", lost)
		}
		if len(s.announced) != 1 {
			t.Errorf("%d were announced", len(s.announced))
		}
		channels := s.sound(record, 0)
		if got := levels(channels[0]); len(got) != 1 || got[0].level != 1000 {
			t.Errorf("a: %v", got)
		}
		if got := levels(channels[1]); len(got) != 2 || got[1].level != 2000 || got[0].frames != 50 {
			t.Errorf("b: %v", got)
		}
	})
}

func TestAnnouncementIsRepeatedUntilItIsKept(t *testing.T) {
	record(t, func(s *studio) {
		s.refuse = errors.New("the journal is not available")
		r := s.start(Options{Channels: Mixed})
		s.ticks(50, 16000, 1000)
		r.Stop(CallEnded)
		s.leave()
		time.Sleep(5 * time.Second)
		if len(s.announced) != 0 {
			t.Fatal("announced")
		}
		s.Close()
		s.refuse = nil
		s.open(Config{})
		if completed, err := s.Recover(context.Background()); err != nil || len(completed) != 0 {
			t.Fatalf("%d, %v", len(completed), err)
		}
		s.Finish(context.Background())
		if len(s.announced) != 1 || s.announced[0].EndReason != CallEnded {
			t.Errorf("announced: %+v", s.announced)
		}
		if _, err := s.Recover(context.Background()); err != nil || len(s.announced) != 1 {
			t.Errorf("announced %d times", len(s.announced))
		}
	})
}

func TestDeletedDocumentsAreGone(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Mixed})
		s.ticks(10, 16000, 1000)
		if _, err := s.Document(context.Background(), r.writer.record.Document(0)); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("while it goes on: %v", err)
		}
		record := s.stop(r, CallEnded)
		d, err := s.Document(context.Background(), record.Document(0))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Delete(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Document(context.Background(), record.Document(0)); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("after it: %v", err)
		}
		if _, err := s.Find(context.Background(), r.ID()); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("the record: %v", err)
		}
		if _, err := s.files.Open(record.fileName(0)); err == nil {
			t.Error("its file is there")
		}
	})
}

func TestNamesOfDocuments(t *testing.T) {
	r := Record{ID: NewID("411f3500-9774-453b-ab63-c22ded8fcbd5")}
	guid, chunk, ok := parseDocument(r.Document(7))
	if !ok || guid != r.key() || chunk != 7 {
		t.Errorf("%s is %s %d %v", r.Document(7), guid, chunk, ok)
	}
	for _, name := range []string{
		"", "0-swh-d0-", "0-swh-d0-../../etc/passwd", "0-swh-d-1-411f35009774453bab63c22ded8fcbd5", "0-swh-d00-411f35009774453bab63c22ded8fcbd5",
		"0-eus-d0-411f35009774453bab63c22ded8fcbd5", "0-swh-d0-411f35009774453bab63c22ded8fcbg5", "0-swh-d0-{411f35009774453bab63c22ded8fcb}",
	} {
		if _, _, ok := parseDocument(name); ok {
			t.Errorf("%q is taken for a document", name)
		}
	}
}

// TestRecordingThatWasNeverToldOfIsForgotten: its record was written when the process
// ended, its file was not.
func TestRecordingThatWasNeverToldOfIsForgotten(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Mixed})
		s.Close()
		if err := s.files.Remove(r.writer.record.fileName(0)); err != nil {
			t.Fatal(err)
		}
		s.open(Config{})
		if completed, err := s.Recover(context.Background()); err != nil || len(completed) != 0 {
			t.Errorf("%d were completed, %v", len(completed), err)
		}
		s.Finish(context.Background())
		if _, err := s.Find(context.Background(), r.ID()); !fault.Is(err, fault.KindNotFound) || len(s.announced) != 0 {
			t.Errorf("found: %v; %d were announced", err, len(s.announced))
		}
	})
}

// TestEndThatCouldNotBeStoredIsStoredLater, before anybody needs it.
func TestEndThatCouldNotBeStoredIsStoredLater(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Mixed})
		going := r.writer.record
		s.ticks(100, 16000, 1000)
		ended := s.stop(r, CallEnded)
		if err := s.records.Put(context.Background(), going.key(), going); err != nil {
			t.Fatal(err)
		}
		ended.State = Ended
		s.Library.announce(ended)
		if record, err := s.Find(context.Background(), r.ID()); err != nil || record.State != Announced || record.Duration() != ended.Duration() {
			t.Errorf("%+v, %v", record, err)
		}
	})
}
