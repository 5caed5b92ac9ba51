package convert

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var quiet = slog.New(slog.DiscardHandler)

// tone is a WAV file of a sine of 440 Hz at 16 kHz.
func tone(d time.Duration) []byte {
	n := int(d.Seconds() * 16000)
	le := binary.LittleEndian
	b := append([]byte("RIFF"), 0, 0, 0, 0)
	le.PutUint32(b[4:], uint32(36+2*n))
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data"...)
	b = le.AppendUint32(b, uint32(2*n))
	for i := range n {
		b = le.AppendUint16(b, uint16(int16(8000*math.Sin(2*math.Pi*440*float64(i)/16000))))
	}
	return b
}

// output keeps a file in memory.
type output struct {
	bytes.Buffer
	closed, discarded int
}

func (o *output) Close() error   { o.closed++; return nil }
func (o *output) Discard() error { o.discarded++; o.Reset(); return nil }

func jobOf(format Format, in []byte, out *output) Job {
	return Job{
		Format: format, Length: time.Duration(len(in)/2) * time.Second / 16000,
		Input:  func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(in)), nil },
		Output: func() (Output, error) { return out, nil },
	}
}

func needFFmpeg(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath(Program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("ffmpeg is not installed")
	}
}

// TestFormatsAreWhatIsDocumented converts 9.5 s and asks ffprobe and ffmpeg.
func TestFormatsAreWhatIsDocumented(t *testing.T) {
	needFFmpeg(t)
	for format, want := range map[Format][]string{
		MP3: {"codec_name=mp3", "sample_rate=16000", "channels=1", "bit_rate=48000"},
		MP4: {"codec_name=h264", "width=1920", "height=1080", "r_frame_rate=1/1", "codec_name=aac", "sample_rate=16000", "channels=1"},
	} {
		t.Run(string(format), func(t *testing.T) {
			var out output
			if err := New(Config{}, quiet).Convert(t.Context(), jobOf(format, tone(9500*time.Millisecond), &out)); err != nil {
				t.Fatal(err)
			}
			if out.closed != 1 || out.discarded != 0 {
				t.Errorf("closed %d times, discarded %d times", out.closed, out.discarded)
			}
			file := filepath.Join(t.TempDir(), "a."+string(format))
			if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			about, err := exec.Command("ffprobe", "-v", "error", "-show_streams", file).Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, member := range want {
				if !strings.Contains(string(about), "\n"+member+"\n") {
					t.Errorf("%s is missing in\n%s", member, about)
				}
			}
			length, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file).Output()
			if err != nil {
				t.Fatal(err)
			}
			if seconds, err := strconv.ParseFloat(strings.TrimSpace(string(length)), 64); err != nil || seconds < 9.5 || seconds > 10.6 { // the last picture is there for a second
				t.Errorf("it is said to last %s s: %v", length, err)
			}
			decoded, err := exec.Command(Program, "-v", "error", "-i", file, "-f", "s16le", "-ac", "1", "-ar", "16000", "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			if d := time.Duration(len(decoded)/2) * time.Second / 16000; d < 9400*time.Millisecond || d > 9900*time.Millisecond {
				t.Errorf("it plays for %v", d)
			}
			if hz := pitch(decoded[len(decoded)/2:][:16000]); hz < 430 || hz > 450 {
				t.Errorf("it sounds at %.0f Hz", hz)
			}
		})
	}
}

// slow is an input that gives its first half, and the rest a moment later.
type slow struct {
	io.Reader
	half int // bytes that come before the moment
}

func (s *slow) Read(p []byte) (int, error) {
	if s.half == 0 {
		time.Sleep(500 * time.Millisecond) // in which ffmpeg makes all of the picture
		s.half = -1
	}
	if s.half > 0 {
		p = p[:min(len(p), s.half)]
	}
	n, err := s.Reader.Read(p)
	if s.half > 0 {
		s.half -= n
	}
	return n, err
}

func (s *slow) Close() error { return nil }

// TestSoundThatComesLateIsWhole: a busy machine gives ffmpeg the sound later than it makes the
// picture.
func TestSoundThatComesLateIsWhole(t *testing.T) {
	needFFmpeg(t)
	var out output
	in := tone(2400 * time.Millisecond)
	job := jobOf(MP4, in, &out)
	job.Input = func() (io.ReadCloser, error) { return &slow{bytes.NewReader(in), len(in) / 2}, nil }
	if err := New(Config{}, quiet).Convert(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.mp4")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	decoded, err := exec.Command(Program, "-v", "error", "-i", file, "-f", "s16le", "-ac", "1", "-ar", "16000", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Duration(len(decoded)/2) * time.Second / 16000; d < 2400*time.Millisecond {
		t.Errorf("of 2.4 s it plays %v", d)
	}
}

// pitch counts how often a sound of half a second rises through zero.
func pitch(pcm []byte) float64 {
	rises, before := 0, int16(0)
	for i := 0; i+1 < len(pcm); i += 2 {
		now := int16(binary.LittleEndian.Uint16(pcm[i:]))
		if before < 0 && now >= 0 {
			rises++
		}
		before = now
	}
	return float64(rises) * 16000 / float64(len(pcm)/2)
}

// script makes a program that is taken for ffmpeg.
func script(t *testing.T, text string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	name := filepath.Join(t.TempDir(), "encoder")
	if err := os.WriteFile(name, []byte("#!/bin/sh\nPATH=/usr/bin:/bin\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestMissingEncoderIsNamedWithItsPackage(t *testing.T) {
	p := New(Config{Program: "/nowhere/ffmpeg"}, quiet)
	var out output
	err := p.Convert(t.Context(), jobOf(MP3, nil, &out))
	if err == nil || !strings.Contains(err.Error(), "apt-get install ffmpeg") || p.Missing() == nil {
		t.Error(err)
	}
}

func TestCrashedEncoderIsReplaced(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	p := New(Config{Program: script(t, fmt.Sprintf("echo >>%s\nprintf part\nif [ $(wc -l <%s) = 1 ]; then echo oops >&2; kill -SEGV $$; fi\ncat\n", runs, runs))}, quiet)
	var out output
	if err := p.Convert(t.Context(), jobOf(MP3, []byte("ial"), &out)); err != nil {
		t.Fatal(err)
	}
	if out.String() != "partial" || out.closed != 1 || out.discarded != 1 {
		t.Errorf("%q, closed %d times, discarded %d times", out.String(), out.closed, out.discarded)
	}
}

func TestEncoderThatAlwaysFailsLeavesNothing(t *testing.T) {
	p := New(Config{Program: script(t, "printf part; printf 'no\\nway' >&2; exit 3\n")}, quiet)
	var out output
	err := p.Convert(t.Context(), jobOf(MP3, nil, &out))
	var failed *Error
	if !errors.As(err, &failed) || failed.Detail != "no; way" || out.Len() > 0 || out.discarded != attempts || out.closed != 0 {
		t.Errorf("%v; %+v", err, out)
	}
}

func TestHangingEncoderIsEnded(t *testing.T) {
	p := New(Config{Program: script(t, "exec sleep 1000\n"), Stall: 50 * time.Millisecond}, quiet)
	var out output
	if err := p.Convert(t.Context(), jobOf(MP3, nil, &out)); !errors.Is(err, errStalled) || out.discarded != attempts {
		t.Errorf("%v; %+v", err, out)
	}
}

// TestFullDiskIsNotTriedAgain: another process would not mend it.
func TestFullDiskIsNotTriedAgain(t *testing.T) {
	full := errors.New("no space left")
	p := New(Config{Program: script(t, "exec cat\n")}, quiet)
	made := 0
	job := jobOf(MP3, tone(time.Second), nil)
	job.Output = func() (Output, error) { made++; return failing{full}, nil }
	if err := p.Convert(t.Context(), job); !errors.Is(err, full) || made != 1 {
		t.Errorf("%v after %d attempts", err, made)
	}
}

type failing struct{ error }

func (f failing) Write([]byte) (int, error) { return 0, f.error }
func (failing) Close() error                { return nil }
func (failing) Discard() error              { return nil }

// TestDamagedInputIsTold: an encoder takes it for the end.
func TestDamagedInputIsTold(t *testing.T) {
	damaged := errors.New("damaged")
	p := New(Config{Program: script(t, "exec cat\n")}, quiet)
	var out output
	job := jobOf(MP3, nil, &out)
	job.Input = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("RIFF"), failingReader{damaged})), nil
	}
	if err := p.Convert(t.Context(), job); !errors.Is(err, damaged) || out.discarded != 1 || out.closed != 0 {
		t.Errorf("%v; %+v", err, out)
	}
}

type failingReader struct{ error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.error }

func TestFilesWaitForAProcess(t *testing.T) {
	p := New(Config{Program: script(t, "exec cat\n"), Processes: 2}, quiet)
	var atOnce, most, done atomic.Int64
	release := make(chan struct{})
	const jobs = 6
	for range jobs {
		go func() {
			job := jobOf(MP3, nil, nil)
			job.Output = func() (Output, error) { return &output{}, nil }
			job.Input = func() (io.ReadCloser, error) {
				n := atOnce.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				<-release
				atOnce.Add(-1)
				return io.NopCloser(strings.NewReader("x")), nil
			}
			if err := p.Convert(context.Background(), job); err != nil {
				t.Error(err)
			}
			done.Add(1)
		}()
	}
	for waiting, running := p.Counts(); waiting != jobs-2 || running != 2; waiting, running = p.Counts() {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Convert(ctx, jobOf(MP3, nil, nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("a place without waiting: %v", err)
	}
	close(release)
	for done.Load() != jobs {
		time.Sleep(time.Millisecond)
	}
	if most.Load() != 2 {
		t.Errorf("%d at once", most.Load())
	}
}

// BenchmarkConvert encodes a minute.
func BenchmarkConvert(b *testing.B) {
	needFFmpeg(b)
	in := tone(time.Minute)
	for _, format := range []Format{MP3, MP4} {
		b.Run(string(format), func(b *testing.B) {
			for b.Loop() {
				var out output
				if err := New(Config{}, quiet).Convert(b.Context(), jobOf(format, in, &out)); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(out.Len()), "bytes")
			}
		})
	}
}
