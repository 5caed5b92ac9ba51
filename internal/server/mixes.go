package server

import (
	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/mixer"
)

// mixes makes the mixes of calls on the mixer's shards.
type mixes struct{ engine *mixer.Engine }

func (m mixes) NewMix(rate int) call.Mix { return mix{m.engine.NewMix(rate)} }

type mix struct{ *mixer.Mix }

func (m mix) Join(p audio.Port) call.Member { return m.Mix.Join(p) }

func (m mix) Hear(l audio.Listener, want call.Hearing) (stop func()) {
	as, _ := want.As.(*mixer.Member)
	return m.Mix.Hear(l, mixer.Hearing{Private: want.Private, Asides: want.Asides, Voiceless: want.Voiceless, As: as})
}
