package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// Listen implements speech.Recognizer, by Deepgram's live API (/v1/listen).
func (d *Deepgram) Listen(ctx context.Context, l speech.Listening) (speech.Transcriber, error) {
	to := webSocket(d.at("v1/listen", d.liveQuery(l)))
	p := &deepgramProtocol{service: d.service, line: timeline{rate: l.Rate}}
	return newStream(ctx, d.service, l, p, func(ctx context.Context) (*websocket.Conn, error) {
		return d.open(ctx, to, http.Header{"Authorization": {"Token " + string(d.cfg.Key)}})
	}), nil
}

// liveQuery asks for an utterance that ends when we say so: the service's own end of
// speech only cuts it into segments.
func (d *Deepgram) liveQuery(l speech.Listening) url.Values {
	query := d.listenQuery(l)
	query.Set("encoding", "linear16")
	query.Set("sample_rate", strconv.Itoa(l.Rate))
	query.Set("channels", "1")
	query.Set("interim_results", "true") // they tell, too, whether Finalize will be answered
	query.Set("endpointing", "300")
	return query
}

// finalizeWithin is how long the service may take for what it has not understood yet.
// If there is nothing, it answers nothing.
const finalizeWithin = time.Second

// keepAliveEvery is how often it hears that we are still there.
const keepAliveEvery = 4 * time.Second

// deepgramProtocol: results are segments of an utterance; the one that Finalize asked
// for says so.
type deepgramProtocol struct {
	patient
	service
	line      timeline
	kept      time.Time // when it last heard that we are there
	finishing []finalize
	guessed   bool          // there is a hypothesis, so that Finalize will be answered
	given     time.Duration // what was said until then has no result any more
	pcm       []byte
}

// finalize is an utterance that is over and not answered.
type finalize struct {
	at       time.Time
	position time.Duration // its end, as the service counts
}

// sound implements protocol.
func (p *deepgramProtocol) sound(c *websocket.Conn, offset time.Duration, samples []int16) error {
	p.line.wrote(offset, len(samples))
	p.pcm = appendPCM(p.pcm[:0], samples)
	return c.Write(ws.OpBinary, p.pcm)
}

// finish implements protocol.
func (p *deepgramProtocol) finish(c *websocket.Conn) error {
	p.finishing = append(p.finishing, finalize{time.Now(), p.line.position()})
	return c.Write(ws.OpText, []byte(`{"type":"Finalize"}`))
}

// tick implements protocol: ten seconds without sound end the connection, and an
// utterance of which nothing is left has no answer.
func (p *deepgramProtocol) tick(c *websocket.Conn, quiet time.Duration) (list []speech.Result, err error) {
	now := time.Now()
	for len(p.finishing) > 0 && !p.guessed && now.Sub(p.finishing[0].at) >= finalizeWithin {
		p.given = p.finishing[0].position
		p.finishing = p.finishing[1:]
		list = append(list, speech.Result{Final: true, Last: true})
	}
	if quiet >= keepAliveEvery && now.Sub(p.kept) >= keepAliveEvery {
		p.kept = now
		err = c.Write(ws.OpText, []byte(`{"type":"KeepAlive"}`))
	}
	return list, err
}

// end implements protocol.
func (p *deepgramProtocol) end(c *websocket.Conn) {
	_ = c.Write(ws.OpText, []byte(`{"type":"CloseStream"}`))
}

// segment is a message of the live API. Times are in seconds.
type segment struct {
	Type         string
	Start        float64
	Duration     float64
	IsFinal      bool `json:"is_final"`
	FromFinalize bool `json:"from_finalize"`
	Channel      struct {
		Alternatives []alternative
	}
	Description, Message string // of an error
}

// take implements protocol.
func (p *deepgramProtocol) take(_ *websocket.Conn, _ ws.OpCode, message []byte) ([]speech.Result, error) {
	var kind struct{ Type string } // other messages have a channel of another type
	if err := json.Unmarshal(message, &kind); err != nil {
		return nil, p.failed(speech.Broken, 0, "it has sent something that is not JSON: "+shown(message), nil)
	}
	switch kind.Type {
	case "Results":
	case "Error":
		return nil, p.failed(speech.Broken, 0, "it says: "+shown(message), nil)
	default:
		return nil, nil
	}
	var got segment
	if err := json.Unmarshal(message, &got); err != nil {
		return nil, p.failed(speech.Broken, 0, "it has sent a result that cannot be read: "+shown(message), nil)
	}
	if p.given > 0 && seconds(got.Start+got.Duration) <= p.given { // too late
		return nil, nil
	}
	r := speech.Result{Final: got.IsFinal, Offset: p.line.at(seconds(got.Start)), Duration: seconds(got.Duration)}
	if len(got.Channel.Alternatives) > 0 {
		best := got.Channel.Alternatives[0]
		r.Text, r.Confidence = best.Transcript, &best.Confidence
		if len(best.Languages) > 0 {
			r.Language = best.Languages[0]
		}
		if r.Final {
			r.Words = best.words(p.line.at)
		}
		if len(r.Words) > 0 {
			r.Offset, r.Duration = spanOf(r.Words)
		}
	}
	if got.FromFinalize && len(p.finishing) > 0 {
		p.finishing = p.finishing[1:]
		r.Final, r.Last = true, true
	}
	if r.Text == "" && !r.Last {
		return nil, nil
	}
	p.guessed = !r.Final
	return []speech.Result{r}, nil
}

// alternative is what may have been said.
type alternative struct {
	Transcript string
	Confidence float64
	Languages  []string
	Words      []struct {
		Word       string
		Punctuated string `json:"punctuated_word"`
		Start, End float64
	}
}

// words are an alternative's words, on the speaker's time axis.
func (a alternative) words(at func(time.Duration) time.Duration) (list []speech.Word) {
	for _, w := range a.Words {
		list = append(list, speech.Word{Text: cmp.Or(w.Punctuated, w.Word), Offset: at(seconds(w.Start)), Duration: seconds(w.End - w.Start)})
	}
	return list
}
