package sip

import (
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// keySource is a way on which a phone tells its keys.
type keySource uint8

const (
	keyInMedia keySource = iota // telephone-event, or a tone in the sound
	keyInINFO
)

// keyPairing is how long the two tellings of one press may be apart: some gateways send
// the INFO when the key is released, and one that got lost is sent again later.
const keyPairing = 5 * time.Second

// maxKeysAlone bounds the presses that wait for their second telling: nobody presses more
// keys within keyPairing.
const maxKeysAlone = 32

// keyFilter counts a press once that a phone tells both in INFO and in its media, as
// gateways do that are configured for every peer. A press waits for its second telling,
// by the other way, for keyPairing; the same key by the same way is another press.
type keyFilter struct{ alone []heardKey }

// heardKey is a press that was told once so far.
type heardKey struct {
	tone call.Tone
	by   keySource
	at   time.Time
}

// isNew takes a key that was told at a time. It returns false where that is the second
// telling of a press.
func (f *keyFilter) isNew(tone call.Tone, by keySource, now time.Time) bool {
	kept := f.alone[:0]
	isNew := true
	for _, key := range f.alone {
		switch {
		case now.Sub(key.at) > keyPairing:
		case isNew && key.tone == tone && key.by != by:
			isNew = false
		default:
			kept = append(kept, key)
		}
	}
	if isNew && len(kept) < maxKeysAlone {
		kept = append(kept, heardKey{tone, by, now})
	}
	f.alone = kept
	return isNew
}
