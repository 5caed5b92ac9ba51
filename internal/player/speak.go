package player

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/switchhook/switchhook/internal/speech"
)

// isSpeech reports whether the prompt is spoken, not downloaded. An empty text has no
// address either.
func (f File) isSpeech() bool { return f.URI == "" }

// speak asks for speech, and returns it when its first sample is there. From then on it
// is played as a file is: while it arrives.
func (l *Library) speak(ctx context.Context, file File, limit *timeLimit) (*source, error) {
	if file.Speech.IsEmpty() {
		return nil, &speech.Error{Kind: speech.Empty, Detail: "there is nothing to speak"}
	}
	if l.cfg.Speech == nil {
		return nil, &speech.Error{Kind: speech.Unconfigured, Detail: "there is no text to speech"}
	}
	sound, err := l.cfg.Speech.Speak(ctx, file.Speech)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.As(err, new(*speech.Error)) {
			err = &speech.Error{Kind: speech.Unreachable, Detail: "it has not spoken in time", Cause: cause}
		}
		return nil, err
	}
	s := &source{
		from: "text to speech", spoken: true, limit: limit,
		body: &body{ctx: ctx, in: wavOf(sound), size: -1, most: l.cfg.MaxBytes},
	}
	if s.file, err = l.openSound(s.body); err != nil {
		defer s.close()
		return nil, s.explained(err)
	}
	if !sound.Stopgap && l.cfg.CacheBytes > 0 {
		s.keep = &keeping{library: l, key: file.key(), rate: sound.Rate}
	}
	return s, nil
}

// wavOf puts the header of a WAV file of unknown length before speech.
func wavOf(s *speech.Sound) io.ReadCloser {
	const unknown = math.MaxUint32
	h := binary.LittleEndian.AppendUint32([]byte("RIFF"), unknown)
	h = binary.LittleEndian.AppendUint32(append(h, "WAVEfmt "...), 16)
	h = binary.LittleEndian.AppendUint16(h, 1) // PCM
	h = binary.LittleEndian.AppendUint16(h, 1) // mono
	h = binary.LittleEndian.AppendUint32(h, uint32(s.Rate))
	h = binary.LittleEndian.AppendUint32(h, uint32(2*s.Rate))
	h = binary.LittleEndian.AppendUint16(h, 2)
	h = binary.LittleEndian.AppendUint16(h, 16)
	h = binary.LittleEndian.AppendUint32(append(h, "data"...), unknown)
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(h), s), s}
}
