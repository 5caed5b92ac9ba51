package sip

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rtp"
)

// DialogID is the Call-ID of the leg's dialog now.
func (l *leg) DialogID() string { return l.server.legs.callID(l) }

// Sound measures the leg's sound while it lives; safe for use by others.
func (l *leg) Sound() call.Sound {
	if session := l.measured.Load(); session != nil {
		return soundOf(session.Summary())
	}
	return call.Sound{}
}

// Tap shows the leg's RTP packets to a tap; nil ends that. It is safe for use by others.
func (l *leg) Tap(tap rtp.Tap) { l.tap.Set(tap) }

func soundOf(s rtp.Summary) call.Sound {
	return call.Sound{
		Codec: s.Codec, Protected: s.Protected, Sent: s.Sent, Received: s.Received,
		Loss: s.Loss, RemoteLoss: s.RemoteLoss, Jitter: s.Jitter, MaxJitter: s.MaxJitter,
		RoundTrip: s.RoundTrip, Concealed: s.Concealed, MOS: s.MOS, RemoteMOS: s.RemoteMOS,
	}
}

// wire is what the record of a call says of the leg: its trunk and its sound.
func (l *leg) wire() call.Wire {
	var sound rtp.Summary
	if l.session != nil {
		sound = l.session.Summary()
	}
	return call.Wire{
		Trunk: l.terms.name, CallID: l.dialog.callID, Device: l.product, Attestation: l.attestation,
		Sound: soundOf(sound),
	}
}
