package recording

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/recording/pictures"
	"github.com/switchhook/switchhook/internal/recording/vault"
)

// camera is the cameras of the calls of a test: one camera, in the first place, which sends
// a packet a picture.
type camera struct {
	take   func(Packet) bool
	views  []View
	paused bool
	closed bool

	run int64
	seq int64
	cut bool // the next packet begins a run
}

func (l *camera) Watch(call string, places int, take func(Packet) bool) Watching {
	if call != "server" || places != 10 {
		panic(call)
	}
	l.take, l.cut = take, true
	return l
}

func (l *camera) Want(views []View) { l.views = views }
func (l *camera) Pause(paused bool) { l.paused, l.cut = paused, true }
func (l *camera) Close()            { l.closed = true }
func (l *camera) send(size int) bool {
	if l.paused || l.closed {
		return false
	}
	if l.seq++; l.cut {
		l.run, l.cut = l.seq, false
	}
	taken := l.take(Packet{Run: l.run, Stream: 5, Seq: l.seq, Timestamp: uint32(l.seq * 1800), Marker: true, Payload: make([]byte, size), At: time.Now(), Waits: 30 * time.Millisecond})
	l.cut = !taken
	return taken
}

// show lets everybody say a frame, and the camera send a picture, several times.
func (s *studio) show(l *camera, ticks int) {
	for range ticks {
		s.tick(16000, 1000)
		l.send(100)
	}
}

// storedPictures reads the file of a chunk's pictures.
func (s *studio) storedPictures(record Record, chunk int) (scenes []pictures.Scene, runs map[int][]time.Duration) {
	s.Helper()
	file, err := s.files.Open(record.picturesName(chunk))
	if err != nil {
		s.Fatal(err)
	}
	defer file.Close()
	size, _ := file.Size()
	runs = make(map[int][]time.Duration)
	for r := pictures.NewReader(file, 0, size); ; {
		entry, err := r.Next()
		switch e := entry.(type) {
		case pictures.Scene:
			scenes = append(scenes, e)
		case pictures.Run:
			if e.Stream != 5 || e.H264 {
				s.Errorf("run %+v", e)
			}
			runs[e.Number] = nil
		case *pictures.Packet:
			runs[e.Run] = append(runs[e.Run], e.At)
			if e.Waits != 30*time.Millisecond || !e.Marker || e.Timestamp != e.Seq*1800 {
				s.Errorf("packet %+v", e)
			}
		}
		if err == io.EOF {
			return scenes, runs
		} else if err != nil {
			s.Fatal(err)
		}
	}
}

var picturesMP4 = Options{Channels: Mixed, Content: AudioVideo, Format: MP4}

func (s *studio) withCamera(l *camera, cfg Config) {
	s.Close()
	cfg.Cameras = l
	s.open(cfg)
}

// endPictures ends a recording whose files are then looked at before anything is made of them.
func (s *studio) endPictures(r *Recording) Record {
	s.Helper()
	r.Stop(CallEnded)
	s.leave()
	time.Sleep(time.Second)
	record, err := s.Find(context.Background(), r.ID())
	if err != nil || record.State != Ended {
		s.Fatalf("%+v, %v", record, err)
	}
	return record
}

// near reports whether times are evenly spaced by a tick from one to another.
func evenly(list []time.Duration, from, to time.Duration) bool {
	const tick, off = 20 * time.Millisecond, 2 * time.Millisecond
	if len(list) == 0 || (list[0]-from).Abs() > off || (list[len(list)-1]-to).Abs() > tick {
		return false
	}
	for i := 1; i < len(list); i++ {
		if (list[i] - list[i-1] - tick).Abs() > off {
			return false
		}
	}
	return true
}

// TestPicturesHaveThePlacesOfTheSound: what is shown in a pause is not stored, and
// pictures after it follow those before without a gap.
func TestPicturesHaveThePlacesOfTheSound(t *testing.T) {
	record(t, func(s *studio) {
		l := &camera{}
		s.withCamera(l, Config{})
		r := s.start(picturesMP4)
		if !r.Pictured() {
			t.Fatal("it has no pictures")
		}
		if l.send(100) {
			t.Error("a packet was taken before the sound began")
		}
		r.Attend([]Attendee{{Who: "8:acs:a_b", Name: "Ann", Camera: 5}})
		if !slices.Equal(l.views, []View{{5, 1280, 720}}) {
			t.Errorf("wanted is %v", l.views)
		}
		s.show(l, 100)
		r.Pause()
		s.show(l, 50)
		r.Resume()
		s.show(l, 100)
		r.Attend([]Attendee{{Who: "8:acs:a_b", Name: "Ann", Camera: 5}, {Who: "4:+1555", Screen: 6}})
		s.show(l, 50)
		record := s.endPictures(r)
		if !l.closed || !record.Chunks[0].Pictures {
			t.Errorf("closed %v, %+v", l.closed, record)
		}
		scenes, runs := s.storedPictures(record, 0)
		ann := pictures.Tile{Who: "8:acs:a_b", Name: "Ann", Stream: 5}
		if len(scenes) != 2 || scenes[0].At != 0 || !reflect.DeepEqual(scenes[0].Tiles, []pictures.Tile{ann}) ||
			(scenes[1].At-4*time.Second).Abs() > 30*time.Millisecond || !reflect.DeepEqual(scenes[1].Screen, &pictures.Tile{Who: "4:+1555", Stream: 6}) || len(scenes[1].Tiles) != 2 {
			t.Errorf("scenes: %+v", scenes)
		}
		if len(runs) != 2 || !evenly(runs[1], 20*time.Millisecond, 2*time.Second) || !evenly(runs[2], 2020*time.Millisecond, 5*time.Second) {
			t.Errorf("runs: %v", runs)
		}
	})
}

// TestChunksOfPicturesStandAlone: each begins with the scene and with a new run.
func TestChunksOfPicturesStandAlone(t *testing.T) {
	record(t, func(s *studio) {
		l := &camera{}
		s.withCamera(l, Config{Chunk: 2 * time.Second})
		r := s.start(picturesMP4)
		r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 5}})
		s.show(l, 250)
		record := s.endPictures(r)
		if len(record.Chunks) != 3 {
			t.Fatalf("%+v", record.Chunks)
		}
		for chunk := range 3 {
			scenes, runs := s.storedPictures(record, chunk)
			begin := time.Duration(chunk) * 2 * time.Second
			if len(scenes) != 1 || scenes[0].At != begin || len(runs) != 1 || !evenly(runs[chunk+1], begin+20*time.Millisecond, min(begin+2*time.Second, 5*time.Second)) {
				t.Errorf("chunk %d: %+v, %v", chunk, scenes, runs)
			}
		}
	})
}

// TestPicturesSurviveTheProcess: those of a recording that a crash has ended are whole,
// but for the last moment; encrypted ones as well, of which nothing can be read on disk.
func TestPicturesSurviveTheProcess(t *testing.T) {
	key, err := vault.ParseKey("first", strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	ring, err := vault.NewRing(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, keys := range map[string]*vault.Ring{"plain": nil, "encrypted": ring} {
		t.Run(name, func(t *testing.T) { picturesSurvive(t, keys) })
	}
}

func picturesSurvive(t *testing.T, keys *vault.Ring) {
	record(t, func(s *studio) {
		l := &camera{}
		s.withCamera(l, Config{Keys: keys})
		r := s.start(picturesMP4)
		r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 5}})
		s.show(l, 250)
		s.Library.Close() // the recording goes on: nothing of it is completed
		name := filepath.Join(s.dir, r.writer.record.picturesName(0))
		if err := os.Truncate(name, fileSize(t, name)-7); err != nil { // as if the last write had not been completed
			t.Fatal(err)
		}
		if text, err := os.ReadFile(name); err != nil || bytes.Contains(text, []byte("8:acs:a_b")) != (keys == nil) {
			t.Errorf("who is seen can be read: %v, %v", keys != nil, err)
		}
		s.withCamera(l, Config{Keys: keys})
		if _, err := s.Recover(context.Background()); err != nil {
			t.Fatal(err)
		}
		record, err := s.Find(context.Background(), r.ID())
		if err != nil {
			t.Fatal(err)
		}
		_, runs := s.storedPictures(record, 0)
		if list := runs[1]; len(list) < 250-2*20-1 || !evenly(list, 20*time.Millisecond, list[len(list)-1]) {
			t.Errorf("%d pictures: %v", len(list), list)
		}
	})
}

func fileSize(t *testing.T, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestPicturesAreBounded: a camera that floods loses its pictures, and the sound goes on.
func TestPicturesAreBounded(t *testing.T) {
	record(t, func(s *studio) {
		l := &camera{}
		s.withCamera(l, Config{})
		r := s.start(picturesMP4)
		r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 5}})
		refused := 0
		for range 200 {
			s.tick(16000, 1000)
			for range 100 {
				if !l.send(1400) {
					refused++
				}
			}
		}
		record := s.endPictures(r)
		size := fileSize(t, filepath.Join(s.dir, record.picturesName(0)))
		if refused == 0 || r.pictures.interruptions() != refused || size > 6*maxPictureRate {
			t.Errorf("%d packets were refused, %d interruptions noted, %d bytes stored in 4 s", refused, r.pictures.interruptions(), size)
		}
		if record.Duration() != 4*time.Second || record.ConcealedMs != 0 {
			t.Errorf("%+v", record)
		}
	})
}

// TestScenesAreBounded: somebody who turns a camera on and off for ever fills no disk, and
// the next chunk shows them again.
func TestScenesAreBounded(t *testing.T) {
	record(t, func(s *studio) {
		l := &camera{}
		s.withCamera(l, Config{Chunk: 2 * time.Second})
		r := s.start(picturesMP4)
		s.show(l, 50)
		for i := range maxScenes + 100 {
			r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 5 * (i % 2)}})
		}
		if scenes := r.pictures.scenes; scenes != maxScenes {
			t.Errorf("%d scenes are to be stored", scenes)
		}
		s.show(l, 100)
		r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 7}})
		if !slices.Equal(l.views, []View{{7, 1280, 720}}) {
			t.Errorf("in the next chunk %v is wanted", l.views)
		}
		s.endPictures(r)
	})
}

// TestDeletionTakesThePicturesToo deletes a recording whose pictures were kept.
func TestDeletionTakesThePicturesToo(t *testing.T) {
	record(t, func(s *studio) {
		l := &camera{}
		s.withCamera(l, Config{})
		r := s.start(picturesMP4)
		r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 5}})
		s.show(l, 50)
		record := s.endPictures(r)
		if err := s.erase(context.Background(), record.key(), func(*Record) error { return nil }); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(s.dir)
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), record.key()) {
				t.Errorf("%s is still there", entry.Name())
			}
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// TestPicturesCountForTheQuota as soon as they are written.
func TestPicturesCountForTheQuota(t *testing.T) {
	record(t, func(s *studio) {
		l := &camera{}
		s.withCamera(l, Config{Quota: 1 << 20})
		r := s.start(picturesMP4)
		r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 5}})
		for range 150 { // 3 s: 1.5 MB of pictures, and 96 kB of sound
			s.tick(16000, 1000)
			l.send(10_000)
		}
		if synctest.Wait(); len(s.told) != 1 {
			t.Error("it goes on above the quota")
		}
		s.stop(r, CallEnded)
	})
}
