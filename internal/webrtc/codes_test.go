package webrtc

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

// TestEndsHaveTheCodesOfThePage asks for the codes of docs/browser-protocol.md.
func TestEndsHaveTheCodesOfThePage(t *testing.T) {
	phone := func(kind call.ReasonKind, status int) call.Reason {
		return call.Reason{Kind: kind, Phone: true, SIP: call.Status{Code: status}}
	}
	for _, test := range []struct {
		name          string
		why           call.Reason
		never         bool
		code, subCode int
	}{
		{"normal", call.Reason{}, false, 0, 0},
		{"the other browser hung up", call.Reason{Kind: call.EndedByPeer, Phone: true, Client: true}, false, 0, 0},
		{"the other page was closed", call.Reason{Kind: call.EndedByPeer, Phone: true, Client: true, Abrupt: true}, false, 0, 4521},
		{"the phone hung up", phone(call.EndedByPeer, 0), false, 0, 560000},
		{"for everybody", call.Reason{Kind: call.EndedByPeer, ByParticipant: true}, false, 0, 4097},
		{"by an application", call.Reason{Kind: call.EndedByApplication}, false, 0, 7000},
		{"removed by an application", call.Reason{Kind: call.Removed}, false, 0, 5300},
		{"removed by a participant", call.Reason{Kind: call.Removed, ByParticipant: true}, false, 0, 5000},
		{"off the list", call.Reason{Kind: call.Removed, ByRoom: true}, false, 0, 5317},
		{"given up", call.Reason{Kind: call.Canceled}, false, 487, 0},
		{"accepted elsewhere", call.Reason{Kind: call.Canceled, SIP: call.Status{Code: 200}}, false, 487, 10003},
		{"nobody answered", call.Reason{Kind: call.NoAnswer}, false, 487, 10004},
		{"the phone was not answered", phone(call.NoAnswer, 487), false, 487, 10004},
		{"the phone is off", phone(call.NoAnswer, 480), false, 480, 560480},
		{"busy", phone(call.Busy, 486), false, 486, 560486},
		{"declined by a user", call.Reason{Kind: call.Declined, Phone: true, Client: true, SIP: call.Status{Code: 603}}, false, 603, 0},
		{"nobody is there", call.Reason{Kind: call.NoListener}, false, 480, 10037},
		{"no media", call.Reason{Kind: call.MediaLost}, true, 410, 301004},
		{"media lost", call.Reason{Kind: call.MediaLost}, false, 410, 3101},
		{"the server stops", call.Reason{Kind: call.ServerStopped}, false, 503, 0},
		{"a fault", call.Reason{Kind: call.Failed}, false, 500, 0},
	} {
		if code, subCode := endCodes(test.why, test.never); code != test.code || subCode != test.subCode {
			t.Errorf("%s: %d/%d, want %d/%d", test.name, code, subCode, test.code, test.subCode)
		}
	}
}
