package compose

import (
	"context"
	"image"
	"io"
	"log/slog"
	"time"

	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// painter paints the frames of a recording, one after the other.
type painter struct {
	plan    *plan
	file    io.ReaderAt
	program string
	log     *slog.Logger

	names, large letters
	canvas       *canvas
	scene        *pictures.Scene
	places       []*place
	later        []*run           // that begin later
	soon         []*run           // whose first picture is known
	streams      map[int]*decoder // by stream: the last one that has begun
	moved        func()           // told of decoders that are given up, which take their time
}

// place is a tile of the present scene.
type place struct {
	stream int
	rect   pictures.Rect
	tag    *tag
	blank  *image.Alpha // what stands there while there is no picture
	ground colour
	empty  bool // it shows that
}

func newPainter(p *plan, file io.ReaderAt, program string, log *slog.Logger) (*painter, error) {
	names, err := newLetters(nameSize)
	if err != nil {
		return nil, err
	}
	large, err := newLetters(initialSize)
	if err != nil {
		return nil, err
	}
	painter := &painter{
		plan: p, file: file, program: program, log: log, names: names, large: large, canvas: newCanvas(pictures.Width, pictures.Height),
		later: p.runs, streams: make(map[int]*decoder),
	}
	painter.canvas.fill(painter.canvas.bounds(), black)
	return painter, nil
}

// early is how long before or after a packet came its picture may be seen.
const early = 2 * time.Second

// paint paints a frame. Frames are painted in their order, none is left out.
func (p *painter) paint(ctx context.Context, frame int) error {
	at := p.plan.from + timeOf(frame)
	if err := p.begin(ctx, frame, at); err != nil {
		return err
	}
	changed := make(map[int]bool, len(p.streams))
	for stream, d := range p.streams {
		fresh, err := d.advance(frame)
		if err == nil {
			err = p.replace(d)
		}
		if err != nil {
			return err
		}
		changed[stream] = fresh
	}
	setUp := p.setUp(at + timeOf(1)/2)
	for _, tile := range p.places {
		d := p.streams[tile.stream]
		switch seen := d != nil && d.have; {
		case seen && (setUp || tile.empty || changed[tile.stream]):
			tile.empty = false
			p.canvas.put(tile.rect, d.picture)
			tile.tag.paint(p.canvas, tile.rect)
		case !seen && (setUp || !tile.empty):
			tile.empty = true
			p.canvas.fill(tile.rect, tile.ground)
			if tile.blank != nil {
				p.canvas.centred(tile.rect, tile.blank)
			}
			tile.tag.paint(p.canvas, tile.rect)
		}
	}
	return nil
}

// begin starts the decoders of the runs that begin in a frame.
func (p *painter) begin(ctx context.Context, frame int, at time.Duration) error {
	for len(p.later) > 0 && p.later[0].span.First-early <= at {
		next := p.later[0]
		p.later = p.later[1:]
		if any, err := next.peek(p.file, p.plan); err != nil {
			return err
		} else if any {
			p.soon = append(p.soon, next)
		}
	}
	waiting := p.soon[:0]
	for _, next := range p.soon {
		if next.begins > frame {
			waiting = append(waiting, next)
			continue
		}
		d, err := startDecoder(ctx, p.program, next, p.plan, p.log)
		if err != nil {
			return err
		}
		if before := p.streams[next.span.Stream]; before != nil {
			before.stop()
		}
		p.streams[next.span.Stream] = d
	}
	p.soon = waiting
	return nil
}

// setUp takes the scene of a time, and reports whether it is another one.
func (p *painter) setUp(at time.Duration) bool {
	now := p.scene
	for len(p.plan.scenes) > 0 && p.plan.scenes[0].At <= at {
		now, p.plan.scenes = &p.plan.scenes[0], p.plan.scenes[1:]
	}
	if now == p.scene {
		return false
	}
	p.scene = now
	p.places = p.places[:0]
	p.canvas.fill(p.canvas.bounds(), black)
	screen, tiles := now.Layout()
	if now.Screen != nil {
		p.places = append(p.places, p.place(*now.Screen, screen, true))
	}
	for i, rect := range tiles {
		p.places = append(p.places, p.place(now.Tiles[i], rect, false))
	}
	p.drop(now.At)
	return true
}

func (p *painter) place(who pictures.Tile, rect pictures.Rect, shared bool) *place {
	rect = inset(rect)
	name := p.names.nameOf(who)
	made := &place{stream: who.Stream, rect: rect, ground: colour{45, 128, 128}}
	if shared {
		name += " – screen"
	} else {
		made.blank = p.large.mask(initials(name), rect.Width)
		made.ground = groundOf(who.Who)
	}
	made.tag = newTag(p.names, name, rect.Width)
	return made
}

// drop forgets the pictures of streams that are not seen any more. A camera that comes
// again begins a run.
func (p *painter) drop(now time.Duration) {
	for stream, d := range p.streams {
		seen := false
		for _, tile := range p.places {
			seen = seen || tile.stream == stream
		}
		if !seen && d.last <= now {
			d.stop()
			delete(p.streams, stream)
		}
	}
}

// close ends all decoders.
func (p *painter) close() {
	for _, d := range p.streams {
		d.stop()
	}
}

// groundOf is a dark colour for somebody who shows no picture.
func groundOf(who string) colour {
	sum := uint32(2166136261) // FNV-1a
	for _, b := range []byte(who) {
		sum = (sum ^ uint32(b)) * 16777619
	}
	return colour{60, 108 + byte(sum%41), 108 + byte(sum/41%41)}
}
