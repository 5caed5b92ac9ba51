package sip

import (
	"github.com/switchhook/switchhook/internal/call"
)

// wire is what the leg's end tells of how it was carried.
func (l *leg) wire() call.Wire {
	sound := l.session.Summary()
	return call.Wire{
		Trunk: l.terms.name, CallID: l.dialog.callID, Device: l.product, Attestation: l.attestation,
		Sound: call.Sound{
			Codec: sound.Codec, Protected: sound.Protected, Sent: sound.Sent, Received: sound.Received,
			Loss: sound.Loss, RemoteLoss: sound.RemoteLoss, Jitter: sound.Jitter, MaxJitter: sound.MaxJitter,
			RoundTrip: sound.RoundTrip, Concealed: sound.Concealed, MOS: sound.MOS, RemoteMOS: sound.RemoteMOS,
		},
	}
}
