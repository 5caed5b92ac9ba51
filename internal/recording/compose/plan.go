package compose

import (
	"errors"
	"io"
	"sort"
	"time"

	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// run is a run of packets that is to be decoded.
type run struct {
	span   *pictures.Span
	box    pictures.Rect // the size of its pictures
	frames *pictures.Frames
	first  pictures.Frame
	begins int // frame of the recording in which it is first seen
	failed int // decoders that have not come to its end
}

// gap is the space around a tile, in pixels.
const gap = 2

// inset leaves the gap around a tile.
func inset(r pictures.Rect) pictures.Rect {
	return pictures.Rect{X: r.X + gap, Y: r.Y + gap, Width: r.Width - 2*gap, Height: r.Height - 2*gap}
}

// plan is what is to be seen when.
type plan struct {
	from   time.Duration // of the first frame, in the recording
	count  int           // of frames
	scenes []pictures.Scene
	runs   []*run // in the order of their beginnings
	// patience is how long a decoder may take for a picture; one that takes longer, or
	// crashes, is replaced then. 0: no file is made where one crashes.
	patience time.Duration
}

// newPlan plans the frames of a chunk.
func newPlan(survey *pictures.Survey, from, duration time.Duration) *plan {
	p := &plan{from: from, count: int((duration*pictures.FrameRate + time.Second - 1) / time.Second), scenes: survey.Scenes}
	for _, span := range survey.Spans {
		if box := p.largest(span); box.Width > 0 {
			p.runs = append(p.runs, &run{span: span, box: box})
		}
	}
	return p
}

// largest is the largest place that a run is seen in.
func (p *plan) largest(span *pictures.Span) (box pictures.Rect) {
	take := func(tile pictures.Tile, r pictures.Rect) {
		if r = inset(r); tile.Stream == span.Stream && r.Width > box.Width {
			box = pictures.Rect{Width: r.Width, Height: r.Height}
		}
	}
	// From the scene in which the run begins; it is seen somewhat later than it came.
	begins := sort.Search(len(p.scenes), func(i int) bool { return p.scenes[i].At > span.First }) - 1
	for i := max(begins, 0); i < len(p.scenes) && p.scenes[i].At <= span.Last+early; i++ {
		s := &p.scenes[i]
		screen, tiles := s.Layout()
		if s.Screen != nil {
			take(*s.Screen, screen)
		}
		for k, r := range tiles {
			take(s.Tiles[k], r)
		}
	}
	return box
}

// frameAt is the frame that shows a time of the recording.
func (p *plan) frameAt(at time.Duration) int {
	return int(max(at-p.from, 0) * pictures.FrameRate / time.Second)
}

// peek reads the first picture of a run. It returns false where there is none.
func (in *run) peek(file io.ReaderAt, p *plan) (bool, error) {
	in.frames = pictures.NewFrames(file, in.span)
	first, err := in.frames.Next()
	switch {
	case errors.Is(err, io.EOF):
		return false, nil
	case err != nil:
		return false, err
	}
	in.first, in.begins = first, p.frameAt(first.At)
	return true, nil
}
