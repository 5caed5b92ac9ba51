package recording

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestStopIsKeptOnceItIsAcknowledged: the next process knows why the recording ended,
// though this one had no time to complete it.
func TestStopIsKeptOnceItIsAcknowledged(t *testing.T) {
	for _, why := range []EndReason{InitiatorLeft, CallEnded} {
		record(t, func(s *studio) {
			r := s.start(Options{Channels: Mixed})
			s.ticks(100, 16000, 1000)
			<-r.Stop(why)
			s.Close() // before its listener has left the mix
			s.open(Config{})
			if completed, err := s.Recover(context.Background()); err != nil || len(completed) != 1 || completed[0].EndReason != why {
				s.Errorf("completed as %+v, %v; want %s", completed, err, why)
			}
			s.Finish(context.Background())
		})
	}
}

// TestStopWaitsForTheDisk: it is not acknowledged before.
func TestStopWaitsForTheDisk(t *testing.T) {
	record(t, func(s *studio) {
		s.files = &blockingFiles{s.files, 5 * time.Second}
		r := s.start(Options{Channels: Mixed})
		s.ticks(100, 16000, 1000) // the second write, after 0.8 s, blocks
		began := time.Now()
		kept := r.Stop(InitiatorLeft)
		s.leave()
		synctest.Wait()
		select {
		case <-kept:
			t.Error("it is acknowledged while the disk is blocked")
		default:
		}
		<-kept
		if waited := time.Since(began); waited < 3*time.Second || waited > 5*time.Second {
			t.Errorf("the disk was free after %v", waited)
		}
		s.Finish(context.Background())
		<-r.Stop(CallEnded) // too late, and nobody waits for ever
		if record, err := s.Find(context.Background(), r.ID()); err != nil || record.EndReason != InitiatorLeft {
			t.Errorf("%+v, %v", record, err)
		}
	})
}

// TestFileIsThereSoonAfterTheStop: within two seconds, and it lasts as long as is said.
func TestFileIsThereSoonAfterTheStop(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Mixed})
		s.ticks(331, 16000, 1000)
		r.Stop(InitiatorLeft)
		s.leave()
		stopped := time.Now()
		for len(s.announcedNow()) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		if waited := time.Since(stopped); waited > 2*time.Second {
			t.Errorf("it could be downloaded %v after the stop", waited)
		}
		record := s.announcedNow()[0]
		if samples := len(s.sound(record, 0)[0]); samples != 331*frameSamples || record.Duration() != 331*20*time.Millisecond {
			t.Errorf("the file has %d samples, and is said to last %v", samples, record.Duration())
		}
	})
}
