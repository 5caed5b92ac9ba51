package provider

import (
	"context"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// Connections that have spoken, or that were made when a call began, are kept for the next
// prompt: to connect takes longer than to speak.
const (
	maxSpeakers = 8
	speakerKept = 30 * time.Second
)

// azureSpeaker is a WebSocket of Azure's text to speech, which speaks one prompt after
// the other.
type azureSpeaker struct {
	azureWriter
	conn  *websocket.Conn
	since time.Time // when it was kept
}

// speakLive speaks by the WebSocket (/tts/cognitiveservices/websocket/v1): the first
// sound comes sooner than by REST.
func (a *Azure) speakLive(ctx context.Context, document, format string, rate int) (*speech.Sound, error) {
	for {
		s, kept, err := a.speaker(ctx)
		if err != nil {
			return nil, err
		}
		sound := &azureSound{azure: a, speaker: s, turn: azureID()}
		sound.detach = context.AfterFunc(ctx, func() { s.conn.Close() })
		if err = sound.begin(document, format); err == nil {
			return &speech.Sound{Rate: rate, ReadCloser: sound}, nil
		}
		sound.Close()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !kept { // one that was kept may have been closed meanwhile
			return nil, err
		}
	}
}

// speaker returns a connection that was kept, or a new one.
func (a *Azure) speaker(ctx context.Context) (s *azureSpeaker, kept bool, err error) {
	for {
		select {
		case s := <-a.speakers:
			if time.Since(s.since) < a.kept {
				return s, true, nil
			}
			s.conn.Close()
			continue
		default:
		}
		break
	}
	s, err = a.connect(ctx)
	return s, false, err
}

// connect makes a connection.
func (a *Azure) connect(ctx context.Context) (*azureSpeaker, error) {
	to := webSocket(a.routed(ctx, a.at("tts", "/cognitiveservices/websocket/v1", nil)))
	conn, err := a.open(ctx, to, http.Header{"Ocp-Apim-Subscription-Key": {string(a.cfg.Key)}, "X-ConnectionId": {azureID()}})
	if err != nil {
		return nil, err
	}
	s := &azureSpeaker{conn: conn}
	if err := s.writeJSON(conn, "speech.config", azureID(), azureConfig(0)); err != nil {
		conn.Close()
		return nil, a.ended(err)
	}
	return s, nil
}

// keep keeps a connection for a while, unless there are enough.
func (a *Azure) keep(s *azureSpeaker) {
	s.since = time.Now()
	select {
	case a.speakers <- s:
		time.AfterFunc(a.kept, a.closeIdle)
	default:
		s.conn.Close()
	}
}

// closeIdle closes the connections that were kept long enough.
func (a *Azure) closeIdle() {
	for range len(a.speakers) {
		select {
		case s := <-a.speakers:
			if time.Since(s.since) >= a.kept {
				s.conn.Close()
				continue
			}
			select {
			case a.speakers <- s:
			default:
				s.conn.Close()
			}
		default:
			return
		}
	}
}

// azureSound is a prompt that is being spoken. It is read as it is played; the service
// waits meanwhile.
type azureSound struct {
	azure   *Azure
	speaker *azureSpeaker
	turn    string
	left    []byte
	over    bool // all has come, and the connection is another one's
	closed  bool
	detach  func() bool
}

// begin asks for a prompt, and waits for its first sound.
func (s *azureSound) begin(document, format string) error {
	type object = map[string]any
	c := s.speaker.conn
	err := s.speaker.writeJSON(c, "synthesis.context", s.turn, object{"synthesis": object{
		"audio": object{
			"metadataOptions": object{"bookmarkEnabled": false, "sentenceBoundaryEnabled": false, "wordBoundaryEnabled": false, "visemeEnabled": false, "sessionEndEnabled": false},
			"outputFormat":    format,
		},
		"language": object{"autoDetection": false},
	}})
	if err == nil {
		err = s.speaker.writeText(c, "ssml", s.turn, "application/ssml+xml", []byte(document))
	}
	if err == nil {
		err = s.next()
	}
	if err == io.EOF {
		return s.azure.failed(speech.Broken, 0, "it has sent no sound", nil)
	}
	return s.azure.ended(err)
}

// next reads up to the next sound.
func (s *azureSound) next() error {
	for {
		kind, message, err := s.speaker.conn.Read()
		if err != nil {
			return err
		}
		if kind == ws.OpBinary {
			if len(message) < 2 || len(message) < 2+int(binary.BigEndian.Uint16(message)) {
				return s.azure.failed(speech.Broken, 0, "it has sent a message without a header", nil)
			}
			n := 2 + int(binary.BigEndian.Uint16(message))
			path, turn, _ := azureMessage(message[2:n])
			if path == "audio" && strings.EqualFold(turn, s.turn) && len(message) > n {
				s.left = message[n:]
				return nil
			}
			continue
		}
		if path, turn, _ := azureMessage(message); path == "turn.end" && strings.EqualFold(turn, s.turn) {
			return io.EOF
		}
	}
}

// Read implements io.Reader.
func (s *azureSound) Read(p []byte) (int, error) {
	if s.over {
		return 0, io.EOF
	}
	if len(s.left) == 0 {
		switch err := s.next(); {
		case err == io.EOF:
			s.over = true
			if s.detach() {
				s.azure.keep(s.speaker)
			}
			return 0, io.EOF
		case err != nil:
			return 0, s.azure.ended(err)
		}
	}
	n := copy(p, s.left)
	s.left = s.left[n:]
	return n, nil
}

// Close implements io.Closer. What was not spoken to its end takes its connection along.
func (s *azureSound) Close() error {
	if s.over || s.closed {
		return nil
	}
	s.closed = true
	s.detach()
	return s.speaker.conn.Close()
}
