package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
)

// wire is what the leg's end tells of how it was carried.
func (l *leg) wire() call.Wire {
	sound := l.session.Summary()
	via := ""
	if l.trunk != nil {
		via = l.trunk.Name
	}
	return call.Wire{
		Trunk: via, CallID: l.dialog.callID, Device: l.device, Attestation: l.attestation,
		Sound: call.Sound{
			Codec: sound.Codec, Protected: sound.Protected, Sent: sound.Sent, Received: sound.Received,
			Loss: sound.Loss, RemoteLoss: sound.RemoteLoss, Jitter: sound.Jitter, MaxJitter: sound.MaxJitter,
			RoundTrip: sound.RoundTrip, Concealed: sound.Concealed, MOS: sound.MOS, RemoteMOS: sound.RemoteMOS,
		},
	}
}

// longestDevice bounds what is kept of a User-Agent or Server header, in bytes.
const longestDevice = 128

// deviceOf is what the far end calls itself: the first of the headers that is
// there, without what cannot be printed.
func deviceOf(m interface{ GetHeader(string) sip.Header }, headers ...string) string {
	for _, name := range headers {
		if header := m.GetHeader(name); header != nil {
			text := strings.Map(func(r rune) rune {
				if r < ' ' || r == 0x7f {
					return -1
				}
				return r
			}, header.Value())
			return strings.ToValidUTF8(text[:min(len(text), longestDevice)], "")
		}
	}
	return ""
}
