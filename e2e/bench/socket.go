package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// voices is an application's end of media streams: each of them is heard, and
// speaks.
type voices struct {
	listener net.Listener
	echoing  bool // says something whenever a frame comes: the stream carries sound both ways
	work     sync.WaitGroup

	mu   sync.Mutex
	open map[string]*voice // by callConnectionId
}

// voice is one stream. What it says is written as a whole message at a time.
type voice struct {
	conn net.Conn
	loud chan time.Time // when loud sound arrived after silence
}

func newVoices(echoing bool) (*voices, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	v := &voices{listener: listener, echoing: echoing, open: map[string]*voice{}}
	v.work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			v.work.Go(func() { v.serve(conn) })
		}
	})
	return v, nil
}

// close ends after the server, which closes the streams.
func (v *voices) close() {
	v.listener.Close()
	v.mu.Lock()
	for _, one := range v.open {
		one.conn.Close()
	}
	v.mu.Unlock()
	v.work.Wait()
}

func (v *voices) url() string { return "ws://" + v.listener.Addr().String() }

// options are the mediaStreamingOptions that lead here.
func (v *voices) options() map[string]any {
	return map[string]any{
		"transportUrl": v.url(), "transportType": "websocket", "contentType": "audio",
		"audioChannelType": "mixed", "audioFormat": "pcm16KMono", "enableBidirectional": true, "startMediaStreaming": true,
	}
}

// of is the stream of a connection.
func (v *voices) of(connection string) *voice {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.open[connection]
}

func (v *voices) serve(conn net.Conn) {
	defer conn.Close()
	one := &voice{conn: conn, loud: make(chan time.Time, 16)}
	shake := ws.Upgrader{OnHeader: func(key, value []byte) error {
		if bytes.EqualFold(key, []byte("x-ms-call-connection-id")) {
			v.mu.Lock()
			v.open[string(value)] = one
			v.mu.Unlock()
		}
		return nil
	}}
	if _, err := shake.Upgrade(conn); err == nil {
		one.hear(v.echoing)
	}
}

// hear reads messages until the stream ends.
func (one *voice) hear(echoing bool) {
	in, last := bufio.NewReader(one.conn), time.Time{}
	var message [4 << 10]byte
	var sound pcm
	for {
		header, err := ws.ReadHeader(in)
		if err != nil || header.Length > int64(len(message)) {
			return
		}
		payload := message[:header.Length]
		if _, err := io.ReadFull(in, payload); err != nil {
			return
		}
		now := time.Now()
		ws.Cipher(payload, header.Mask, 0)
		if header.OpCode != ws.OpText || !sound.read(payload) {
			continue
		}
		if echoing {
			one.conn.Write(quietly)
		}
		if slices.Max(sound.samples[:]) > loudSample {
			if now.Sub(last) > 100*time.Millisecond {
				one.loud <- now
			}
			last = now
		}
	}
}

// pcm is the sound of a message.
type pcm struct {
	bytes   [640]byte
	samples [320]int16
}

// read reports whether the message is 20 ms of sound at 16 kHz.
func (p *pcm) read(message []byte) bool {
	_, rest, found := bytes.Cut(message, []byte(`"data":"`))
	end := bytes.IndexByte(rest, '"')
	if !found || end != base64.StdEncoding.EncodedLen(len(p.bytes)) {
		return false
	}
	if _, err := base64.StdEncoding.Decode(p.bytes[:], rest[:end]); err != nil {
		return false
	}
	for i := range p.samples {
		p.samples[i] = int16(binary.LittleEndian.Uint16(p.bytes[2*i:]))
	}
	return true
}

// said is a message of the application: sound of a length and level, as a frame of
// WebSocket.
func said(length time.Duration, level float64) []byte {
	sound, _ := binary.Append(nil, binary.LittleEndian, audiotest.Tone(16000, length, level, 1000))
	return frame(`{"kind":"AudioData","audioData":{"data":"` + base64.StdEncoding.EncodeToString(sound) + `"}}`)
}

func frame(text string) []byte {
	return ws.MustCompileFrame(ws.NewTextFrame([]byte(text)))
}

var (
	quietly = said(packetTime, -40)
	loudly  = said(packetTime, -3)
	atLarge = said(2*time.Second, -3)
	stopNow = frame(`{"kind":"StopAudio","stopAudio":{}}`)
)
