package call_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/speech"
)

// reader is a page that reads captions. What it reads, it reads in the call's turn.
type reader struct {
	*page
	lines []string
}

func (r *reader) FollowCaption(c call.Caption) {
	r.lines = append(r.lines, c.Who.Raw()+" "+c.Name+" in "+c.Language+": "+c.Text)
}

func (r *reader) CaptionsEnded() { r.lines = append(r.lines, "ended") }

// readers lets ann and bob into a room.
func (w *world) readers() (one, other *reader) {
	w.Helper()
	join := func(who identifier.ID) *reader {
		r := &reader{page: &page{browser: &browser{Leg: calltest.Inbound()}}}
		report, err := w.Join(bg, call.Join{To: call.Locator{RoomID: "99000000000000001"}, Who: who, DisplayName: who.Raw()[len(who.Raw())-3:], Role: call.Attendee}, r)
		w.must(err)
		r.report = report
		r.Told(report)
		synctest.Wait()
		return r
	}
	return join(ann), join(bob)
}

func TestCaptionsAreReadByWhoWantsThem(t *testing.T) {
	run(t, func(w *world) {
		w.captions = true
		w.Registry = w.remake(false)
		one, other := w.readers()
		w.must(one.wants(call.CaptionsWish{On: true}))
		if opened := w.transcripts.Opened(); len(opened) != 1 || opened[0].Locale != "en-US" {
			t.Fatalf("opened %v", opened)
		}
		by := w.transcripts.Opened()[0]
		says := func(text string) { by.Captions.Tell(bob.Raw(), speech.Result{Text: text}); synctest.Wait() }
		other.Speak(true)
		time.Sleep(time.Second)
		if by.Heard(bob.Raw()) < 48 {
			t.Error("who speaks is not heard")
		}
		says("hello")
		w.must(other.wants(call.CaptionsWish{On: true, Language: "de-de"}))
		if n := len(w.transcripts.Opened()); n != 1 || !slices.Equal(by.Updates(), []string{"de-DE "}) {
			t.Errorf("a second reader has %d opened, and %v updated", n, by.Updates())
		}
		says("hallo")
		w.must(one.wants(call.CaptionsWish{}))
		says("welt")
		if want := []string{bob.Raw() + " bob in en-US: hello", bob.Raw() + " bob in de-DE: hallo"}; !slices.Equal(one.lines, want) {
			t.Errorf("one reads %q, want %q", one.lines, want)
		}
		if len(other.lines) != 2 {
			t.Errorf("the other reads %q", other.lines)
		}
		w.leave(other.page)
		if !by.Closed() {
			t.Error("nobody reads, and yet it is listened to what is said")
		}
		w.leave(one.page)
	})
}

func TestCaptionsThatFailAreTold(t *testing.T) {
	run(t, func(w *world) {
		w.captions = true
		w.Registry = w.remake(false)
		one, other := w.readers()
		w.must(one.wants(call.CaptionsWish{On: true}))
		w.transcripts.Opened()[0].Captions.Failed(errors.New("nobody understands"))
		synctest.Wait()
		if !slices.Equal(one.lines, []string{"ended"}) || !w.transcripts.Opened()[0].Closed() {
			t.Errorf("the reader reads %q", one.lines)
		}
		w.must(one.wants(call.CaptionsWish{On: true}))
		w.leave(one.page, other.page)
		if again := w.transcripts.Opened(); len(again) != 2 || !again[1].Closed() {
			t.Error("captions outlive their call")
		}
	})
}

func TestCaptionsNeedSpeechToText(t *testing.T) {
	run(t, func(w *world) {
		one, other := w.readers()
		if err := one.wants(call.CaptionsWish{On: true}); !fault.Is(err, fault.KindUnsupported) {
			t.Errorf("without speech to text: %v", err)
		}
		w.must(one.wants(call.CaptionsWish{}))
		w.leave(one.page, other.page)
		w.captions = true
		w.Registry = w.remake(false)
		one, other = w.readers()
		if err := one.wants(call.CaptionsWish{On: true, Language: "../../etc"}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("a language that is none: %v", err)
		}
		w.leave(one.page, other.page)
	})
}
