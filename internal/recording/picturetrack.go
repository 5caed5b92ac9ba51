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
	maxPictureRate     = 3 << 20        // bytes a second
	maxPicturesWaiting = 16 << 20       // bytes that wait for the listening goroutine
	maxPicturesQueued  = maxWaiting / 2 // bytes of all recordings that wait for the disk: sound comes first
	maxScenes          = 20_000         // of a chunk: more than one a second in four hours
)

// pictureTrack collects the pictures of a recording: the packets of what is to be seen, and who
// that is. What it cannot take is left out until the next key frame.
type pictureTrack struct {
	lib      *Library
	at       *position
	length   time.Duration // of a chunk
	watching Watching      // nil: there are no cameras

	mu         sync.Mutex // held around memory
	builder    sceneBuilder
	scene      pictures.Scene
	begun      bool
	chunk      int // of what is pending
	scenes     int // of that chunk
	pending    []byte
	hasPackets bool              // the chunk has packets: without any, nothing of it is written
	full       []pendingPictures // of chunks before, that have packets
	empty      []byte
	places     map[int]placeRun
	last       int // number of a run
	second     int64
	bytes      int
	cuts       int // how often a camera or screen was left out until its next key frame
}

// pendingPictures is what is to be written of the pictures of a chunk.
type pendingPictures struct {
	chunk int
	bytes []byte
}

// placeRun is the run that comes in a place.
type placeRun struct {
	run     int64
	number  int
	refused bool
}

func newPictureTrack(lib *Library) *pictureTrack {
	return &pictureTrack{lib: lib, at: newPosition(), length: time.Duration(lib.chunkFrames) * audio.FrameDuration, places: make(map[int]placeRun)}
}

// begin begins to see a call.
func (t *pictureTrack) begin(call string, paused bool) {
	t.watching = t.lib.cfg.Cameras.Watch(call, pictures.MaxTiles+1, t.take)
	if t.watching != nil && paused {
		t.watching.Pause(true)
	}
}

func (t *pictureTrack) pause(paused bool) {
	if t != nil && t.watching != nil {
		t.watching.Pause(paused)
	}
}

func (t *pictureTrack) end() {
	if t != nil && t.watching != nil {
		t.watching.Close()
		t.watching = nil
	}
}

// changeScene changes who is to be seen. It is called by the call alone, and asks for streams
// without the lock, under which packets are taken.
func (t *pictureTrack) changeScene(change func(*sceneBuilder)) {
	t.mu.Lock()
	change(&t.builder)
	scene, views := t.builder.scene()
	changed := t.scenes < maxScenes && (!t.begun || !reflect.DeepEqual(scene.Tiles, t.scene.Tiles) || !reflect.DeepEqual(scene.Screen, t.scene.Screen))
	if changed {
		scene.At, _ = t.at.at(time.Now())
		t.beginChunk(scene.At)
		t.scene, t.begun = scene, true
		t.scenes++
		if len(t.pending) < maxPicturesWaiting {
			t.pending = pictures.AppendScene(t.pending, scene)
		}
	}
	t.mu.Unlock()
	if changed && t.watching != nil {
		t.watching.Want(views)
	}
}

// beginChunk begins the chunk that a place is in: with the scene, without any run.
func (t *pictureTrack) beginChunk(at time.Duration) {
	chunk := int(at / t.length)
	if chunk <= t.chunk {
		return
	}
	if t.hasPackets {
		t.full = append(t.full, pendingPictures{t.chunk, t.pending})
	}
	t.chunk, t.scenes, t.pending, t.hasPackets = chunk, 0, nil, false
	if t.begun {
		scene := t.scene
		scene.At = time.Duration(chunk) * t.length
		t.pending = pictures.AppendScene(t.pending, scene)
	}
	for place, p := range t.places {
		p.refused = true
		t.places[place] = p
	}
}

// take takes a packet. It is called for one at a time.
func (t *pictureTrack) take(p Packet) bool {
	at, heard := t.at.at(p.At)
	if !heard {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.beginChunk(at)
	now := t.places[p.Place]
	same := now.number > 0 && now.run == p.Run
	permitted := t.permits(len(p.Payload), p.At)
	if !permitted {
		t.cuts++
	}
	if same && now.refused || !permitted {
		t.places[p.Place] = placeRun{p.Run, max(now.number, 1), true}
		return false
	}
	if !same {
		t.hasPackets = true
		t.last++
		now = placeRun{run: p.Run, number: t.last}
		t.places[p.Place] = now
		t.pending = pictures.AppendRun(t.pending, pictures.Run{Number: now.number, Stream: p.Stream, H264: p.H264})
	}
	t.pending = pictures.AppendPacket(t.pending, &pictures.Packet{
		Run: now.number, At: at, Seq: uint32(p.Seq), Timestamp: p.Timestamp, Marker: p.Marker, Payload: p.Payload,
		Waits: p.Waits,
	})
	return true
}

// interruptions is how often pictures were left out for the bounds.
func (t *pictureTrack) interruptions() int {
	if t == nil {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cuts
}

// permits bounds what is taken.
func (t *pictureTrack) permits(size int, now time.Time) bool {
	if second := now.Unix(); second != t.second {
		t.second, t.bytes = second, 0
	}
	t.bytes += size
	return t.bytes <= maxPictureRate && len(t.pending) < maxPicturesWaiting && t.lib.waiting.Load() < maxPicturesQueued
}

// takePending gives what is to be written of the chunks up to one.
func (t *pictureTrack) takePending(upTo int, give func(pendingPictures)) {
	t.mu.Lock()
	var list []pendingPictures
	for len(t.full) > 0 && t.full[0].chunk <= upTo {
		list = append(list, t.full[0])
		t.full = t.full[1:]
	}
	if t.chunk <= upTo && len(t.pending) > 0 && t.hasPackets {
		list = append(list, pendingPictures{t.chunk, t.pending})
		t.pending, t.empty = t.empty, nil
	}
	t.mu.Unlock()
	for _, one := range list {
		if len(one.bytes) > 0 {
			give(one)
		}
	}
}

// spare takes back a buffer that was written.
func (t *pictureTrack) spare(b []byte) {
	t.mu.Lock()
	t.empty = b[:0]
	t.mu.Unlock()
}
