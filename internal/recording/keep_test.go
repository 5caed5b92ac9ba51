package recording

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/recording/convert"
)

// fakeConverter puts a word before what it gets.
type fakeConverter struct{ err error }

func (f fakeConverter) Convert(_ context.Context, job convert.Job) error {
	if f.err != nil {
		return f.err
	}
	return pretend(job.Input, job.Output, func(sound io.Reader) io.Reader { return io.MultiReader(strings.NewReader("encoded "), sound) })
}

// pretend writes what a fake makes of a sound.
func pretend(input func() (io.ReadCloser, error), output func() (convert.Output, error), made func(io.Reader) io.Reader) error {
	in, err := input()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := output()
	if err != nil {
		return err
	}
	_, err = io.Copy(out, made(in))
	return errors.Join(err, out.Close())
}

// ended returns a recording of a second that has ended and is announced.
func (s *studio) ended(o Options) Record {
	s.Helper()
	o.Channels = Mixed
	r := s.start(o)
	s.ticks(50, 16000, 1000)
	r.Stop(CallEnded)
	s.leave()
	time.Sleep(time.Minute + 30*time.Second) // also of rounds of conversion
	record, err := s.Get(s.Context(), r.ID())
	if err != nil {
		s.Fatal(err)
	}
	return record
}

func (s *studio) onDisk() (names []string) {
	entries, _ := os.ReadDir(s.dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// there reports whether a recording can be downloaded.
func (s *studio) there(r Record) bool {
	_, err := s.Document(s.Context(), r.Document(0))
	return err == nil && slices.ContainsFunc(s.onDisk(), func(name string) bool { return strings.HasPrefix(name, r.key()) })
}

func TestRecordingIsConverted(t *testing.T) {
	record(t, func(s *studio) {
		s.Close()
		s.open(Config{Converter: fakeConverter{}})
		r := s.ended(Options{Format: MP3})
		if files := s.onDisk(); len(files) != 1 || filepath.Ext(files[0]) != ".mp3" || !r.Chunks[0].Converted || r.Format != MP3 {
			s.Fatalf("%v, %+v", files, r)
		}
		d, err := s.Document(s.Context(), r.Document(0))
		if err != nil {
			s.Fatal(err)
		}
		file, err := d.Open()
		if err != nil {
			s.Fatal(err)
		}
		defer file.Close()
		begin := make([]byte, 12)
		if _, err := file.ReadAt(begin, 0); err != nil || string(begin) != "encoded RIFF" {
			s.Errorf("%q, %v", begin, err)
		}
		if whole, err := d.Verify(); err != nil || !whole || len(r.Chunks[0].SHA256) != 64 {
			s.Errorf("%v, %v, %q", whole, err, r.Chunks[0].SHA256)
		}
		text, err := d.Metadata()
		if err != nil || !bytes.Contains(text, []byte(r.Chunks[0].SHA256)) || !bytes.Contains(text, []byte(`"bitRate": 48000`)) {
			s.Errorf("%s, %v", text, err)
		}
	})
}

// TestRecordingThatCannotBeConvertedStaysWAV: better that than none.
func TestRecordingThatCannotBeConvertedStaysWAV(t *testing.T) {
	record(t, func(s *studio) {
		s.Close()
		s.open(Config{Converter: fakeConverter{errors.New("crashed")}})
		r := s.ended(Options{Format: MP3})
		if files := s.onDisk(); len(files) != 1 || filepath.Ext(files[0]) != ".pcm" || r.Format != WAV || r.State != Announced || len(s.announced) != 1 || s.announced[0].Format != WAV {
			s.Errorf("%v, %+v", files, r)
		}
	})
}

func TestRecordingsAreKeptForTheirTime(t *testing.T) {
	later := time.Time{} // set in the test's own time
	yes, no := true, false
	for _, test := range []struct {
		name       string
		change     Change
		exporting  bool
		soon, late bool // whether it is there after two hours, and after ten
	}{
		{"as configured", Change{}, false, false, false},
		{"until its own time", Change{Until: &later}, false, true, false},
		{"held", Change{Hold: &yes}, false, true, true},
		{"not held", Change{Hold: &no}, false, false, false},
		{"while it is exported", Change{}, true, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			record(t, func(s *studio) {
				s.Close()
				s.open(Config{Retention: time.Hour, Exporting: func(string) bool { return test.exporting }})
				r := s.ended(Options{Format: WAV})
				if test.change.Until != nil {
					at := time.Now().Add(5 * time.Hour)
					test.change.Until = &at
				}
				if _, err := s.Keep(s.Context(), r.ID, test.change); err != nil {
					s.Fatal(err)
				}
				for _, after := range []struct {
					wait time.Duration
					want bool
				}{{50 * time.Minute, true}, {time.Hour, test.soon}, {8 * time.Hour, test.late}} {
					time.Sleep(after.wait)
					_, err := s.Document(s.Context(), r.Document(0))
					if (err == nil) != after.want || (len(s.onDisk()) == 1) != after.want {
						s.Errorf("after %v more: %v, %v", after.wait, err, s.onDisk())
					}
				}
				if list, err := s.List(s.Context()); err != nil || (len(list) == 1) != test.late {
					s.Errorf("%+v, %v", list, err)
				}
			})
		})
	}
}

func TestHeldRecordingIsNotDeleted(t *testing.T) {
	record(t, func(s *studio) {
		r := s.ended(Options{Format: WAV})
		yes, no := true, false
		if _, err := s.Keep(s.Context(), r.GUID(), Change{Hold: &yes}); err != nil {
			s.Fatal(err)
		}
		d, err := s.Document(s.Context(), r.Document(0))
		if err != nil {
			s.Fatal(err)
		}
		if err := d.Delete(s.Context()); !fault.Is(err, fault.KindConflict) || !fault.Is(s.Erase(s.Context(), r.ID), fault.KindConflict) || len(s.onDisk()) != 1 {
			s.Errorf("%v, %v", err, s.onDisk())
		}
		if _, err := s.Keep(s.Context(), r.GUID(), Change{Hold: &no}); err != nil {
			s.Fatal(err)
		}
		if err := s.Erase(s.Context(), r.ID); err != nil || len(s.onDisk()) != 0 {
			s.Errorf("%v, %v", err, s.onDisk())
		}
	})
}

// TestCopiesAreDeletedWithTheirRecording, before its own files are: whoever deletes
// it, and also by the next process.
func TestCopiesAreDeletedWithTheirRecording(t *testing.T) {
	record(t, func(s *studio) {
		var told []string
		var refuse error
		cfg := Config{Retention: time.Hour, Deleting: func(_ context.Context, r Record, chunk int) error {
			if refuse == nil {
				told = append(told, r.Document(chunk))
			}
			return refuse
		}}
		s.Close()
		s.open(cfg)
		byTime, byAPI, byCommand, byNext := s.ended(Options{}), s.ended(Options{}), s.ended(Options{}), s.ended(Options{})
		document := func(r Record) *Document {
			d, err := s.Document(s.Context(), r.Document(0))
			if err != nil {
				s.Fatal(err)
			}
			return d
		}
		if err := errors.Join(document(byAPI).Delete(s.Context()), s.Erase(s.Context(), byCommand.ID)); err != nil {
			s.Fatal(err)
		}
		refuse = errors.New("not now")
		if err := document(byNext).Delete(s.Context()); !errors.Is(err, refuse) || len(s.onDisk()) != 2 {
			s.Errorf("it is deleted though its copies are not: %v, %v", err, s.onDisk())
		}
		refuse = nil
		s.Close()
		s.open(cfg)
		if _, err := s.Recover(s.Context()); err != nil {
			s.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if want := []string{byAPI.Document(0), byCommand.Document(0), byNext.Document(0), byTime.Document(0)}; !slices.Equal(told, want) || len(s.onDisk()) != 0 {
			s.Errorf("copies were deleted of %v, want %v; %v are left", told, want, s.onDisk())
		}
	})
}

// TestNextProcessCompletesADeletion that a kill has interrupted, and removes what a
// killed conversion has left.
func TestNextProcessCompletesADeletion(t *testing.T) {
	record(t, func(s *studio) {
		gone, kept := s.ended(Options{}), s.ended(Options{})
		if err := s.records.Update(s.Context(), gone.key(), func(r *Record) error { r.Chunks[0].Deleted = true; return nil }); err != nil {
			s.Fatal(err)
		}
		stray := "00000000-0000-0000-0000-000000000000.0.mp3"
		if err := os.WriteFile(filepath.Join(s.dir, stray), nil, 0o600); err != nil {
			s.Fatal(err)
		}
		s.Close()
		s.open(Config{})
		if _, err := s.Recover(s.Context()); err != nil {
			s.Fatal(err)
		}
		list, err := s.List(s.Context())
		if files := s.onDisk(); err != nil || len(list) != 1 || len(files) != 1 || files[0] != kept.fileName(0) {
			s.Errorf("%v, %d records, %v", files, len(list), err)
		}
	})
}

// TestRecordingWithAMissingFileIsAnnounced all the same.
func TestRecordingWithAMissingFileIsAnnounced(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Mixed})
		s.ticks(50, 16000, 1000)
		if err := os.Remove(filepath.Join(s.dir, r.writer.record.fileName(0))); err != nil {
			s.Fatal(err)
		}
		r.Stop(CallEnded)
		s.leave()
		time.Sleep(time.Minute)
		if got, err := s.Get(s.Context(), r.ID()); err != nil || got.State != Announced || len(s.announced) != 1 || got.Chunks[0].SHA256 != "" {
			s.Errorf("%+v, %v", got, err)
		}
	})
}

// TestDamageIsFound by the checksum.
func TestDamageIsFound(t *testing.T) {
	record(t, func(s *studio) {
		r := s.ended(Options{Format: WAV})
		name := filepath.Join(s.dir, r.fileName(0))
		raw, err := os.ReadFile(name)
		if err != nil {
			s.Fatal(err)
		}
		raw[200] ^= 1
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			s.Fatal(err)
		}
		if whole, err := s.Documents(r)[0].Verify(); whole || err == nil {
			s.Errorf("%v, %v", whole, err)
		}
	})
}

// TestNextProcessConverts what the process before had no time for.
func TestNextProcessConverts(t *testing.T) {
	record(t, func(s *studio) {
		s.Close()
		s.open(Config{Converter: hanging{}})
		r := s.start(Options{Channels: Mixed, Format: MP3})
		s.ticks(50, 16000, 1000)
		r.Stop(CallEnded)
		s.leave()
		time.Sleep(10 * time.Second)
		if got, err := s.Get(s.Context(), r.ID()); err != nil || got.State != Ended || len(s.announced) != 0 {
			s.Fatalf("%+v, %v", got, err)
		}
		if _, err := s.Document(s.Context(), r.writer.record.Document(0)); err == nil {
			s.Error("it can be downloaded before it is what was asked for")
		}
		s.Close()
		s.open(Config{Converter: fakeConverter{}})
		if _, err := s.Recover(s.Context()); err != nil {
			s.Fatal(err)
		}
		time.Sleep(time.Minute)
		got, err := s.Get(s.Context(), r.ID())
		if files := s.onDisk(); err != nil || got.State != Announced || !got.Chunks[0].Converted || len(files) != 1 || filepath.Ext(files[0]) != ".mp3" || len(s.announced) != 1 {
			s.Errorf("%+v, %v, %v", got, err, files)
		}
	})
}

// hanging converts nothing, and leaves a part of a file as a killed process does.
type hanging struct{}

func (hanging) Convert(ctx context.Context, job convert.Job) error {
	out, err := job.Output()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, "part"); err != nil {
		return err
	}
	<-ctx.Done()
	return context.Cause(ctx)
}

// TestManyRecordingsEndAtOnce: each is complete and announced once.
func TestManyRecordingsEndAtOnce(t *testing.T) {
	record(t, func(s *studio) {
		s.Close()
		s.open(Config{Converter: fakeConverter{}})
		many := 500
		if testing.Short() {
			many = 100
		}
		var all []*Recording
		var ears []audio.Listener
		for i := range many {
			all = append(all, s.start(Options{Channels: Mixed, Format: []Format{WAV, MP3}[i%2]}))
			ears = append(ears, s.ears...)
		}
		s.ears = ears
		levels := make([]int16, many)
		for i := range levels {
			levels[i] = 1000
		}
		s.ticks(50, 16000, levels...)
		for _, r := range all {
			r.Stop(CallEnded)
		}
		s.leave()
		s.Finish(s.Context())
		seen := map[string]bool{}
		for _, r := range s.announced {
			seen[r.ID] = true
			if r.Duration() != time.Second || r.Chunks[0].SHA256 == "" {
				s.Fatalf("%+v", r)
			}
		}
		if len(seen) != many || len(s.announced) != many || len(s.onDisk()) != many {
			s.Errorf("%d of %d are announced, %d times; %d files", len(seen), many, len(s.announced), len(s.onDisk()))
		}
	})
}
