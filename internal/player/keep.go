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
// in the cache, so that the same is not spoken, and not paid, again. What is collected
// takes a quarter of the cache's budget at most.
type keeping struct {
	library *Library
	key     string
	rate    int // Hz
	samples []int16
	over    bool
}

// heard takes what was decoded, and the error with it.
func (k *keeping) heard(samples []int16, err error) {
	if k == nil || k.over {
		return
	}
	more := int64(2 * len(samples))
	k.samples = append(k.samples, samples...)
	total := k.library.kept.Add(more)
	switch {
	case err == io.EOF:
		k.done()
	case err != nil, total > k.library.cfg.CacheBytes/4, len(k.samples) > int(longestKept.Seconds())*k.rate:
		k.drop()
	}
}

// done puts the speech into the cache.
func (k *keeping) done() {
	clip, err := prepare(k.rate, func(to int) ([]int16, error) { return audio.Resample(k.samples, k.rate, to) })
	if err == nil {
		k.library.cache.Add(k.key, clip, k.library.now())
	}
	k.drop()
}

// drop forgets what was collected.
func (k *keeping) drop() {
	if k == nil || k.over {
		return
	}
	k.over = true
	k.library.kept.Add(-int64(2 * len(k.samples)))
	k.samples = nil
}
