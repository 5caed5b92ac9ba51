package streaming

import (
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/speech/voice"
)

// turnEnds is how long nobody has to speak until the turn is over, as applications are
// told.
const turnEnds = 500 * time.Millisecond

// notice tells that a participant begins to speak, or has finished, behind the frame in
// which that was found. Only an application that asks for notices receives any, because
// the parsers of official SDKs know no such kind.
func (o *sender) notice(v *pcmWriter, f audio.Frame, who string, now time.Time) error {
	if v.turn == nil {
		v.turn = voice.NewTurn()
	}
	switch v.turn.Hear(f, turnEnds, false) {
	case voice.Began:
		o.message = appendSpeech(o.message[:0], now, who, "Started")
	case voice.Ended:
		o.message = appendSpeech(o.message[:0], now, who, "Ended")
	default:
		return nil
	}
	return o.socket.Write(ws.OpText, o.message)
}

// appendSpeech appends that somebody has begun to speak, or has finished.
func appendSpeech(dst []byte, at time.Time, who, state string) []byte {
	dst = append(dst, `{"kind":"SpeechData","speechData":{"state":"`...)
	dst = append(dst, state...)
	dst = append(dst, `","timestamp":"`...)
	dst = appendTime(dst, at)
	dst = append(dst, '"')
	dst = appendParticipant(dst, who)
	return append(dst, "}}"...)
}
