package speechtest

import (
	"net/http"
	"strconv"

	"github.com/gobwas/ws"
)

// deepgram is Deepgram's live API. What is understood before the end of an utterance
// comes as a segment of its own.
type deepgram struct {
	*connection
	rate    int
	interim bool
	samples []int16
	told    int // samples that a final result covers
}

func newDeepgram(c *connection, r *http.Request) *deepgram {
	query := r.URL.Query()
	c.want("path", r.URL.Path, "/v1/listen")
	c.want("encoding", query.Get("encoding"), "linear16")
	if query.Get("model") == "" {
		c.wrong("no model is named")
	}
	if auth := r.Header.Get("Authorization"); auth != "Token hush" {
		c.wrong("Authorization is %q", auth)
	}
	rate, err := strconv.Atoi(query.Get("sample_rate"))
	if err != nil {
		c.wrong("sample_rate: %v", err)
		rate = 16000
	}
	return &deepgram{connection: c, rate: rate, interim: query.Get("interim_results") == "true"}
}

func (d *deepgram) greet() {}

func (d *deepgram) take(kind ws.OpCode, message []byte) {
	if kind == ws.OpBinary {
		d.samples = append(d.samples, samplesOf(message)...)
		words := d.connection.words(d.samples[d.told:], d.rate)
		switch {
		case len(words) == 2 && !d.fault.NeverFinal: // the first one does not change any more
			first := d.told + int(words[0].end.Seconds()*float64(d.rate)) + d.rate/25
			d.results(words[:1], first, true, false)
			d.told = first
		case d.interim:
			d.results(words, len(d.samples), false, false)
		}
		return
	}
	switch string(message) {
	case `{"type":"Finalize"}`:
		words := d.connection.words(d.samples[d.told:], d.rate)
		d.finished(textOf(words))
		if len(words) > 0 && !d.fault.NeverFinal { // if there is nothing, it says nothing
			d.results(words, len(d.samples), true, true)
		}
		d.told = len(d.samples)
	case `{"type":"KeepAlive"}`:
	case `{"type":"CloseStream"}`:
		d.json(object{"type": "Metadata"})
		d.conn.Close()
	default:
		d.wrong("it does not know %s", message)
	}
}

// results tells words that were said between told and until, in samples.
func (d *deepgram) results(words []word, until int, final, finalize bool) {
	from := durationOf(d.told, d.rate).Seconds()
	list := []object{}
	for _, w := range words {
		list = append(list, object{"word": w.text, "punctuated_word": w.text, "start": from + w.start.Seconds(), "end": from + w.end.Seconds(), "confidence": 0.9})
	}
	d.json(object{
		"type": "Results", "channel_index": []int{0, 1}, "start": from, "duration": durationOf(until, d.rate).Seconds() - from,
		"is_final": final, "speech_final": false, "from_finalize": finalize,
		"channel":  object{"alternatives": []object{{"transcript": textOf(words), "confidence": 0.9, "words": list}}},
		"metadata": object{"request_id": "x"},
	})
}
