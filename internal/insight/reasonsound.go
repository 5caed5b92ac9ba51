package insight

import (
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// browserLost: the path to a browser was lost, or never came up.
func (f *facts) browserLost() (found []finding) {
	if f.detail == nil {
		return nil
	}
	for _, leg := range f.detail.legs {
		if leg.why.Kind == call.MediaLost && leg.wire.CallID == "" {
			found = append(found, sentence(leg.ended, "the connection to the browser of %s was lost at %s (ICE): %s", leg.who, clock(leg.ended), endOf(leg.why)))
		}
	}
	return found
}

// enoughPackets is a second of sound: fewer say nothing about a direction.
const enoughPackets = 50

// oneWaySound: packets went in one direction only.
func (f *facts) oneWaySound() (found []finding) {
	if f.detail == nil {
		return nil
	}
	for _, leg := range f.detail.legs {
		s := leg.wire.Sound
		who := number(leg.who)
		switch {
		case leg.answered.IsZero() || leg.wire.CallID == "":
		case s.Sent >= enoughPackets && s.Received == 0:
			found = append(found, sentence(leg.answered, "sound went one way only: %d packets went to %s and none came back. The far end sends elsewhere or a firewall or NAT drops its packets; see the addresses in the SDP of both sides", s.Sent, who))
		case s.Received >= enoughPackets && s.Sent == 0:
			found = append(found, sentence(leg.answered, "sound went one way only: %d packets came from %s and none were sent to it", s.Received, who))
		case leg.why.Kind == call.MediaLost:
			found = append(found, sentence(leg.ended, "the sound of %s stopped arriving: %s, at %s", who, endOf(leg.why), clock(leg.ended)))
		}
	}
	return found
}

// poorMOS is the estimate below which nearly all people are dissatisfied (ITU-T G.107,
// table B.1: R of 60, MOS 3.1).
const poorMOS = 3.1

// enoughForMOS is five seconds of sound: in fewer, the packets that are lost while a path
// comes up decide the estimate.
const enoughForMOS = 5 * enoughPackets

// poor says whether what came of a leg's sound was poor.
func poor(s call.Sound) bool { return s.MOS > 0 && s.MOS < poorMOS && s.Received >= enoughForMOS }

// poorSound: the estimate of a leg is below poorMOS.
func (f *facts) poorSound() (found []finding) {
	if f.detail == nil {
		return nil
	}
	for _, leg := range f.detail.legs {
		if s := leg.wire.Sound; poor(s) {
			found = append(found, sentence(leg.ended, "the sound of %s was poor: MOS %.1f, %.1f %% of the packets lost, jitter up to %s", number(leg.who), s.MOS, 100*s.Loss, s.MaxJitter.Round(time.Millisecond)))
		}
	}
	return found
}
