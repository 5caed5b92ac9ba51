package compose

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/recording/convert"
	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// script makes a program that is taken for ffmpeg. Only its encoder is told of a size.
func script(t *testing.T, text string) *convert.Pool {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	name := filepath.Join(t.TempDir(), "encoder")
	if err := os.WriteFile(name, []byte("#!/bin/sh\nPATH=/usr/bin:/bin\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return convert.New(convert.Config{Program: name}, quiet)
}

// oneCamera is two seconds of a camera; nothing of it can be decoded.
func oneCamera() *storedFile { return cameras(1) }

func cameras(n int) *storedFile {
	f := &storedFile{}
	var tiles []pictures.Tile
	for stream := 1; stream <= n; stream++ {
		tiles = append(tiles, pictures.Tile{Who: fmt.Sprint("8:acs:a_", stream), Stream: stream})
	}
	f.scene(0, nil, tiles...)
	for _, tile := range tiles {
		f.add(tile.Stream, "VP8", [][]byte{make([]byte, 100), {1, 2, 3}}, 500*time.Millisecond)
	}
	return f
}

func TestFailedProcessesAreReplaced(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	for name, test := range map[string]struct {
		script string
		want   string // of the error; "": none
		runs   int    // of the encoder; 0: it may be ended before it says so
	}{
		"the encoder crashes once":             {`case "$*" in *rawvideo*-i*) echo >>RUNS; [ $(wc -l <RUNS) = 1 ] && kill -SEGV $$; cat >/dev/null; echo made;; *) cat >/dev/null;; esac`, "", 2},
		"the encoder always fails":             {`case "$*" in *video_size*) echo >>RUNS; echo no >&2; exit 3;; esac; cat >/dev/null`, "exit status 3: no", 2},
		"a decoder is killed":                  {`case "$*" in *video_size*) echo >>RUNS; cat >/dev/null; echo made;; *) kill -KILL $$;; esac`, "", 0},
		"a decoder says that it cannot decode": {`case "$*" in *video_size*) echo >>RUNS; cat >/dev/null; echo made;; *) exit 1;; esac`, "", 1},
		"the encoder writes nothing":           {`case "$*" in *video_size*) echo >>RUNS;; esac; cat >/dev/null`, "it wrote nothing", 2},
		"the encoder hangs":                    {`case "$*" in *video_size*) echo >>RUNS; exec sleep 1000;; esac; cat >/dev/null`, "it hangs", 0},
		"a decoder hangs":                      {`case "$*" in *video_size*) echo >>RUNS; cat >/dev/null; echo made;; *) exec sleep 1000;; esac`, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			_ = os.Remove(runs)
			pool := script(t, strings.ReplaceAll(test.script, "RUNS", runs))
			out := &output{}
			stall := time.Minute
			if strings.Contains(name, "hangs") {
				stall = time.Second
			}
			err := New(Config{Pool: pool, Stall: stall}, quiet).Compose(t.Context(), jobOf(oneCamera(), beeps(2*time.Second), out, 0, 2*time.Second))
			ran, _ := os.ReadFile(runs)
			switch {
			case test.runs > 0 && len(ran) != test.runs:
				t.Errorf("it ran %d times: %v", len(ran), err)
			case test.want == "" && (err != nil || out.closed != 1 || out.String() != "made\n"):
				t.Errorf("%v, %+v", err, out)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || out.closed != 0 || out.discarded != 2):
				t.Errorf("%v, %+v", err, out)
			}
		})
	}
}

// TestCameraGoesOnBehindWhatCrashesItsDecoder: the last attempt shows it from its next key
// frame on, where the one before has failed.
func TestCameraGoesOnBehindWhatCrashesItsDecoder(t *testing.T) {
	needFFmpeg(t)
	decoders := filepath.Join(t.TempDir(), "decoders")
	pool := script(t, strings.ReplaceAll(`case "$*" in *video_size*) ;; *) echo >>RUNS; [ $(wc -l <RUNS) -le 2 ] && kill -SEGV $$;; esac; exec ffmpeg "$@"`, "RUNS", decoders))
	f := &storedFile{}
	ann := pictures.Tile{Who: "8:acs:a_b", Name: "Ann Lee", Stream: 1}
	f.scene(0, nil, ann)
	second := encoded(t, "color=c=white:s=320x180:r=25:d=1", "VP8")
	f.add(1, "VP8", slices.Concat(second, second, second), 0)
	m := composeBy(t, pool, jobOf(f, beeps(3*time.Second), nil, 0, 3*time.Second))
	_, tiles := (&pictures.Scene{Tiles: []pictures.Tile{ann}}).Layout()
	for at, white := range map[int]bool{8: false, 24: true, 40: true} {
		if got := m.brightness(at, tiles[0]); got > 180 != white {
			t.Errorf("frame %d has a brightness of %d", at, got)
		}
	}
	if ran, _ := os.ReadFile(decoders); len(ran) != 3 {
		t.Errorf("%d decoders ran", len(ran))
	}
}

// TestDecodersThatHangAtOnceAreLeftOut: to give up one after the other takes as long as
// composing may stand still.
func TestDecodersThatHangAtOnceAreLeftOut(t *testing.T) {
	pool := script(t, `case "$*" in *video_size*) cat >/dev/null; echo made;; *) exec sleep 1000;; esac`)
	out := &output{}
	err := New(Config{Pool: pool, Stall: 2 * time.Second}, quiet).Compose(t.Context(), jobOf(cameras(3), beeps(2*time.Second), out, 0, 2*time.Second))
	if err != nil || out.closed != 1 || out.String() != "made\n" {
		t.Errorf("%v, %+v", err, out)
	}
}

func TestMissingEncoderIsNamed(t *testing.T) {
	pool := convert.New(convert.Config{Program: "/nowhere/ffmpeg"}, quiet)
	err := New(Config{Pool: pool}, quiet).Compose(t.Context(), jobOf(oneCamera(), nil, &output{}, 0, time.Second))
	if err == nil || !strings.Contains(err.Error(), "apt-get install ffmpeg") {
		t.Error(err)
	}
}

// TestFailuresThatNoProcessWouldMend are told at once: a full disk, and stored pictures or
// sound that cannot be read.
func TestFailuresThatNoProcessWouldMend(t *testing.T) {
	full, damaged := errors.New("no space left"), errors.New("damaged")
	pool := script(t, `case "$*" in *video_size*) cat >/dev/null & cat <&3; wait;; *) cat >/dev/null;; esac`)
	for name, test := range map[string]struct {
		change func(*Job)
		want   error
	}{
		"a full disk":  {func(j *Job) { j.Output = func() (convert.Output, error) { return failing{full}, nil } }, full},
		"the sound":    {func(j *Job) { j.Sound = func() (io.ReadCloser, error) { return io.NopCloser(failing{damaged}), nil } }, damaged},
		"the pictures": {func(j *Job) { j.Pictures = func() (File, error) { return failing{damaged}, nil } }, damaged},
	} {
		t.Run(name, func(t *testing.T) {
			made := 0
			job := jobOf(oneCamera(), beeps(2*time.Second), &output{}, 0, 2*time.Second)
			test.change(&job)
			output := job.Output
			job.Output = func() (convert.Output, error) { made++; return output() }
			if err := New(Config{Pool: pool}, quiet).Compose(t.Context(), job); !errors.Is(err, test.want) || made > 1 {
				t.Errorf("%v after %d attempts", err, made)
			}
		})
	}
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error)          { return 0, f.error }
func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.error }
func (f failing) Write([]byte) (int, error)         { return 0, f.error }
func (failing) Size() (int64, error)                { return 100, nil }
func (failing) Close() error                        { return nil }
func (failing) Discard() error                      { return nil }
