package sip

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// hosts is a name service of a few names.
type hosts map[string]string

func (h hosts) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if text, ok := h[host]; ok {
		return []netip.Addr{netip.MustParseAddr(text)}, nil
	}
	return nil, errors.New("no such host")
}

func (hosts) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, errors.New("no such service")
}

// TestHostNamesInDescriptions asks that sound goes to the address of a name, and that
// one without any refuses its own request alone, with a reason (RFC 8866 §5.7).
func TestHostNamesInDescriptions(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, func(c *Config) { c.Resolver = hosts{"phone.example": "127.0.0.1", "127.0.0.1": "127.0.0.1"} }, via)
	caller := r.phone(t, nil)
	for _, host := range []string{"nobody.example", "sound.invalid"} {
		response, err := caller.RequestWith(within(t), "INVITE", "+15551230001", []byte(strings.Replace(tortureSDP, "c=IN IP4 127.0.0.1", "c=IN IP4 "+host, 1)), withSDP)
		if err != nil || response.Status() != 488 || !strings.Contains(response.Get("Warning"), host) {
			t.Errorf("%s: got %v %v", host, response, err)
		}
	}
	made, _ := r.connect(t, caller)
	named := func(host string) []byte {
		return []byte(strings.Replace(string(made.Describe("sendrecv")), "c=IN IP4 127.0.0.1", "c=IN IP4 "+host, 1))
	}
	for host, status := range map[string]int{"localhost": 200, "Phone.Example": 200, "sound.invalid": 488} {
		response, err := made.Reinvite(within(t), append(named(host), "m=video 0 RTP/AVP 31\r\nc=IN IP4 video.invalid\r\n"...))
		if err != nil || response.Status() != status {
			t.Errorf("%s: got %v %v", host, response, err)
		}
	}
	made.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.2 })
	if response, err := made.ReinviteDelayed(within(t), append(named("localhost"), "a=sendonly\r\n"...)); err != nil || response.Status() != 200 {
		t.Errorf("got %v %v", response, err)
	}
	dialled := r.dial(t, "+15557770000")
	answering, err := phone.Next(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := answering.AnswerWith(named("phone.example")); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, dialled)
	dialled.End(call.Reason{})
}
