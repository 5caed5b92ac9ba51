package server

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/player"
)

func TestRecordingsAreAnnouncedByTextSoundAndBeep(t *testing.T) {
	list, err := openAnnouncement(config.Announcement{Text: "this call is recorded", URL: "https://web/notice.mp3", Tone: true})
	if err != nil || len(list) != 3 || list[0].Speech.Text != "this call is recorded" || list[1].URI != "https://web/notice.mp3" || list[2].Own == nil {
		t.Fatalf("%+v, %v", list, err)
	}
	library := player.New(player.Config{}, slog.New(slog.DiscardHandler))
	defer library.Close()
	p := prompts{library: library, announcement: list[2:]}.Open(t.Context(), []call.Prompt{call.OwnAnnouncement{}}, false)
	<-p.Started()
	if got := audiotest.Record(p, 8000, time.Second); !audiotest.ContainsTone(got, 8000, beepPitch, 350*time.Millisecond) {
		t.Errorf("no beep: %s", audiotest.Describe(got, 8000))
	}
	if none, err := openAnnouncement(config.Announcement{}); err != nil || len(none) > 0 {
		t.Errorf("without a setting there are %d parts, %v", len(none), err)
	}
	_, err = openAnnouncement(config.Announcement{File: "/nowhere/notice.wav"})
	if err == nil || !strings.Contains(err.Error(), "recording.announcement: open /nowhere/notice.wav") {
		t.Errorf("a file that is missing: %v", err)
	}
}
