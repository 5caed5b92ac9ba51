package provider

import (
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// protocol is how a vendor writes sound and results on a WebSocket. Its methods belong
// to one goroutine.
type protocol interface {
	// begin says what comes before the first sound.
	begin(c *websocket.Conn) error
	// ready is how long the next sound has to wait; below zero: for a message.
	ready() time.Duration
	// sound sends the next 100 ms, or less at the end.
	sound(c *websocket.Conn, offset time.Duration, samples []int16) error
	// finish says that the utterance is over.
	finish(c *websocket.Conn) error
	// tick is called every tickEvery. Quiet is for how long no sound was sent.
	tick(c *websocket.Conn, quiet time.Duration) ([]speech.Result, error)
	// take reads a message.
	take(c *websocket.Conn, kind ws.OpCode, message []byte) ([]speech.Result, error)
	// end says that nothing follows.
	end(c *websocket.Conn)
}

// patient has what most protocols do not need.
type patient struct{}

func (patient) begin(*websocket.Conn) error                                  { return nil }
func (patient) ready() time.Duration                                         { return 0 }
func (patient) tick(*websocket.Conn, time.Duration) ([]speech.Result, error) { return nil, nil }
func (patient) end(*websocket.Conn)                                          {}
