package recording

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// brokenFiles fail like a full disk, after some bytes.
type brokenFiles struct {
	Files
	left int
}

type brokenFile struct {
	File
	of *brokenFiles
}

func (f *brokenFiles) Create(name string) (File, error) {
	file, err := f.Files.Create(name)
	return brokenFile{file, f}, err
}

func (f brokenFile) Append(b []byte) error {
	if f.of.left -= len(b); f.of.left < 0 {
		return errors.New("no space left on device")
	}
	return f.File.Append(b)
}

func TestFullDiskEndsTheRecording(t *testing.T) {
	record(t, func(s *studio) {
		s.files = &brokenFiles{s.files, 100 * 640}
		r := s.start(Options{Channels: Mixed})
		s.ticks(200, 16000, 1000)
		synctest.Wait()
		if len(s.told) != 1 || !s.begun {
			t.Fatalf("told %v, begun %v", s.told, s.begun)
		}
		record := s.stop(r, CallEnded)
		if record.EndReason != StorageFailed || record.Duration() == 0 || record.Duration() > 2*time.Second {
			t.Errorf("%+v", record)
		}
		want(t, "the file", s.sound(record, 0)[0], run{1000, int(record.Chunks[0].Frames)})
	})
}

func TestNoRecordingBeginsOnAFullDisk(t *testing.T) {
	record(t, func(s *studio) {
		var free atomic.Uint64
		free.Store(1 << 29)
		s.cfg.MinFree, s.free = 1<<30, func() (uint64, error) { return free.Load(), nil }
		if _, err := s.Create(context.Background(), Options{ID: NewID("x"), Channels: Mixed}); !fault.Is(err, fault.KindBusy) {
			t.Fatalf("got %v", err)
		}
		free.Store(1 << 31)
		r := s.start(Options{Channels: Mixed})
		s.ticks(100, 16000, 1000)
		free.Store(1 << 20)
		s.ticks(100, 16000, 1000)
		synctest.Wait()
		if len(s.told) != 1 {
			t.Error("it goes on while the disk is nearly full")
		}
		if record := s.stop(r, CallEnded); record.EndReason != StorageFailed || record.Duration() < 2*time.Second {
			t.Errorf("%+v", record)
		}
	})
}

// TestRecordingsTakeNoMoreThanTheirQuota: those that go on end, and others begin once
// there is room again.
func TestRecordingsTakeNoMoreThanTheirQuota(t *testing.T) {
	record(t, func(s *studio) {
		s.Close()
		s.open(Config{Quota: 3 * bitRate / 8}) // 3 s
		r := s.start(Options{Channels: Mixed})
		s.ticks(100, 16000, 1000)
		if synctest.Wait(); len(s.told) != 0 {
			t.Fatalf("told %v", s.told)
		}
		s.ticks(100, 16000, 1000)
		if synctest.Wait(); len(s.told) != 1 {
			t.Fatal("it goes on above the quota")
		}
		record := s.stop(r, CallEnded)
		if record.EndReason != StorageFailed || record.Duration() < 3*time.Second || record.Duration() > 4*time.Second {
			t.Errorf("%+v", record)
		}
		for range 2 { // also after it was counted
			if _, err := s.Create(context.Background(), Options{ID: NewID("x"), Channels: Mixed}); !fault.Is(err, fault.KindBusy) {
				t.Errorf("another one: %v", err)
			}
			time.Sleep(2 * sweepEvery)
		}
		if err := s.Erase(context.Background(), record.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(sweepEvery)
		again, err := s.Create(context.Background(), Options{ID: NewID("x"), Channels: Mixed})
		if err != nil {
			t.Fatal(err)
		}
		again.Discard()
	})
}
