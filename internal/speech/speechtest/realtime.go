package speechtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gobwas/ws"
)

const realtimeRate = 24000

// realtime is a transcription session of OpenAI's realtime API.
type realtime struct {
	*connection
	beta       bool
	configured bool
	samples    []int16
	items      int
}

func newRealtime(c *connection, r *http.Request) *realtime {
	c.want("path", r.URL.Path, "/v1/realtime")
	if auth := r.Header.Get("Authorization"); auth != "Bearer hush" {
		c.wrong("Authorization is %q", auth)
	}
	return &realtime{connection: c, beta: r.Header.Get("OpenAI-Beta") != ""}
}

func (r *realtime) greet() {
	kind := "session.created"
	if r.beta {
		kind = "transcription_session.created"
	}
	r.json(object{"type": kind, "session": object{"type": "transcription"}})
}

func (r *realtime) take(_ ws.OpCode, message []byte) {
	var got struct {
		Type, Audio string
		Session     json.RawMessage
	}
	if err := json.Unmarshal(message, &got); err != nil {
		r.wrong("%v in %.100s", err, message)
		return
	}
	switch got.Type {
	case "session.update", "transcription_session.update":
		r.configure(got.Type, got.Session)
	case "input_audio_buffer.append":
		pcm, err := base64.StdEncoding.DecodeString(got.Audio)
		if err != nil || len(pcm) == 0 || len(pcm)%2 != 0 || !r.configured {
			r.wrong("sound of %d bytes, %v, configured: %v", len(pcm), err, r.configured)
		}
		r.samples = append(r.samples, samplesOf(pcm)...)
	case "input_audio_buffer.commit":
		if len(r.samples) < realtimeRate/10 {
			r.json(object{"type": "error", "error": object{"type": "invalid_request_error", "code": "input_audio_buffer_commit_empty", "message": "buffer too small"}})
			return
		}
		r.commit()
	default:
		r.wrong("it does not know %.100s", message)
	}
}

func (r *realtime) configure(kind string, text json.RawMessage) {
	var session struct {
		Type  string
		Audio struct {
			Input struct {
				Format        struct{ Type string }
				Transcription struct{ Model, Language string }
				TurnDetection *struct{} `json:"turn_detection"`
			}
		}
		InputFormat        string `json:"input_audio_format"`
		InputTranscription struct {
			Model string
		} `json:"input_audio_transcription"`
	}
	err := json.Unmarshal(text, &session)
	in := session.Audio.Input
	ga := kind == "session.update" && session.Type == "transcription" && in.Format.Type == "audio/pcm" && in.Transcription.Model != "" && in.TurnDetection == nil
	beta := kind == "transcription_session.update" && session.InputFormat == "pcm16" && session.InputTranscription.Model != ""
	if err != nil || r.beta && !beta || !r.beta && !ga {
		r.wrong("%v: session is %s", err, text)
	}
	r.configured = true
	r.json(object{"type": kind + "d"})
}

// commit understands an item; the one before it is told after it.
func (r *realtime) commit() {
	words := r.connection.words(r.samples, realtimeRate)
	r.samples = nil
	r.items++
	id := fmt.Sprintf("item_%d", r.items)
	r.finished(textOf(words))
	const event = "conversation.item.input_audio_transcription."
	r.json(object{"type": "input_audio_buffer.committed", "item_id": id})
	for i, w := range words {
		text := w.text
		if i > 0 {
			text = " " + text
		}
		r.json(object{"type": event + "delta", "item_id": id, "delta": text})
	}
	if !r.fault.NeverFinal {
		r.json(object{"type": event + "completed", "item_id": id, "transcript": textOf(words)})
	}
}
