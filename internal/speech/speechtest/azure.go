package speechtest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

// azure is the WebSocket of Azure Speech to text.
type azure struct {
	*connection
	rate       int
	configured bool
	turns      map[string]bool // the ids that were used
	turn       string
	contextual bool // the turn has a speech.context
	header     bool // and the header of a file
	over       bool // its end has come
	samples    []int16
	told       int // words in hypotheses
	telemetry  int
	owed       int
}

var azureID = regexp.MustCompile(`^[0-9A-Fa-f]{32}$`)

func newAzure(c *connection, r *http.Request) *azure {
	if !strings.HasPrefix(r.URL.Path, "/stt/speech/") {
		c.wrong("path is %s", r.URL.Path)
	}
	if r.Header.Get("Ocp-Apim-Subscription-Key") != "hush" {
		c.wrong("the key is not in the header: %v", r.Header)
	}
	if id := r.Header.Get("X-ConnectionId"); !azureID.MatchString(id) {
		c.wrong("X-ConnectionId is %q", id)
	}
	query := r.URL.Query()
	if query.Get("language") == "" && query.Get("cid") == "" && query.Get("lidEnabled") != "true" {
		c.wrong("no language is named: %s", r.URL)
	}
	return &azure{connection: c, rate: 16000, turns: make(map[string]bool)}
}

func (a *azure) greet() {}

func (a *azure) take(kind ws.OpCode, message []byte) {
	var head, body []byte
	if kind == ws.OpBinary {
		n := int(binary.BigEndian.Uint16(message))
		head, body = message[2:2+n], message[2+n:]
		if len(message) > 8192 {
			a.wrong("a message has %d bytes", len(message))
		}
	} else {
		head, body, _ = bytes.Cut(message, []byte("\r\n\r\n"))
	}
	fields := make(map[string]string)
	for line := range strings.SplitSeq(strings.TrimSuffix(string(head), "\r\n"), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			a.wrong("a line of a header is %q", line)
		}
		fields[strings.ToLower(name)] = strings.TrimSpace(value)
	}
	if fields["x-requestid"] != "" && !azureID.MatchString(fields["x-requestid"]) {
		a.wrong("X-RequestId is %q", fields["x-requestid"])
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", fields["x-timestamp"]); err != nil {
		a.wrong("X-Timestamp: %v", err)
	}
	switch path := strings.ToLower(fields["path"]); path {
	case "speech.config":
		a.config(body)
	case "speech.context":
		a.context(fields["x-requestid"], body)
	case "audio":
		a.audio(fields, body)
	case "telemetry":
		a.telemetry++
	default:
		a.wrong("a message with the path %q", path)
	}
}

func (a *azure) config(body []byte) {
	var config struct {
		Context struct {
			System struct{ Name string }
			Audio  struct {
				Source struct {
					Samplerate int
				}
			}
		}
	}
	if err := json.Unmarshal(body, &config); err != nil || a.configured || config.Context.System.Name == "" {
		a.wrong("speech.config is %s", body)
	}
	if rate := config.Context.Audio.Source.Samplerate; rate > 0 {
		a.rate = rate
	}
	a.configured = true
}

func (a *azure) context(turn string, body []byte) {
	if !a.configured || a.turns[turn] || !json.Valid(body) {
		a.wrong("speech.context of turn %s, which was used: %v; it is %s", turn, a.turns[turn], body)
	}
	if a.owed > a.telemetry {
		a.wrong("a turn begins, but there is no telemetry of the one before")
	}
	a.turn, a.contextual, a.header, a.over, a.samples, a.told = turn, true, false, false, nil, 0
	a.turns[turn] = true
	a.tell("turn.start", object{"context": object{"serviceTag": "tag"}})
}

func (a *azure) audio(fields map[string]string, body []byte) {
	switch {
	case a.over && len(body) == 0: // the vendor's own client ends twice
	case !a.contextual || fields["x-requestid"] != a.turn || a.over:
		a.wrong("sound of turn %s, in turn %s, over: %v", fields["x-requestid"], a.turn, a.over)
	case !a.header:
		if len(body) < 44 || string(body[:4]) != "RIFF" || int(binary.LittleEndian.Uint32(body[24:])) != a.rate {
			a.wrong("the first sound has no header of a file at %d Hz: %.44q", a.rate, body)
		}
		a.header = true
		a.samples = append(a.samples, samplesOf(body[min(44, len(body)):])...)
	case len(body) == 0:
		a.over = true
		if !a.fault.NeverFinal {
			a.phrase()
		}
	default:
		a.samples = append(a.samples, samplesOf(body)...)
		if words := a.connection.words(a.samples, a.rate); len(words) > a.told {
			if a.told == 0 {
				a.tell("speech.startDetected", object{"Offset": words[0].start / 100})
			}
			a.told = len(words)
			last := words[len(words)-1]
			a.tell("speech.hypothesis", object{"Id": "h", "Text": textOf(words), "Offset": words[0].start / 100, "Duration": (last.end - words[0].start) / 100})
		}
	}
}

func (a *azure) phrase() {
	words := a.connection.words(a.samples, a.rate)
	a.finished(textOf(words))
	answer := object{"Id": "p", "RecognitionStatus": "NoMatch", "Offset": 0, "Duration": durationOf(len(a.samples), a.rate) / 100, "Channel": 0}
	if len(words) > 0 {
		var list []object
		for _, w := range words {
			list = append(list, object{"Word": w.text, "Offset": w.start / 100, "Duration": (w.end - w.start) / 100})
		}
		text := textOf(words)
		answer["RecognitionStatus"], answer["DisplayText"] = "Success", text
		answer["Offset"], answer["Duration"] = words[0].start/100, (words[len(words)-1].end-words[0].start)/100
		answer["NBest"] = []object{{"Confidence": 0.9, "Lexical": text, "ITN": text, "MaskedITN": text, "Display": text, "Words": list}}
		answer["PrimaryLanguage"] = object{"Language": "en-US", "Confidence": "High"}
	}
	a.tell("speech.phrase", answer)
	a.tell("speech.endDetected", object{"Offset": durationOf(len(a.samples), a.rate) / 100})
	a.tell("turn.end", object{})
	a.owed++
}

// tell sends a message. There may be a blank after the colon, or none.
func (a *azure) tell(path string, body any) {
	text, _ := json.Marshal(body)
	a.text("X-RequestId:" + a.turn + "\r\nContent-Type:application/json; charset=utf-8\r\nPath:" + path + "\r\n\r\n" + string(text))
}
