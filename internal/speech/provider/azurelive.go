package provider

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// Listen implements speech.Recognizer, by the WebSocket of Azure Speech
// (/stt/speech/universal/v2).
func (a *Azure) Listen(ctx context.Context, l speech.Listening) (speech.Transcriber, error) {
	p := &azureProtocol{service: a.service, l: l}
	return newStream(ctx, a.service, l, p, func(ctx context.Context) (*websocket.Conn, error) {
		to := webSocket(a.routed(ctx, a.at("stt", "/speech/universal/v2", a.liveQuery(l))))
		return a.open(ctx, to, http.Header{"Ocp-Apim-Subscription-Key": {string(a.cfg.Key)}, "X-ConnectionId": {azureID()}})
	}), nil
}

// liveQuery says what is said once for a connection; the rest is in speech.context.
func (a *Azure) liveQuery(l speech.Listening) url.Values {
	query := url.Values{"format": {"detailed"}}
	switch {
	case l.Model != "":
		query.Set("cid", l.Model)
	case len(l.Languages) > 1:
		query.Set("lidEnabled", "true")
	default:
		query.Set("language", mainLanguage(l))
	}
	if l.Words {
		query.Set("wordLevelTimestamps", "true")
	}
	return query
}

// mainLanguage is the language that is expected.
func mainLanguage(l speech.Listening) string {
	if len(l.Languages) > 0 {
		return l.Languages[0]
	}
	return "en-US"
}

// azureProtocol: each utterance is a turn, with an id of its own. The next turn waits
// for the end of the one before.
type azureProtocol struct {
	patient
	service
	azureWriter
	l     speech.Listening
	turn  string        // its id, while one goes on
	over  bool          // all sound of it is sent
	begun time.Duration // when it began, on the speaker's time axis
	since time.Time     // when its first sound was sent
	sent  time.Duration // of its sound
	got   map[string][]string
}

// begin implements protocol.
func (p *azureProtocol) begin(c *websocket.Conn) error {
	return p.writeJSON(c, "speech.config", azureID(), azureConfig(p.l.Rate))
}

// How much sound the service takes at once, and how fast the rest: as the official
// client sends it.
const (
	azureAtOnce = 5 * time.Second
	azurePace   = 2 // times as fast as it was spoken
)

// ready implements protocol.
func (p *azureProtocol) ready() time.Duration {
	switch ahead := (p.sent-azureAtOnce)/azurePace - time.Since(p.since); {
	case p.over:
		return -1
	case p.turn != "" && ahead > 0:
		return ahead
	}
	return 0
}

// sound implements protocol.
func (p *azureProtocol) sound(c *websocket.Conn, offset time.Duration, samples []int16) error {
	if p.turn == "" {
		if err := p.start(c, offset); err != nil {
			return err
		}
	}
	p.sent += time.Duration(len(samples)) * time.Second / time.Duration(p.l.Rate)
	return p.writeAudio(c, p.turn, "", appendPCM(nil, samples))
}

// start begins a turn: how to understand it, and the header of a file without an end.
func (p *azureProtocol) start(c *websocket.Conn, offset time.Duration) error {
	p.turn, p.over, p.begun, p.since, p.sent, p.got = azureID(), false, offset, time.Now(), 0, make(map[string][]string)
	if err := p.writeJSON(c, "speech.context", p.turn, p.context()); err != nil {
		return err
	}
	h := binary.LittleEndian.AppendUint32([]byte("RIFF"), 0)
	h = binary.LittleEndian.AppendUint32(append(h, "WAVEfmt "...), 16)
	h = binary.LittleEndian.AppendUint16(h, 1) // PCM
	h = binary.LittleEndian.AppendUint16(h, 1) // mono
	h = binary.LittleEndian.AppendUint32(h, uint32(p.l.Rate))
	h = binary.LittleEndian.AppendUint32(h, uint32(2*p.l.Rate))
	h = binary.LittleEndian.AppendUint16(h, 2)
	h = binary.LittleEndian.AppendUint16(h, 16)
	return p.writeAudio(c, p.turn, "audio/x-wav", binary.LittleEndian.AppendUint32(append(h, "data"...), 0))
}

// context is how a turn is to be understood.
func (p *azureProtocol) context() any {
	type object = map[string]any
	detection := object{"mode": "Conversation", "conversation": object{"segmentation": object{"mode": "Custom", "segmentationSilenceTimeoutMs": 700}}}
	output := object{"format": "Detailed", "detailed": object{"options": []string{"WordTimings"}}}
	what := object{"phraseDetection": detection, "phraseOutput": output}
	if len(p.l.Languages) > 1 && p.l.Model == "" {
		what["languageId"] = object{
			"languages": p.l.Languages, "mode": "DetectAtAudioStart", "onSuccess": object{"action": "Recognize"}, "onUnknown": object{"action": "None"}, "priority": "PrioritizeLatency",
		}
		output["interimResults"], output["phraseResults"] = object{"resultType": "Auto"}, object{"resultType": "Always"}
	} else {
		detection["language"] = mainLanguage(p.l)
	}
	if len(p.l.Phrases) > 0 {
		var items []object
		for _, phrase := range p.l.Phrases {
			items = append(items, object{"text": phrase})
		}
		what["dgi"] = object{"groups": []object{{"type": "Generic", "items": items}}, "bias": 1}
	}
	return what
}

// finish implements protocol: sound without samples is its end.
func (p *azureProtocol) finish(c *websocket.Conn) error {
	p.over = true
	return p.writeAudio(c, p.turn, "", nil)
}

// take implements protocol.
func (p *azureProtocol) take(c *websocket.Conn, kind ws.OpCode, message []byte) ([]speech.Result, error) {
	if kind != ws.OpText {
		return nil, nil
	}
	path, turn, body := azureMessage(message)
	if p.turn == "" || !strings.EqualFold(turn, p.turn) {
		return nil, nil // of a turn that is over
	}
	p.got[path] = append(p.got[path], azureTime(time.Now()))
	switch path {
	case "speech.hypothesis", "speech.fragment", "speech.phrase":
		var said azurePhrase
		if err := json.Unmarshal(body, &said); err != nil {
			return nil, p.failed(speech.Broken, 0, "it has sent a result that cannot be read: "+shown(body), nil)
		}
		return p.result(said, path == "speech.phrase")
	case "turn.end":
		p.turn, p.over = "", false
		return []speech.Result{{Final: true, Last: true, Offset: p.begun, Duration: p.sent}}, p.telemetry(c, turn)
	}
	return nil, nil
}
