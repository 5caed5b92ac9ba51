package sdp

import (
	"errors"
	"strings"
	"testing"
)

// TestStreamIsDisabledInsideASession asks what port 0 means (RFC 3264 §8.2): in a session that
// goes on, neither end speaks; the first offer or answer, or one that wants something else in
// place of the sound, cannot be taken so.
func TestStreamIsDisabledInsideASession(t *testing.T) {
	for _, test := range []struct {
		name, streams string
		answer        string // the m= lines of ours; "": it is refused
		isAnswer      bool   // to an offer of ours
	}{
		{"the only stream", "m=audio 0 RTP/AVP 0\n", "m=audio 0 RTP/AVP 0", false},
		{"sound and picture", "m=audio 0 RTP/AVP 0\nm=video 0 RTP/AVP 96\n", "m=audio 0 RTP/AVP 0 m=video 0 RTP/AVP 96", false},
		{"T.38 in place of the sound", "m=audio 0 RTP/AVP 0\nm=image 4000 udptl t38\n", "", false},
		{"in an answer", "m=audio 0 RTP/AVP 0\n", "-", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			session, err := Parse([]byte(phone + test.streams))
			if err != nil {
				t.Fatal(err)
			}
			negotiate := func(local Local) (text []byte, agreed Media, err error) {
				if test.isAnswer {
					agreed, err = Accept(local, session)
					return nil, agreed, err
				}
				return Answer(session, local)
			}
			if _, _, err := negotiate(ours); !errors.Is(err, ErrUnacceptable) {
				t.Errorf("at the beginning of a session: %v", err)
			}
			first, err := Parse([]byte(phone + "m=audio 49170 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\n"))
			if err != nil {
				t.Fatal(err)
			}
			local := ours
			_, before, err := Answer(first, local)
			if err != nil {
				t.Fatal(err)
			}
			local.Agreed = &before
			text, agreed, err := negotiate(local)
			if test.answer == "" {
				if !errors.Is(err, ErrUnacceptable) || Check(session, local) == nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || agreed.Send || agreed.Receive || agreed.Remote.Port() != 0 || agreed.RemoteRTCP.IsValid() || agreed.Codec() != "PCMU" {
				t.Fatalf("agreed on %+v, %v", agreed, err)
			}
			var lines []string
			for line := range strings.Lines(string(text)) {
				if strings.HasPrefix(line, "m=") {
					lines = append(lines, strings.TrimSpace(line))
				}
			}
			if got := strings.Join(lines, " "); !test.isAnswer && (got != test.answer || Check(session, local) != nil) {
				t.Errorf("answered %q, want %q", got, test.answer)
			}
			local.Agreed = &agreed
			if _, again, err := Answer(first, local); err != nil || !again.Send || !again.Receive || again.Remote != before.Remote {
				t.Errorf("afterwards agreed on %+v, %v", again, err)
			}
		})
	}
}

// TestDisablingOfferMayAddStreams: our next offer has them all, in their order (RFC 3264 §8),
// and the numbers of the sound that was there before.
func TestDisablingOfferMayAddStreams(t *testing.T) {
	const sound = "m=audio 49170 RTP/AVP 0 97\na=rtpmap:97 telephone-event/8000\n"
	for _, test := range []struct{ before, disables, want string }{
		{"m=audio 49170 RTP/AVP 0\n", "m=audio 0 RTP/AVP 0\nm=video 0 RTP/AVP 96\n", "m=audio 20000 RTP/AVP 0 8 101 m=video 0 RTP/AVP 96"},
		{sound, "m=audio 0 RTP/AVP 0\nm=video 0 RTP/AVP 96\n", "m=audio 20000 RTP/AVP 0 8 97 m=video 0 RTP/AVP 96"},
		{"m=video 5000 RTP/AVP 96\n" + sound, "m=video 0 RTP/AVP 96\nm=audio 0 RTP/AVP 0\nm=image 0 udptl t38\n", "m=video 0 RTP/AVP 96 m=audio 20000 RTP/AVP 0 8 97 m=image 0 udptl t38"},
		{"m=video 5000 RTP/AVP 96\n" + sound, "m=video 0 RTP/AVP 96\nm=audio 0 RTP/AVP 0\n", "m=video 0 RTP/AVP 96 m=audio 20000 RTP/AVP 0 8 97"},
		{"m=audio 49170 RTP/AVP 0\n", "m=audio 0 RTP/AVP 0\n", "m=audio 20000 RTP/AVP 0 8 101"},
	} {
		local := ours
		for _, streams := range []string{test.before, test.disables} {
			offer, err := Parse([]byte(phone + streams))
			if err != nil {
				t.Fatal(err)
			}
			_, agreed, err := Answer(offer, local)
			if err != nil {
				t.Fatal(err)
			}
			local.Agreed = &agreed
		}
		var lines []string
		for line := range strings.Lines(string(Offer(local))) {
			if strings.HasPrefix(line, "m=") {
				lines = append(lines, strings.TrimSpace(line))
			}
		}
		if got := strings.Join(lines, " "); got != test.want {
			t.Errorf("after %q our offer has %q, want %q", test.disables, got, test.want)
		}
	}
}
