package player

import (
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// longestKept is the longest speech that is kept for who asks for the same.
const longestKept = time.Minute

// key is the name under which a prompt is kept; "": it is not kept.
func (f File) key() string {
	switch {
	case f.CacheID != "":
		return f.CacheID
	case f.isSpeech():
		return fmt.Sprintf("\x00%x", sha256.Sum256(fmt.Appendf(nil, "%q", f.Speech)))
	}
	return ""
}

// keeping collects speech while it is streamed. If all of it was made it becomes a clip
// that is kept, so that the same is not spoken, and not paid, again.
type keeping struct {
	library *Library
	key     string
	rate    int // Hz
	room    *room
	samples []int16
	over    bool
}

// heard takes what was decoded, and the error with it.
func (k *keeping) heard(samples []int16, err error) {
	if k == nil || k.over {
		return
	}
	k.samples = append(k.samples, samples...)
	switch {
	case err == io.EOF:
		k.done()
	case err != nil, len(k.samples) > int(longestKept.Seconds())*k.rate, !k.hasRoom():
		k.drop()
	}
}

// hasRoom takes room for what was collected and for what will be made of it.
func (k *keeping) hasRoom() bool {
	l := k.library
	need := int64(len(k.key)) + entryOverhead + int64(2*len(k.samples)) + sizeAt(len(k.samples), k.rate)
	if k.room == nil {
		var ok bool
		k.room, ok = l.shelf.reserve(need, l.now())
		return ok
	}
	return need <= k.room.bytes || k.room.resize(need+need/4, l.now())
}

// done keeps the speech.
func (k *keeping) done() {
	if k.hasRoom() {
		clip, err := prepare(k.rate, func(to int) ([]int16, error) { return audio.Resample(k.samples, k.rate, to) })
		if err == nil {
			shelf, kept := k.library.shelf, k.library.shelve(clip, k.key, k.room)
			shelf.settle(kept, k.key)
			shelf.drop(kept)
			k.room = nil
		}
	}
	k.drop()
}

// drop forgets what was collected.
func (k *keeping) drop() {
	if k == nil || k.over {
		return
	}
	k.over = true
	k.room.give()
	k.samples = nil
}
