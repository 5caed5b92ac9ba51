package sip

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rtp"
)

// wire is what the record of a call says of the leg: its trunk and its sound.
func (l *leg) wire() call.Wire {
	var sound rtp.Summary
	if l.session != nil {
		sound = l.session.Summary()
	}
	return call.Wire{
		Trunk: l.terms.name, CallID: l.dialog.callID, Device: l.product, Attestation: l.attestation,
		Sound: call.Sound{
			Codec: sound.Codec, Protected: sound.Protected, Sent: sound.Sent, Received: sound.Received,
			Loss: sound.Loss, RemoteLoss: sound.RemoteLoss, Jitter: sound.Jitter, MaxJitter: sound.MaxJitter,
			RoundTrip: sound.RoundTrip, Concealed: sound.Concealed, MOS: sound.MOS, RemoteMOS: sound.RemoteMOS,
		},
	}
}
