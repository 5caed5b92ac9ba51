package webrtc

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/webrtc/media"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// TestARefusalKeepsWhatALaterStateSet: a client may say more before it has an answer. What is
// refused changes nothing of what is granted, and nothing counts before it is.
func TestARefusalKeepsWhatALaterStateSet(t *testing.T) {
	l := &leg{peer: new(media.Peer)}
	var wants []call.Wanted
	l.tell.to(func(news call.Report) { wants = append(wants, news.(call.Wanted)) })
	yes := true
	answers := 0
	answer := func(protocol.Message) { answers++ }
	l.showPictures(&protocol.MediaState{Screen: &yes, ScreenSound: &yes}, answer)
	l.showPictures(&protocol.MediaState{Camera: &yes}, answer)
	if l.showing != (showing{}) {
		t.Errorf("before it is granted, %+v is shown", l.showing)
	}
	wants[0].Tell(fault.Forbidden("the role does not permit it"))
	wants[1].Tell(nil)
	if l.showing != (showing{camera: true}) || answers != 2 {
		t.Errorf("after %d answers, %+v is shown", answers, l.showing)
	}
}
