package provider

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// Vosk is a Vosk server (alphacep/vosk-server): a process beside the server with one model, and
// so with one language. Where one of several phrases is expected they are its grammar.
type Vosk struct {
	service
	at *url.URL // ws or wss
}

// NewVosk returns the provider.
func NewVosk(name string, at *url.URL) *Vosk { return &Vosk{newService(name, nil), at} }

// Listen implements speech.Recognizer.
func (v *Vosk) Listen(ctx context.Context, l speech.Listening) (speech.Transcriber, error) {
	p := &voskProtocol{service: v.service, l: l, line: timeline{rate: l.Rate}}
	return newStream(ctx, v.service, l, p, func(ctx context.Context) (*websocket.Conn, error) { return v.open(ctx, v.at, http.Header{}) }), nil
}

// voskProtocol: the server answers every message but the first one with exactly one.
type voskProtocol struct {
	patient
	service
	l     speech.Listening
	line  timeline
	asked []bool // what is not answered: true is a reset, which ends an utterance
	pcm   []byte
}

// begin implements protocol.
func (p *voskProtocol) begin(c *websocket.Conn) error {
	type config struct {
		Rate    int      `json:"sample_rate"`
		Words   int      `json:"words"`
		Phrases []string `json:"phrase_list,omitempty"`
		Most    int      `json:"max_alternatives"`
	}
	cfg := config{Rate: p.l.Rate, Words: 1}
	if p.l.Closed {
		for _, phrase := range p.l.Phrases {
			cfg.Phrases = append(cfg.Phrases, strings.ToLower(phrase))
		}
		if cfg.Phrases != nil {
			cfg.Phrases = append(cfg.Phrases, "[unk]") // or it would force everything into one of them
		}
	}
	text, err := json.Marshal(map[string]config{"config": cfg})
	if err != nil {
		return err
	}
	return c.Write(ws.OpText, text)
}

// sound implements protocol.
func (p *voskProtocol) sound(c *websocket.Conn, offset time.Duration, samples []int16) error {
	p.line.wrote(offset, len(samples))
	p.pcm = appendPCM(p.pcm[:0], samples)
	p.asked = append(p.asked, false)
	return c.Write(ws.OpBinary, p.pcm)
}

// The server compares these bytes.
const (
	voskReset = `{"reset" : 1}`
	voskEnd   = `{"eof" : 1}`
)

// finish implements protocol.
func (p *voskProtocol) finish(c *websocket.Conn) error {
	p.asked = append(p.asked, true)
	return c.Write(ws.OpText, []byte(voskReset))
}

// end implements protocol.
func (p *voskProtocol) end(c *websocket.Conn) { _ = c.Write(ws.OpText, []byte(voskEnd)) }

// take implements protocol.
func (p *voskProtocol) take(_ *websocket.Conn, _ ws.OpCode, message []byte) ([]speech.Result, error) {
	var got struct {
		Partial string
		Text    *string
		Result  []struct {
			Conf, Start, End float64
			Word             string
		}
	}
	if err := json.Unmarshal(message, &got); err != nil {
		return nil, p.failed(speech.Broken, 0, "it has sent something that is not JSON: "+shown(message), nil)
	}
	if len(p.asked) == 0 {
		return nil, nil // nothing was asked
	}
	last := p.asked[0]
	p.asked = p.asked[1:]
	if got.Text == nil || *got.Text == "" && !last {
		if got.Partial == "" && !last {
			return nil, nil
		}
		return []speech.Result{{Text: got.Partial, Final: last, Last: last}}, nil
	}
	r := speech.Result{Text: known(*got.Text), Final: true, Last: last}
	sure := 0.0
	for _, w := range got.Result {
		if w.Word == "[unk]" {
			continue
		}
		from := p.line.at(seconds(w.Start))
		r.Words = append(r.Words, speech.Word{Text: w.Word, Offset: from, Duration: seconds(w.End - w.Start)})
		sure += w.Conf
	}
	if n := len(r.Words); n > 0 {
		sure /= float64(n)
		r.Confidence = &sure
		r.Offset, r.Duration = spanOf(r.Words)
	}
	return []speech.Result{r}, nil
}

// known is a text without what the grammar has no words for.
func known(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "[unk]", " ")), " ")
}

// spanOf is from the first to the last word.
func spanOf(words []speech.Word) (offset, duration time.Duration) {
	last := words[len(words)-1]
	return words[0].Offset, last.Offset + last.Duration - words[0].Offset
}
