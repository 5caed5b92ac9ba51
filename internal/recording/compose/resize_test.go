package compose

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// TestPicturesThatChangeTheirSizeStayInTime: a phone is turned, or a sender that has too
// little to spend sends smaller pictures. Flashes are seen when beeps are heard from then on
// too, and pictures that are upright leave the sides of their place black.
func TestPicturesThatChangeTheirSizeStayInTime(t *testing.T) {
	needFFmpeg(t)
	for _, codec := range []string{"VP8", "H264"} {
		t.Run(codec, func(t *testing.T) {
			var list [][]byte
			for _, size := range []string{"640x360", "360x640", "320x180", "171x301", "960x540"} {
				list = append(list, encoded(t, fmt.Sprintf("color=c=gray:s=%s:r=25:d=2,drawbox=c=white:t=fill:enable='lt(mod(t+0.5,1),0.11)'", size), codec)...)
			}
			const seconds = 10
			f := &storedFile{}
			ann := pictures.Tile{Who: "8:acs:a_b", Name: "Ann Lee", Stream: 1}
			f.scene(0, nil, ann)
			f.add(1, codec, list, 0)
			m := compose(t, jobOf(f, beeps(seconds*time.Second), nil, 0, seconds*time.Second))
			middle := pictures.Rect{X: 800, Y: 200, Width: 320, Height: 600}
			side := pictures.Rect{X: 100, Y: 200, Width: 300, Height: 600}
			var seen []time.Duration
			for _, at := range begins(len(m.frames), func(i int) bool { return m.brightness(i, middle) > 180 }, time.Second/pictures.FrameRate) {
				seen = append(seen, at%time.Second)
			}
			if len(seen) != seconds || slices.Min(seen) < 500*time.Millisecond || slices.Max(seen) > 600*time.Millisecond {
				t.Errorf("flashes that are heard in the middle of each second are seen at %v", seen)
			}
			for part, upright := range []bool{false, true, false, true, false} {
				if bright := m.brightness((2*part+1)*pictures.FrameRate, side); (bright < 40) != upright {
					t.Errorf("part %d: the side has a brightness of %d", part, bright)
				}
			}
		})
	}
}
