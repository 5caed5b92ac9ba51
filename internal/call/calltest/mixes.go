package calltest

import (
	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/mixer"
)

// MixesOf mixes on a mixer's shards, as the server does.
func MixesOf(engine *mixer.Engine) call.Mixes { return mixes{engine} }

type mixes struct{ engine *mixer.Engine }

func (m mixes) NewMix(rate int) call.Mix { return mix{m.engine.NewMix(rate)} }

type mix struct{ *mixer.Mix }

func (m mix) Join(p audio.Port) call.Member { return m.Mix.Join(p) }

func (m mix) Hear(l audio.Listener, want call.Hearing) (stop func()) {
	as, _ := want.As.(*mixer.Member)
	return m.Mix.Hear(l, mixer.Hearing{Private: want.Private, Asides: want.Asides, Voiceless: want.Voiceless, As: as})
}
