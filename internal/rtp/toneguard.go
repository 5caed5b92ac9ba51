package rtp

import "github.com/switchhook/switchhook/internal/audio"

// toneGuard silences what a peer says while it presses a key by telephone-event: many
// gateways leave the tone in the sound too, and who hears both on the other side of a
// bridge counts the key twice.
//
//	idle → coming → muting → idle
//
// Packets of a key come as much earlier than their sound is heard as the jitter buffer
// delays that.
type toneGuard struct {
	coming int  // ticks until the sound of the key is played
	left   int  // ticks until it is over; 0 is idle
	muted  bool // the last frame was silenced
}

// toneLead is by how many ticks a key may have begun before its first packet: a gateway
// needs up to 50 ms to be sure of it.
const toneLead = 3

// key takes a packet of a key that goes on, while so many ms of sound wait to be played.
func (g *toneGuard) key(waiting int) {
	ticks := waiting / 20
	if g.left == 0 {
		g.coming = max(ticks-toneLead, 0)
	}
	g.left = ticks + toneGapTicks
}

// frame silences a frame of the peer if it is the key's. It returns false where nothing
// is to be heard.
func (g *toneGuard) frame(f audio.Frame) bool {
	mute := g.left > 0 && g.coming == 0
	g.left, g.coming = max(g.left-1, 0), max(g.coming-1, 0)
	switch {
	case mute && g.muted:
		clear(f)
	case mute: // the end of what was said before
		audio.FadeOut(f)
	case g.muted: // and the beginning of what comes after
		audio.FadeIn(f)
	}
	silenced := mute && g.muted
	g.muted = mute
	return !silenced
}
