package webrtc_test

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestCaptionsReachThePagesThatWantThem: also a Consumer's, who is not heard itself.
func TestCaptionsReachThePagesThatWantThem(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inRoom(ann, call.Consumer)
	b, pb := w.inRoom(bob, call.Presenter)
	able, err := webrtctest.Wait(w.ctx, a, func(*protocol.Capabilities) bool { return true })
	w.must(err)
	if !able.Capabilities["startLiveCallingCaptions"].IsPresent || !able.Capabilities["setCaptionLanguage"].IsPresent {
		t.Errorf("a page may have captions, and is told %+v", able.Capabilities)
	}
	w.ok(a, &protocol.CaptionsSet{Call: pa.Call, On: true, Language: "de-DE"})
	by := w.captions.Opened()[0]
	by.Captions.Tell(bob.Raw(), speech.Result{Text: "Guten Morgen.", Final: true})
	got, err := webrtctest.Wait(w.ctx, a, func(*protocol.Caption) bool { return true })
	w.must(err)
	if got.Who != bob.Raw() || got.Text != "Guten Morgen." || !got.Final || got.Language != "de-DE" || got.DisplayName == "" || got.Time == 0 {
		t.Errorf("the caption is %+v", got)
	}
	answer, err := b.Do(w.ctx, &protocol.CaptionsSet{Call: pb.Call, On: true, Language: "?"})
	w.must(err)
	if refused, is := answer.(*protocol.Refusal); !is || refused.Reason != protocol.ReasonMalformed {
		t.Errorf("a language that is none: %+v", answer)
	}
	by.Captions.Failed(w.ctx.Err())
	_, err = webrtctest.Wait(w.ctx, a, func(*protocol.CaptionsEnded) bool { return true })
	w.must(err)
	for _, m := range b.Events() {
		if _, is := m.(*protocol.Caption); is {
			t.Errorf("who does not want captions gets %+v", m)
		}
	}
}
