package speechtest

import (
	"encoding/json"

	"github.com/gobwas/ws"
)

// vosk is a Vosk server: it answers each message but the first with one.
type vosk struct {
	*connection
	rate    int
	samples []int16
	told    int // samples that a final result covers
}

func (v *vosk) greet() {}

func (v *vosk) take(kind ws.OpCode, message []byte) {
	if v.rate == 0 {
		var first struct {
			Config struct {
				Rate  int `json:"sample_rate"`
				Words int
			}
		}
		if json.Unmarshal(message, &first) != nil || first.Config.Rate == 0 || first.Config.Words != 1 {
			v.wrong("the first message is %s", message)
		}
		v.rate = max(1, first.Config.Rate)
		return
	}
	if kind == ws.OpBinary {
		v.samples = append(v.samples, samplesOf(message)...)
		v.json(object{"partial": textOf(v.words())})
		return
	}
	switch string(message) {
	case `{"reset" : 1}`:
		if !v.fault.NeverFinal {
			v.final()
		}
	case `{"eof" : 1}`:
		v.conn.Close()
	default:
		v.wrong("it does not know the bytes %s", message)
	}
}

// words are those that no final result has.
func (v *vosk) words() []word {
	from := durationOf(v.told, v.rate)
	words := v.connection.words(v.samples[v.told:], v.rate)
	for i := range words {
		words[i].start, words[i].end = words[i].start+from, words[i].end+from
	}
	return words
}

func (v *vosk) final() {
	words := v.words()
	v.told = len(v.samples)
	v.finished(textOf(words))
	answer := object{"text": textOf(words)}
	var list []object
	for _, w := range words {
		list = append(list, object{"word": w.text, "start": w.start.Seconds(), "end": w.end.Seconds(), "conf": 0.75})
	}
	if list != nil {
		answer["result"] = list
	}
	v.json(answer)
}
