package audio_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

func TestWrittenWAVReadsBack(t *testing.T) {
	want := []int16{0, 1, -1, 32767, -32768}
	var file bytes.Buffer
	if err := audio.WriteWAV(&file, 16000, want); err != nil {
		t.Fatal(err)
	}
	golden := "RIFF\x2e\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00" +
		"data\x0a\x00\x00\x00\x00\x00\x01\x00\xff\xff\xff\x7f\x00\x80"
	if file.String() != golden {
		t.Errorf("wrote %q", file.Bytes())
	}
	got, rate, err := audio.ReadWAV(&file, time.Minute)
	if err != nil || rate != 16000 || !slices.Equal(got, want) {
		t.Errorf("got %v at %d Hz, %v", got, rate, err)
	}
}

func TestUnfinishedWAVIsPlayable(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "recording.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := audio.NewWAVWriter(out, 8000)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range [][]int16{{1, 2}, {3}} {
		if err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	unfinished := readFile(t, out.Name())
	if got, _, err := audio.ReadWAV(bytes.NewReader(unfinished), time.Minute); err != nil || !slices.Equal(got, []int16{1, 2, 3}) {
		t.Errorf("before Close: %v, %v", got, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := audio.WriteWAV(&want, 8000, []int16{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, out.Name()); !bytes.Equal(got, want.Bytes()) {
		t.Errorf("after Close: %q", got)
	}
}

func TestWAVWriterReportsAFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	if _, err := audio.NewWAVWriter(full, 8000); err == nil {
		t.Error("no error from a streaming writer")
	}
	if err := audio.WriteWAV(full, 8000, []int16{1}); err == nil {
		t.Error("no error from a whole file")
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
