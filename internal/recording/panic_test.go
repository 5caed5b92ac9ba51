package recording

import (
	"testing"
	"testing/synctest"
)

// panickingFiles panic after some appends.
type panickingFiles struct {
	Files
	left int
}

type panickingFile struct {
	File
	of *panickingFiles
}

func (f *panickingFiles) Create(name string) (File, error) {
	file, err := f.Files.Create(name)
	return panickingFile{file, f}, err
}

func (f panickingFile) Append(b []byte) error {
	if f.of.left--; f.of.left < 0 {
		panic("the file is broken")
	}
	return f.File.Append(b)
}

func TestRecordingWhoseWritingPanicsEndsAlone(t *testing.T) {
	record(t, func(s *studio) {
		whole := s.files
		s.files = &panickingFiles{whole, 3}
		r := s.start(Options{Channels: Mixed})
		s.ticks(200, 16000, 1000)
		synctest.Wait()
		if len(s.told) != 1 || !s.begun {
			t.Fatalf("told %v, begun %v", s.told, s.begun)
		}
		if record := s.stop(r, CallEnded); record.EndReason != StorageFailed || record.Duration() == 0 {
			t.Errorf("%+v", record)
		}
		s.files, s.told = whole, nil
		next := s.start(Options{Channels: Mixed})
		s.ticks(200, 16000, 1000)
		if record := s.stop(next, CallEnded); record.EndReason != CallEnded || record.Duration() == 0 {
			t.Errorf("the next one: %+v", record)
		}
		if left := s.waiting.Load(); left != 0 {
			t.Errorf("%d bytes of nobody wait for the disk", left)
		}
	})
}
