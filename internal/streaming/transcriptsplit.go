package streaming

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/speech"
)

// largestTranscript is the most that a message of a transcription has, in bytes: readers
// of Microsoft's samples have buffers of 4,096 bytes, and read once.
const largestTranscript = 4000

// transcriptions are the messages of a result. What is too large for one message, such as
// half a minute without a pause, is told in several, in order; a hypothesis that is too
// large is not told: the result will be.
func transcriptions(who string, r speech.Result) (messages [][]byte) {
	message := appendTranscription(nil, who, r)
	switch {
	case len(message) <= largestTranscript:
		return [][]byte{message}
	case !r.Final:
		return nil
	}
	first, second, ok := halved(r)
	if !ok {
		return nil // it is the participant's id that is so long
	}
	return append(transcriptions(who, first), transcriptions(who, second)...)
}

// halved cuts a result in two, between words.
func halved(r speech.Result) (first, second speech.Result, ok bool) {
	said := strings.Fields(r.Text)
	first, second = r, r
	share := 0.5
	if n := len(r.Words); n > 1 {
		first.Words, second.Words = r.Words[:n/2], r.Words[n/2:]
		share = float64(n/2) / float64(n)
	} else {
		first.Words, second.Words = nil, r.Words
	}
	if at := int(share * float64(len(said))); len(said) > 1 {
		at = max(at, 1)
		first.Text, second.Text = strings.Join(said[:at], " "), strings.Join(said[at:], " ")
	} else {
		at := len(r.Text) / 2
		for at > 0 && !utf8.RuneStart(r.Text[at]) {
			at--
		}
		first.Text, second.Text = r.Text[:at], r.Text[at:]
	}
	begins := r.Offset + time.Duration(share*float64(r.Duration))
	if len(first.Words) > 0 {
		begins = min(max(second.Words[0].Offset, r.Offset), r.Offset+r.Duration)
	}
	first.Duration = begins - r.Offset
	second.Offset, second.Duration = begins, r.Offset+r.Duration-begins
	return first, second, len(first.Words) > 0 || len(first.Text) < len(r.Text) && len(second.Text) < len(r.Text)
}
