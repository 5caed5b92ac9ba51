package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/player"
)

// Prompt is a file to be played.
type Prompt struct {
	URI     string
	CacheID string // playSourceCacheId; "" is not cached
}

// speaker takes what is to be heard, and nil for silence.
type speaker struct {
	say  func(audio.Source)
	gone <-chan struct{} // closed when its listener has left; nil for the mix
}

// toAll makes the application speak into the mix. One prompt takes the place of
// another; one that was stopped still fades out.
func (c *Connection) toAll() speaker {
	remove := func() {}
	return speaker{say: func(s audio.Source) {
		remove()
		if remove = func() {}; s != nil {
			remove = c.self.app.Add(s)
		}
	}}
}

// toAlone speaks to one endpoint.
func toAlone(e *endpoint) speaker { return speaker{e.ear.speak, e.ear.gone} }

// sourceError is a prompt that could not be played.
type sourceError struct {
	index int
	cause error
}

func (e *sourceError) Error() string { return e.cause.Error() }

// playAll plays prompts one after the other to every speaker, until the end or
// until ctx is done, and calls started when the first one begins. Later prompts
// are fetched while earlier ones play.
func playAll(ctx context.Context, clips Clips, prompts []Prompt, speakers []speaker, started func()) error {
	next := fetch(ctx, clips, prompts, 0)
	for i := range prompts {
		got := <-next
		if got.err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return &sourceError{i, got.err}
		}
		if ctx.Err() != nil { // canceled while the clip came from a cache
			return ctx.Err()
		}
		if i == 0 {
			started()
		}
		next = fetch(ctx, clips, prompts, i+1)
		if err := speak(ctx, speakers, func() *player.Prompt { return player.Play(got.clip) }); err != nil {
			<-next
			return err
		}
	}
	return nil
}

type fetched struct {
	clip *player.Clip
	err  error
}

// fetch gets one prompt in the background; past the last one there is nothing.
func fetch(ctx context.Context, clips Clips, prompts []Prompt, index int) <-chan fetched {
	result := make(chan fetched, 1)
	if index >= len(prompts) {
		result <- fetched{}
		return result
	}
	go func() {
		clip, err := clips.Fetch(ctx, prompts[index].URI, prompts[index].CacheID)
		result <- fetched{clip, err}
	}()
	return result
}

// loopAll plays prompts again and again until ctx is done.
func loopAll(ctx context.Context, clips Clips, prompts []Prompt, speakers []speaker, started func()) error {
	list := make([]*player.Clip, len(prompts))
	for i := range prompts {
		got := <-fetch(ctx, clips, prompts, i)
		if got.err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return &sourceError{i, got.err}
		}
		list[i] = got.clip
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	started()
	return speak(ctx, speakers, func() *player.Prompt { return player.Loop(list...) })
}

// speak lets every speaker say a prompt of its own and waits for the end of all.
func speak(ctx context.Context, speakers []speaker, newPrompt func() *player.Prompt) error {
	said := make([]*player.Prompt, len(speakers))
	for i, speaker := range speakers {
		said[i] = newPrompt()
		speaker.say(said[i])
	}
	for i, prompt := range said {
		select {
		case <-prompt.Done():
			speakers[i].say(nil)
		case <-speakers[i].gone:
		case <-ctx.Done():
			// The speakers keep the prompts, which fade out and are silent then.
			for _, left := range said {
				left.Stop()
			}
			return ctx.Err()
		}
	}
	return nil
}
