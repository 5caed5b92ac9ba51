package call_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/recording"
)

// pictured is recordings that show who is in the call, and note what they were told.
type pictured struct {
	call.Recordings
	mu       sync.Mutex
	attended []string
	spoke    []string
}

func (p *pictured) Create(ctx context.Context, o recording.Options) (call.Recording, error) {
	made, err := p.Recordings.Create(ctx, o)
	return picturedRecording{made, p}, err
}

type picturedRecording struct {
	call.Recording
	of *pictured
}

func (picturedRecording) Pictured() bool { return true }

func (p picturedRecording) Attend(list []recording.Attendee) {
	text := ""
	for _, one := range list {
		text += fmt.Sprintf("%s/%s/%d/%d ", nameless(one.Who), nameless(one.Name), one.Camera, one.Screen)
	}
	p.of.note(&p.of.attended, strings.TrimSpace(text))
}

func (p picturedRecording) Speak(raw []string) {
	text := ""
	for _, who := range raw {
		text += nameless(who) + " "
	}
	p.of.note(&p.of.spoke, strings.TrimSpace(text))
}

// nameless is the end of a raw id.
func nameless(id string) string { return id[strings.LastIndexAny(id, "_")+1:] }

// note notes what is new.
func (p *pictured) note(list *[]string, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(*list); n == 0 || (*list)[n-1] != text {
		*list = append(*list, text)
	}
}

// TestRecordingWithPicturesIsToldWhoIsThere: who comes and leaves, what they show, and who
// speaks.
func TestRecordingWithPicturesIsToldWhoIsThere(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		told := &pictured{Recordings: w.recordings}
		w.recordings = told
		w.Registry = w.remake(false)
		first := w.joinsRoom(ann, call.Presenter)
		yes, no := true, false
		w.must(first.wants(call.VideoWish{Camera: &yes}))
		_, err := w.StartRecording(bg, call.Record{Of: call.Locator{RoomID: "99000000000000001"}, Options: mixedWAV})
		w.must(err)
		second := w.joinsRoom(bob, call.Presenter)
		w.must(second.wants(call.VideoWish{Screen: &yes}))
		w.must(first.wants(call.VideoWish{Camera: &no}))
		first.Speak(true)
		time.Sleep(2 * time.Second)
		w.leave(first)
		synctest.Wait()
		if want := []string{"ann/ann/1/0", "ann/ann/1/0 bob/bob/0/0", "ann/ann/1/0 bob/bob/0/2", "ann/ann/0/0 bob/bob/0/2", "bob/bob/0/2"}; !slices.Equal(told.attended, want) {
			t.Errorf("it was told of %q, want %q", told.attended, want)
		}
		if !slices.Contains(told.spoke, "ann") {
			t.Errorf("of who speaks it was told %q", told.spoke)
		}
		w.leave(second)
	})
}
