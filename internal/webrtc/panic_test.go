package webrtc

import (
	"log/slog"
	"testing"

	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// TestOfferThatPanicsIsRefused of a leg that has no peer connection.
func TestOfferThatPanicsIsRefused(t *testing.T) {
	s := &Server{ctx: t.Context()}
	l := &leg{client: &client{server: s}, log: slog.New(slog.DiscardHandler), offers: newOffers(), phase: up}
	var answers []protocol.Message
	l.offer(&protocol.MediaOffer{N: 1, SDP: soundOffer(t)}, func(m protocol.Message) { answers = append(answers, m) })
	s.work.Wait()
	if len(answers) != 1 {
		t.Fatalf("answered with %+v", answers)
	}
	if refused, is := answers[0].(*protocol.Refusal); !is || refused.Reason != protocol.ReasonInternal {
		t.Errorf("answered with %+v", answers[0])
	}
}

// soundOffer is the description of a client that wants to talk.
func soundOffer(t *testing.T) string {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return offer.SDP
}

// TestLegWhoseEndPanicsTellsIt: its call would wait for it for ever. The leg has no session.
func TestLegWhoseEndPanicsTellsIt(t *testing.T) {
	l := &leg{client: &client{}, phase: up}
	var told []call.Report
	l.tell.to(func(r call.Report) { told = append(told, r) })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("it did not panic")
			}
		}()
		l.finish(call.Reason{Kind: call.EndedByPeer})
	}()
	if end, is := told[0].(call.Ended); !is || len(told) != 1 || end.Reason.Kind != call.EndedByPeer {
		t.Errorf("the call is told %+v", told)
	}
}
