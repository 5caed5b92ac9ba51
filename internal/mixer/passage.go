package mixer

import "github.com/switchhook/switchhook/internal/audio"

// passage is whether sound passes between a member and the others, one way:
//
//	unknown → open ⇄ shut
//
// Where that changes, what passes is faded within a frame, so that nothing clicks.
type passage uint8

const (
	unknown passage = iota // before the first tick
	open
	shut
)

// become notes whether sound passes at this tick, and returns whether it did at the one
// before; at the first one nothing changes.
func (p *passage) become(passes bool) (before bool) {
	if before = *p == open; *p == unknown {
		before = passes
	}
	if *p = shut; passes {
		*p = open
	}
	return before
}

// fade lets a frame begin or end.
func fade(f audio.Frame, begins bool) {
	if begins {
		audio.FadeIn(f)
		return
	}
	audio.FadeOut(f)
}
