package sip

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestBranchThatAnswersIsHeard has two branches of a fork with early media, of which the first
// answers the call, without another description.
func TestBranchThatAnswersIsHeard(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	body := func(port string) []byte {
		return []byte(descriptionOf("c=IN IP4 127.0.0.1\nt=0 0\nm=audio " + port + " RTP/AVP 0\n"))
	}
	remote := func() netip.AddrPort {
		l, agreed := made.Leg.(*leg), make(chan netip.AddrPort, 1)
		l.post(func() { agreed <- l.media.agreed.Remote })
		return <-agreed
	}
	if err := taken.ProgressWith(body("4002")); err != nil {
		t.Fatal(err)
	}
	expect[call.Ringing](t, made)
	expect[call.EarlySound](t, made)
	if err := taken.ProgressWith(body("4004"), siptest.Field{Name: "To", Value: taken.Invite.Get("To") + ";tag=otherbranch"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return remote().Port() == 4004 })
	if err := taken.AnswerWith(nil); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, made)
	if at := remote(); at.Port() != 4002 {
		t.Errorf("sound goes to %s, the branch that answered is at port 4002", at)
	}
}

// TestCalleeThatInsistsOnSRTPIsOfferedIt asks for RTP/SAVP after a refusal of RTP/AVP with keys,
// once, and never where the trunk has no keys or the phone has rung.
func TestCalleeThatInsistsOnSRTPIsOfferedIt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		srtp        trunk.SRTP
		rings       bool
		invitations int
	}{
		{"optional", trunk.Optional, false, 2},
		{"off", trunk.Off, false, 1},
		{"required from the beginning", trunk.Required, false, 1},
		{"it rings", trunk.Optional, true, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			phone, via := callee(t, "carrier", nil)
			via.SRTP = test.srtp
			r := newRig(t, nil, via)
			made := r.dial(t, "+15557770000")
			for n := 1; n <= test.invitations; n++ {
				taken := next(t, phone)
				body, wanted := string(taken.Invite.Body), "RTP/AVP"
				if n == 2 || test.srtp == trunk.Required {
					wanted = "RTP/SAVP"
				}
				if !strings.Contains(body, " "+wanted+" ") || strings.Contains(body, "a=crypto:") == (test.srtp == trunk.Off) {
					t.Errorf("INVITE %d offers %s", n, body)
				}
				if test.rings {
					taken.Ring()
					expect[call.Ringing](t, made)
				}
				taken.Reject(488, "Not Acceptable Here")
			}
			if why := expect[call.Ended](t, made).Reason; why.Kind != call.Unsupported || why.SIP.Code != 488 {
				t.Errorf("reason is %+v", why)
			}
			if n := distinct(phone, isRequest("INVITE", false)); n != test.invitations {
				t.Errorf("%d INVITEs, want %d", n, test.invitations)
			}
		})
	}
}
