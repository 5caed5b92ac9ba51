package recording

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/recording/compose"
)

// fakeComposer writes how much it has got.
type fakeComposer struct {
	err    error
	jobs   []compose.Job
	during func()
}

func (f *fakeComposer) Compose(_ context.Context, job compose.Job) error {
	f.jobs = append(f.jobs, job)
	job.Progress(0.5)
	if f.during != nil {
		f.during()
	}
	if f.err != nil {
		return f.err
	}
	stored, err := job.Pictures()
	if err != nil {
		return err
	}
	defer stored.Close()
	size, _ := stored.Size()
	return pretend(job.Sound, job.Output, func(sound io.Reader) io.Reader {
		return io.MultiReader(strings.NewReader("composed "), io.LimitReader(sound, 4), io.NewSectionReader(stored, 0, size))
	})
}

// picturesOf records some seconds with a camera; the last without it.
func (s *studio) picturesOf(l *camera, cfg Config, seconds, without int) Record {
	s.Helper()
	s.withCamera(l, cfg)
	r := s.start(picturesMP4)
	r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 5}})
	s.show(l, 50*seconds)
	s.ticks(50*without, 16000, 1000)
	return s.stop(r, CallEnded)
}

// left names what is on disk of a recording, by what follows its GUID.
func (s *studio) left(r Record) (text string) {
	s.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, r.key()+".*"))
	if err != nil {
		s.Fatal(err)
	}
	for _, name := range names {
		text += strings.TrimPrefix(filepath.Base(name), r.key()) + " "
	}
	return strings.TrimSpace(text)
}

func (s *studio) content(r Record, chunk int) (content, metadata string) {
	s.Helper()
	d, err := s.Document(context.Background(), r.Document(chunk))
	if err != nil {
		s.Fatal(err)
	}
	file, err := d.Open()
	if err != nil {
		s.Fatal(err)
	}
	defer file.Close()
	size, _ := file.Size()
	text, err := io.ReadAll(io.NewSectionReader(file, 0, size))
	if err != nil {
		s.Fatal(err)
	}
	about, err := d.Metadata()
	if err != nil {
		s.Fatal(err)
	}
	return string(text), string(about)
}

// TestPicturesAreComposed chunk by chunk; one without pictures has a still one. What the
// files were made of is gone.
func TestPicturesAreComposed(t *testing.T) {
	record(t, func(s *studio) {
		var composer fakeComposer
		var shares []float64
		composer.during = func() {
			for key := range s.composing.done {
				done, _ := s.Composing(key)
				shares = append(shares, done)
			}
		}
		r := s.picturesOf(&camera{}, Config{Chunk: 2 * time.Second, Composer: &composer, Converter: fakeConverter{}}, 3, 2)
		if len(r.Chunks) != 3 || len(composer.jobs) != 2 || !slices.Equal(shares, []float64{0.5 / 3, 1.5 / 3}) {
			t.Fatalf("%d compositions of %+v, done were %v", len(composer.jobs), r.Chunks, shares)
		}
		for chunk, begins := range []string{"composed RIFF", "composed RIFF", "encoded RIFF"} {
			content, about := s.content(r, chunk)
			if !strings.HasPrefix(content, begins) || strings.Contains(about, "framerate\": 16") != (chunk < 2) || strings.Contains(about, "note") {
				t.Errorf("chunk %d: %.20q, %s", chunk, content, about)
			}
			if job := composer.jobs[min(chunk, 1)]; chunk < 2 && (job.From != time.Duration(chunk)*2*time.Second || job.Duration != 2*time.Second) {
				t.Errorf("chunk %d is from %v, %v", chunk, job.From, job.Duration)
			}
		}
		if left := s.left(r); left != ".0.mp4 .1.mp4 .2.mp4" {
			t.Errorf("left are %s", left)
		}
		if _, ok := s.Composing(r.key()); ok || s.Stats().Composed != 2*time.Second {
			t.Errorf("afterwards it goes on: %v; %v composed", ok, s.Stats().Composed)
		}
	})
}

// TestSoundIsDeliveredWithoutPictures that cannot be composed: over a still picture, with
// a note. The pictures stay until the recording is deleted.
func TestSoundIsDeliveredWithoutPictures(t *testing.T) {
	record(t, func(s *studio) {
		composer := fakeComposer{err: errors.New("crashed")}
		r := s.picturesOf(&camera{}, Config{Composer: &composer, Converter: fakeConverter{}, Retention: time.Hour}, 2, 0)
		if len(composer.jobs) != composeRounds || r.State != Announced || r.Format != MP4 {
			t.Errorf("%d compositions of %+v", len(composer.jobs), r)
		}
		content, about := s.content(r, 0)
		if !strings.HasPrefix(content, "encoded RIFF") || !strings.Contains(about, stillNote) || !strings.Contains(about, "framerate\": 1,") {
			t.Errorf("%.20q, %s", content, about)
		}
		if left := s.left(r); left != ".0.mp4 .0.pictures" {
			t.Errorf("left are %s", left)
		}
		time.Sleep(time.Hour + 2*sweepEvery)
		if left := s.left(r); left != "" {
			t.Errorf("after their time, left are %s", left)
		}
	})
}

// TestCompositionGoesOnInTheNextProcess: the process ends in the middle of it.
func TestCompositionGoesOnInTheNextProcess(t *testing.T) {
	record(t, func(s *studio) {
		composer := fakeComposer{err: context.Canceled}
		composer.during = func() { s.end() }
		l := &camera{}
		r := s.picturesOf(l, Config{Composer: &composer, Converter: fakeConverter{}}, 2, 0)
		if r.State != Ended || len(composer.jobs) != 1 {
			t.Fatalf("%+v", r)
		}
		name := filepath.Join(s.dir, r.convertedName(0))
		if err := os.WriteFile(name, []byte("a part"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.withCamera(l, Config{Composer: &fakeComposer{}, Converter: fakeConverter{}})
		if _, err := s.Recover(context.Background()); err != nil {
			t.Fatal(err)
		}
		s.Finish(context.Background())
		r, err := s.Get(context.Background(), r.key())
		if err != nil || r.State != Announced {
			t.Fatalf("%+v, %v", r, err)
		}
		if content, _ := s.content(r, 0); !strings.HasPrefix(content, "composed RIFF") || s.left(r) != ".0.mp4" {
			t.Errorf("%.20q, left are %s", content, s.left(r))
		}
	})
}
