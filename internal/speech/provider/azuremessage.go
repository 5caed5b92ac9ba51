package provider

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gobwas/ws"
	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/websocket"
)

// azureWriter writes the messages of Azure Speech's WebSockets: a header of lines and a
// body.
type azureWriter struct{ out []byte }

// writeJSON sends a text message of JSON.
func (w *azureWriter) writeJSON(c *websocket.Conn, path, turn string, body any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return w.writeText(c, path, turn, "application/json; charset=utf-8", content)
}

// writeText sends a text message of any type.
func (w *azureWriter) writeText(c *websocket.Conn, path, turn, contentType string, content []byte) error {
	w.out = w.head(w.out[:0], path, turn, contentType)
	w.out = append(append(w.out, "\r\n"...), content...)
	return c.Write(ws.OpText, w.out)
}

// writeAudio sends a binary message: the length of its header, the header, sound.
func (w *azureWriter) writeAudio(c *websocket.Conn, turn, contentType string, sound []byte) error {
	w.out = w.head(append(w.out[:0], 0, 0), "audio", turn, contentType)
	binary.BigEndian.PutUint16(w.out, uint16(len(w.out)-2))
	return c.Write(ws.OpBinary, append(w.out, sound...))
}

// head appends the header of a message.
func (w *azureWriter) head(dst []byte, path, turn, contentType string) []byte {
	dst = fmt.Appendf(dst, "Path: %s\r\nX-RequestId: %s\r\nX-Timestamp: %s\r\n", path, turn, azureTime(time.Now()))
	if contentType != "" {
		dst = fmt.Appendf(dst, "Content-Type: %s\r\n", contentType)
	}
	return dst
}

// azureConfig is the first message of a connection: who speaks, and at which rate in Hz;
// 0: nobody does.
func azureConfig(rate int) any {
	type object = map[string]any
	context := object{
		"system": object{"name": "switchhook", "version": "1", "build": "Go", "lang": "Go"},
		"os":     object{"platform": "Linux", "name": "Linux", "version": ""},
	}
	if rate == 0 {
		return object{"context": context}
	}
	context["audio"] = object{"source": object{"bitspersample": 16, "channelcount": 1, "connectivity": "Unknown", "manufacturer": "", "model": "", "samplerate": rate, "type": "Stream"}}
	return object{"context": context, "recognition": "conversation"}
}

// azureMessage takes a text message apart: header lines, an empty line, JSON.
func azureMessage(message []byte) (path, turn string, body []byte) {
	head, body, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(head), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.ToLower(strings.TrimSpace(name)) {
		case "path":
			path = strings.ToLower(value)
		case "x-requestid":
			turn = value
		}
	}
	return path, turn, body
}

// azureID is an id as the service wants it: 32 hexadecimal digits.
func azureID() string { return strings.ToUpper(strings.ReplaceAll(uuid.NewString(), "-", "")) }

func azureTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
