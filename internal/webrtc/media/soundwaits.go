package media

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// measureEvery is how often it is asked how long sound waits.
const measureEvery = 500 * time.Millisecond

// soundWaits is how long sound waits after it came: half a frame on average for the tick
// after which it is taken, as long as what is in the jitter buffer lasts, and a frame for
// the tick in which the decoded frame is heard.
func (p *Peer) soundWaits() time.Duration {
	return p.stream.Stats().Depth + audio.FrameDuration/2 + audio.FrameDuration
}
