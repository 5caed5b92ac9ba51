package provider

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// realtimeRate is the only rate of PCM, in Hz.
const realtimeRate = 24000

// Listen implements speech.Recognizer, by a transcription session of the realtime API.
func (o *OpenAI) Listen(ctx context.Context, l speech.Listening) (speech.Transcriber, error) {
	resampler, err := audio.NewResampler(l.Rate, realtimeRate)
	if err != nil {
		return nil, err
	}
	to := webSocket(o.cfg.URL.JoinPath("realtime"))
	query := url.Values{"intent": {"transcription"}}
	header := http.Header{}
	if o.cfg.Beta {
		header.Set("OpenAI-Beta", "realtime=v1")
		query.Set("model", o.sttModel())
	}
	if o.cfg.Key != "" {
		header.Set("Authorization", "Bearer "+string(o.cfg.Key))
	}
	to.RawQuery = query.Encode()
	p := &realtimeProtocol{service: o.service, model: o.sttModel(), beta: o.cfg.Beta, l: l, resampler: resampler, texts: make(map[string]*item)}
	return newStream(ctx, o.service, l, p, func(ctx context.Context) (*websocket.Conn, error) { return o.open(ctx, to, header) }), nil
}

// sttModel is the model that understands.
func (o *OpenAI) sttModel() string {
	if o.cfg.Streaming {
		return cmp.Or(o.cfg.STTModel, "gpt-4o-transcribe")
	}
	return cmp.Or(o.cfg.STTModel, "whisper-1")
}

// realtimeProtocol: each utterance is committed as an item; items may be understood in
// another order, and are told in theirs. There are no times of words.
type realtimeProtocol struct {
	patient
	service
	model     string
	beta      bool
	l         speech.Listening
	resampler *audio.Resampler

	begun, length time.Duration // of the present utterance
	committed     []span        // that have no item yet
	items         []string      // in their order
	texts         map[string]*item
	wide          []int16
	pcm, message  []byte
}

// span is when an utterance was said.
type span struct{ begun, length time.Duration }

// item is an utterance at the service.
type item struct {
	span
	delta strings.Builder
	text  string
	done  bool
	err   error
}

// begin implements protocol. Our own detector decides when somebody has finished.
func (p *realtimeProtocol) begin(c *websocket.Conn) error {
	type object = map[string]any
	understand := object{"model": p.model}
	if len(p.l.Languages) == 1 {
		understand["language"] = twoLetters(p.l.Languages[0])
	}
	if len(p.l.Phrases) > 0 {
		understand["prompt"] = strings.Join(p.l.Phrases, ", ")
	}
	update := object{"type": "session.update", "session": object{"type": "transcription", "audio": object{"input": object{
		"format": object{"type": "audio/pcm", "rate": realtimeRate}, "transcription": understand, "turn_detection": nil,
	}}}}
	if p.beta {
		update = object{"type": "transcription_session.update", "session": object{
			"input_audio_format": "pcm16", "input_audio_transcription": understand, "turn_detection": nil,
		}}
	}
	text, err := json.Marshal(update)
	if err != nil {
		return err
	}
	return c.Write(ws.OpText, text)
}

// sound implements protocol.
func (p *realtimeProtocol) sound(c *websocket.Conn, offset time.Duration, samples []int16) error {
	if p.length == 0 {
		p.begun = offset
	}
	p.length += time.Duration(len(samples)) * time.Second / time.Duration(p.l.Rate)
	p.wide = p.resampler.Append(p.wide[:0], samples)
	p.pcm = appendPCM(p.pcm[:0], p.wide)
	p.message = append(p.message[:0], `{"type":"input_audio_buffer.append","audio":"`...)
	p.message = base64.StdEncoding.AppendEncode(p.message, p.pcm)
	p.message = append(p.message, `"}`...)
	return c.Write(ws.OpText, p.message)
}

// finish implements protocol.
func (p *realtimeProtocol) finish(c *websocket.Conn) error {
	p.committed = append(p.committed, span{p.begun, p.length})
	p.length = 0
	return c.Write(ws.OpText, []byte(`{"type":"input_audio_buffer.commit"}`))
}

// occurrence is a message of the service.
type occurrence struct {
	Type       string
	ItemID     string `json:"item_id"`
	Delta      string
	Transcript string
	Error      struct{ Type, Code, Message string }
}

// take implements protocol.
func (p *realtimeProtocol) take(_ *websocket.Conn, _ ws.OpCode, message []byte) ([]speech.Result, error) {
	var got occurrence
	if err := json.Unmarshal(message, &got); err != nil {
		return nil, p.failed(speech.Broken, 0, "it has sent something that is not JSON: "+shown(message), nil)
	}
	switch got.Type {
	case "error":
		return nil, p.complaint(got)
	case "input_audio_buffer.committed":
		if len(p.committed) > 0 {
			p.items = append(p.items, got.ItemID)
			p.texts[got.ItemID] = &item{span: p.committed[0]}
			p.committed = p.committed[1:]
		}
		return nil, nil
	}
	at := p.texts[got.ItemID]
	if at == nil {
		return nil, nil
	}
	switch strings.TrimPrefix(got.Type, "conversation.item.input_audio_transcription.") {
	case "delta":
		at.delta.WriteString(got.Delta)
		if len(p.items) == 0 || p.items[0] != got.ItemID {
			return nil, nil
		}
		return []speech.Result{{Text: strings.TrimSpace(at.delta.String()), Offset: at.begun, Duration: at.length}}, nil
	case "completed":
		at.done, at.text = true, strings.TrimSpace(got.Transcript)
	case "failed":
		at.done, at.err = true, p.complaint(got)
	}
	return p.inOrder()
}

// inOrder gives what is understood, up to the first utterance that is not.
func (p *realtimeProtocol) inOrder() (list []speech.Result, err error) {
	for len(p.items) > 0 && p.texts[p.items[0]].done {
		first := p.texts[p.items[0]]
		if first.err != nil {
			return list, first.err
		}
		delete(p.texts, p.items[0])
		p.items = p.items[1:]
		list = append(list, speech.Result{Text: first.text, Final: true, Last: true, Offset: first.begun, Duration: first.length})
	}
	return list, nil
}

// complaint is an error of the service.
func (p *realtimeProtocol) complaint(got occurrence) error {
	kind, status := speech.Broken, 0
	switch why := got.Error.Type + " " + got.Error.Code; {
	case strings.Contains(why, "rate_limit"), strings.Contains(why, "quota"):
		kind, status = speech.Rejected, http.StatusTooManyRequests
	case strings.Contains(why, "auth"), strings.Contains(why, "api_key"):
		kind, status = speech.Rejected, http.StatusUnauthorized
	case strings.Contains(why, "invalid"):
		kind, status = speech.Rejected, http.StatusBadRequest
	}
	return p.failed(kind, status, "it says: "+shown([]byte(got.Error.Message)), nil)
}

// twoLetters is a language without its region.
func twoLetters(language string) string {
	short, _, _ := strings.Cut(language, "-")
	return strings.ToLower(short)
}
