package speechtest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// azureVoice is the WebSocket of Azure's text to speech: it says a tone of a second.
type azureVoice struct {
	*connection
	configured bool
	turns      map[string]bool
	turn       string // that has a synthesis.context
	rate       int
}

func newAzureVoice(c *connection, r *http.Request) *azureVoice {
	c.want("path", r.URL.Path, "/tts/cognitiveservices/websocket/v1")
	if r.Header.Get("Ocp-Apim-Subscription-Key") != "hush" || !azureID.MatchString(r.Header.Get("X-ConnectionId")) {
		c.wrong("the header of the handshake is %v", r.Header)
	}
	return &azureVoice{connection: c, turns: make(map[string]bool)}
}

func (a *azureVoice) greet() {}

func (a *azureVoice) take(_ ws.OpCode, message []byte) {
	head, body, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	fields := make(map[string]string)
	for line := range strings.SplitSeq(string(head), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		fields[strings.ToLower(name)] = strings.TrimSpace(value)
	}
	turn := fields["x-requestid"]
	switch path := fields["path"]; path {
	case "speech.config":
		a.configured = true
	case "synthesis.context":
		var context struct {
			Synthesis struct {
				Audio struct{ OutputFormat string }
			}
		}
		err := json.Unmarshal(body, &context)
		rates := map[string]int{"raw-8khz-16bit-mono-pcm": 8000, "raw-16khz-16bit-mono-pcm": 16000, "raw-24khz-16bit-mono-pcm": 24000}
		if a.rate = rates[context.Synthesis.Audio.OutputFormat]; err != nil || a.rate == 0 || !a.configured || a.turns[turn] || !azureID.MatchString(turn) {
			a.wrong("synthesis.context of turn %q is %s, configured: %v", turn, body, a.configured)
		}
		a.turn, a.turns[turn] = turn, true
	case "ssml":
		var document struct {
			XMLName xml.Name `xml:"speak"`
			Voice   struct {
				Name string `xml:"name,attr"`
			} `xml:"voice"`
		}
		if err := xml.Unmarshal(body, &document); err != nil || document.Voice.Name == "" || turn != a.turn || fields["content-type"] != "application/ssml+xml" {
			a.wrong("%v: ssml of turn %q is %s", err, turn, body)
		}
		a.finished(string(body))
		a.speak()
	default:
		a.wrong("a message with the path %q", path)
	}
}

// speak sends the sound in pieces that end within samples, as services do.
func (a *azureVoice) speak() {
	head := "X-RequestId:" + a.turn + "\r\n"
	a.text(head + "Path:turn.start\r\n\r\n{}")
	a.text(head + "Path:response\r\n\r\n{\"audio\":{\"type\":\"inline\",\"streamId\":\"s\"}}")
	var pcm []byte
	for _, s := range audiotest.Tone(max(1, a.rate), time.Second, -12, 440) {
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(s))
	}
	for n := 0; len(pcm) > 0; n++ {
		if a.fault.NeverFinal && n == 5 {
			return
		}
		piece := pcm[:min(777, len(pcm))]
		pcm = pcm[len(piece):]
		lines := head + "X-StreamId:s\r\nPath:audio\r\n"
		message := binary.BigEndian.AppendUint16(nil, uint16(len(lines)))
		_ = wsutil.WriteServerBinary(a.conn, append(append(message, lines...), piece...))
	}
	a.text(head + "Path:turn.end\r\n\r\n{}")
}
