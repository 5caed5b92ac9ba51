package audio_test

import (
	"bytes"
	"os"
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

func TestFullDiskIsAnError(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	if err := audio.WriteWAV(full, 8000, []int16{1}); err == nil {
		t.Error("no error")
	}
}
