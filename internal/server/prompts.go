package server

import (
	"context"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/player"
)

// prompts plays the prompts of calls. There is no synthesiser: text and SSML fail.
type prompts struct{ library *player.Library }

func (p prompts) Open(ctx context.Context, list []call.Prompt, loop bool) call.Playback {
	files := make([]player.File, len(list))
	for i, prompt := range list {
		file, ok := prompt.(call.File)
		if !ok {
			return unspoken(i)
		}
		files[i] = player.File{URI: file.URI, CacheID: file.CacheID}
	}
	return p.library.Open(ctx, files, loop)
}

// unspoken is a playback that has failed: the index of a prompt that nobody speaks.
type unspoken int

func (unspoken) ReadFrame(audio.Frame) bool { return false }
func (unspoken) Started() <-chan struct{}   { return nil }
func (unspoken) Done() <-chan struct{}      { return ended }

func (u unspoken) Err() (int, error) {
	return int(u), fault.Unsupported("text and SSML cannot be played: there is no speech service")
}

var ended = func() chan struct{} { c := make(chan struct{}); close(c); return c }()
