package recording

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// blockingFiles are of a disk that takes nothing for a while, from the second write
// on.
type blockingFiles struct {
	Files
	block time.Duration
}

type blockingFile struct {
	File
	of     *blockingFiles
	writes int
}

func (f *blockingFiles) Create(name string) (File, error) {
	file, err := f.Files.Create(name)
	return &blockingFile{file, f, 0}, err
}

func (f *blockingFile) Append(b []byte) error {
	if f.writes++; f.writes == 2 {
		time.Sleep(f.of.block)
	}
	return f.File.Append(b)
}

// TestBlockedDiskDelaysNoTick: for five seconds, which nobody hears, and nothing of
// which is missing afterwards.
func TestBlockedDiskDelaysNoTick(t *testing.T) {
	record(t, func(s *studio) {
		s.files = &blockingFiles{s.files, 5 * time.Second}
		r := s.start(Options{Channels: Mixed})
		began, worst := time.Now(), time.Duration(0)
		for at := range 500 {
			before := time.Now()
			s.tick(16000, int16(1000+at/50))
			worst = max(worst, time.Since(before))
			if at == 250 {
				if stats := s.Stats(); stats.Lag < 3*time.Second || stats.Lag > 5*time.Second || stats.Waiting == 0 {
					s.Errorf("while the disk is blocked: %+v", stats)
				}
			}
		}
		if lasted := time.Since(began); lasted != 10*time.Second || worst != audio.FrameDuration {
			s.Errorf("500 ticks took %v, the longest %v", lasted, worst)
		}
		synctest.Wait()
		if stats := s.Stats(); stats.Lag > listenEvery || len(s.told) > 0 {
			s.Errorf("afterwards: %+v, told %v", stats, s.told)
		}
		record := s.stop(r, CallEnded)
		all := []run{}
		for second := range 10 {
			all = append(all, run{int16(1000 + second), 50})
		}
		if want(t, "the file", s.sound(record, 0)[0], all...); record.ConcealedMs != 0 {
			s.Errorf("%d ms are missing", record.ConcealedMs)
		}
		s.weigh()
		if stored := s.Stats().Stored; stored < 10*bitRate/8 || stored > 11*bitRate/8 {
			s.Errorf("%d bytes are stored", stored)
		}
	})
}

// TestDiskThatIsTooSlowEndsTheRecording, before memory is full.
func TestDiskThatIsTooSlowEndsTheRecording(t *testing.T) {
	record(t, func(s *studio) {
		s.waiting.Add(maxWaiting + 1) // of other recordings
		r := s.start(Options{Channels: Mixed})
		s.ticks(100, 16000, 1000)
		synctest.Wait()
		if len(s.told) != 1 || !errors.Is(s.told[0], errSlow) {
			s.Errorf("told %v", s.told)
		}
		if record := s.stop(r, CallEnded); record.EndReason != StorageFailed {
			s.Errorf("%+v", record)
		}
	})
}

// countedFiles keep how much was written to each, and nothing of it.
type countedFiles struct {
	mu    sync.Mutex
	sizes map[string]int64
}

type countedFile struct {
	of   *countedFiles
	name string
}

func (f *countedFiles) Create(name string) (File, error) { return countedFile{f, name}, nil }
func (f *countedFiles) Remove(string) error              { return nil }
func (f *countedFiles) Open(name string) (Bytes, error)  { return countedFile{f, name}, nil }

func (f countedFile) Append(b []byte) error {
	f.of.mu.Lock()
	f.of.sizes[f.name] += int64(len(b))
	f.of.mu.Unlock()
	return nil
}

func (f countedFile) Size() (int64, error) {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	return f.of.sizes[f.name], nil
}

func (countedFile) Sync() error                       { return nil }
func (countedFile) Close() error                      { return nil }
func (countedFile) ReadAt([]byte, int64) (int, error) { return 0, fs.ErrInvalid } // has no checksum

// TestLongestRecording: of 30 hours, the longest call, with SWITCHHOOK_SOAK=full; else
// everything is shorter by a factor of 60.
func TestLongestRecording(t *testing.T) {
	length, chunk, chunks := 30*time.Minute, DefaultChunk/60, 8
	if os.Getenv("SWITCHHOOK_SOAK") == "full" {
		length, chunk = 30*time.Hour, DefaultChunk
	}
	record(t, func(s *studio) {
		s.Close()
		s.open(Config{Chunk: chunk})
		files := &countedFiles{sizes: map[string]int64{}}
		s.files = files
		r := s.start(Options{Channels: Mixed})
		frames := framesOf(length)
		frame := make(audio.Frame, audio.Samples(16000))
		for at := range frames { // a second at once: the listener takes them as well
			s.at++
			s.ears[0].HearFrame(s.at, frame)
			if at%audio.FramesPerSecond == 0 {
				time.Sleep(time.Second)
			}
		}
		record := s.stop(r, CallEnded)
		if len(record.Chunks) != chunks || record.Duration() != length || record.ConcealedMs != 0 || record.Chunks[0].Frames != framesOf(chunk) {
			s.Errorf("%d chunks, %v, %d ms concealed", len(record.Chunks), record.Duration(), record.ConcealedMs)
		}
		if size := files.sizes[record.fileName(0)]; size != framesOf(chunk)*frameBytes(1) {
			s.Errorf("the first file has %d bytes", size)
		}
	})
}
