package recording

import (
	"reflect"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// Bounds of the pictures of a recording.
const (
	maxFilmRate    = 3 << 20        // bytes a second
	maxFilmWaiting = 16 << 20       // bytes that wait for the listening goroutine
	maxFilmQueue   = maxWaiting / 2 // bytes of all recordings that wait for the disk: sound comes first
)

// film collects the pictures of a recording: the packets of what is to be seen, and who
// that is. What it cannot take is left out until the next key frame.
type film struct {
	lib      *Library
	at       *position
	length   time.Duration // of a chunk
	watching Watching      // nil: there are no cameras

	mu     sync.Mutex // held around memory
	actors stage
	scene  pictures.Scene
	begun  bool
	chunk  int // of what is in reel
	reel   []byte
	rolled bool   // the chunk has packets: without any, nothing of it is written
	full   []reel // of chunks before, that have packets
	empty  []byte
	places map[int]playing
	last   int // number of a run
	second int64
	bytes  int
	cuts   int // how often a camera or screen was left out until its next key frame
}

// reel is what is to be written of the pictures of a chunk.
type reel struct {
	chunk int
	bytes []byte
}

// playing is the run that comes in a place.
type playing struct {
	run     int64
	number  int
	refused bool
}

func newFilm(lib *Library) *film {
	return &film{lib: lib, at: newPosition(), length: time.Duration(lib.chunkFrames) * audio.FrameDuration, places: make(map[int]playing)}
}

// begin begins to see a call.
func (f *film) begin(call string, paused bool) {
	f.watching = f.lib.cfg.Cameras.Watch(call, pictures.MaxTiles+1, f.take)
	if f.watching != nil && paused {
		f.watching.Pause(true)
	}
}

func (f *film) pause(paused bool) {
	if f != nil && f.watching != nil {
		f.watching.Pause(paused)
	}
}

func (f *film) end() {
	if f != nil && f.watching != nil {
		f.watching.Close()
		f.watching = nil
	}
}

// stage changes who is to be seen. It is called by the call alone, and asks for streams
// without the lock, under which packets are taken.
func (f *film) stage(change func(*stage)) {
	f.mu.Lock()
	change(&f.actors)
	scene, views := f.actors.scene()
	changed := !f.begun || !reflect.DeepEqual(scene.Tiles, f.scene.Tiles) || !reflect.DeepEqual(scene.Screen, f.scene.Screen)
	if changed {
		scene.At, _ = f.at.at(time.Now())
		f.turn(scene.At)
		f.scene, f.begun = scene, true
		if len(f.reel) < maxFilmWaiting {
			f.reel = pictures.AppendScene(f.reel, scene)
		}
	}
	f.mu.Unlock()
	if changed && f.watching != nil {
		f.watching.Want(views)
	}
}

// turn begins the reel of the chunk that a place is in: with the scene, without any run.
func (f *film) turn(at time.Duration) {
	chunk := int(at / f.length)
	if chunk <= f.chunk {
		return
	}
	if f.rolled {
		f.full = append(f.full, reel{f.chunk, f.reel})
	}
	f.chunk, f.reel, f.rolled = chunk, nil, false
	if f.begun {
		scene := f.scene
		scene.At = time.Duration(chunk) * f.length
		f.reel = pictures.AppendScene(f.reel, scene)
	}
	for place, p := range f.places {
		p.refused = true
		f.places[place] = p
	}
}

// take takes a packet. It is called for one at a time.
func (f *film) take(p Packet) bool {
	at, heard := f.at.at(p.At)
	if !heard {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.turn(at)
	now := f.places[p.Place]
	same := now.number > 0 && now.run == p.Run
	permitted := f.permits(len(p.Payload), p.At)
	if !permitted {
		f.cuts++
	}
	if same && now.refused || !permitted {
		f.places[p.Place] = playing{p.Run, max(now.number, 1), true}
		return false
	}
	if !same {
		f.rolled = true
		f.last++
		now = playing{run: p.Run, number: f.last}
		f.places[p.Place] = now
		f.reel = pictures.AppendRun(f.reel, pictures.Run{Number: now.number, Stream: p.Stream, H264: p.H264})
	}
	f.reel = pictures.AppendPacket(f.reel, &pictures.Packet{
		Run: now.number, At: at, Seq: uint32(p.Seq), Timestamp: p.Timestamp, Marker: p.Marker, Payload: p.Payload,
		Waits: p.Waits,
	})
	return true
}

// interruptions is how often pictures were left out for the bounds.
func (f *film) interruptions() int {
	if f == nil {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cuts
}

// permits bounds what is taken.
func (f *film) permits(size int, now time.Time) bool {
	if second := now.Unix(); second != f.second {
		f.second, f.bytes = second, 0
	}
	f.bytes += size
	return f.bytes <= maxFilmRate && len(f.reel) < maxFilmWaiting && f.lib.waiting.Load() < maxFilmQueue
}

// wound gives what is to be written of the chunks up to one.
func (f *film) wound(upTo int, give func(reel)) {
	f.mu.Lock()
	var list []reel
	for len(f.full) > 0 && f.full[0].chunk <= upTo {
		list = append(list, f.full[0])
		f.full = f.full[1:]
	}
	if f.chunk <= upTo && len(f.reel) > 0 && f.rolled {
		list = append(list, reel{f.chunk, f.reel})
		f.reel, f.empty = f.empty, nil
	}
	f.mu.Unlock()
	for _, one := range list {
		if len(one.bytes) > 0 {
			give(one)
		}
	}
}

// spare takes back a buffer that was written.
func (f *film) spare(b []byte) {
	f.mu.Lock()
	f.empty = b[:0]
	f.mu.Unlock()
}
