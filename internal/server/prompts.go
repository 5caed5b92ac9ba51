package server

import (
	"context"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/speech"
)

// prompts plays the prompts of calls.
type prompts struct {
	library      *player.Library
	hold         holdMusic
	announcement []player.File // before recordings
}

func (p prompts) Open(ctx context.Context, list []call.Prompt, loop bool) call.Playback {
	files := make([]player.File, 0, len(list))
	for _, prompt := range list {
		switch own := prompt.(type) {
		case call.OwnMusic:
			if own.Generated {
				files = append(files, p.hold.generated)
				continue
			}
			files = append(files, p.hold.configured...)
		case call.OwnAnnouncement:
			files = append(files, p.announcement...)
		default:
			files = append(files, fileOf(prompt))
		}
	}
	return p.library.Open(ctx, files, loop)
}

// Warm lets the service connect that is going to speak.
func (p prompts) Warm(of speech.Endpoints) { p.library.Warm(of) }

// fileOf is a prompt as the player names it.
func fileOf(prompt call.Prompt) player.File {
	switch p := prompt.(type) {
	case call.Text:
		return player.File{CacheID: p.CacheID, Speech: speech.Utterance{
			Text: p.Text, Locale: p.Locale, Gender: p.VoiceKind, Voice: p.Voice, CustomVoice: p.CustomVoice, Endpoints: p.Endpoints,
		}}
	case call.SSML:
		return player.File{CacheID: p.CacheID, Speech: speech.Utterance{SSML: p.SSML, CustomVoice: p.CustomVoice, Endpoints: p.Endpoints}}
	}
	file, _ := prompt.(call.File) // the set is closed
	return player.File{URI: file.URI, CacheID: file.CacheID}
}
