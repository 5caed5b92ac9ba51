package webrtctest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/websocket"
)

// Client is a page: a session and what came in it.
type Client struct {
	Welcome *protocol.Welcome // of the last hello
	Codec   codec.Codec       // of its media: G.722 at first, or Opus
	Copies  bool              // its peers, in Opus, send redundant audio data and leave out every second packet
	Deaf    bool              // its peers count packets alone, and it acknowledges what came
	Mute    bool              // its peers send nothing before Say
	Relayed string            // its media goes by those TURN servers alone whose address has this: "transport=udp"
	Slots   int               // places for pictures that its peers have; 0: they have no lines of pictures
	Network *Network          // between its media and the server's; nil: none
	url     string
	hello   protocol.Hello

	mu      sync.Mutex
	conn    *websocket.Conn
	next    int
	last    uint64 // seq of the last event
	answers map[string]chan protocol.Message
	events  []protocol.Message
	changed chan struct{} // closed and replaced at each event
	ended   chan struct{} // closed when the socket is
	why     error
}

// Dial opens a session at ws://…/client.
func Dial(ctx context.Context, url string, hello protocol.Hello) (*Client, error) {
	hello.Version = protocol.Version
	c := &Client{Codec: codec.G722, url: url, hello: hello, answers: make(map[string]chan protocol.Message), changed: make(chan struct{})}
	return c, c.connect(ctx)
}

// Resume opens another socket of the session.
func (c *Client) Resume(ctx context.Context) error {
	c.mu.Lock()
	c.hello.Session, c.hello.LastSeq = c.Welcome.Session, int(c.last)
	c.mu.Unlock()
	return c.connect(ctx)
}

func (c *Client) connect(ctx context.Context) error {
	raw, buffered, _, err := ws.Dialer{Header: ws.HandshakeHeaderHTTP(http.Header{})}.Dial(ctx, c.url)
	if err != nil {
		return err
	}
	conn := websocket.New(raw, buffered)
	c.mu.Lock()
	c.conn, c.ended = conn, make(chan struct{})
	c.mu.Unlock()
	go c.read(conn, c.ended)
	answer, err := c.Do(ctx, &c.hello)
	if err != nil {
		return err
	}
	welcome, ok := answer.(*protocol.Welcome)
	if !ok {
		return fmt.Errorf("hello was answered with %+v", answer)
	}
	c.Welcome = welcome
	return nil
}

func (c *Client) read(conn *websocket.Conn, ended chan struct{}) {
	defer close(ended)
	for {
		_, text, err := conn.Read()
		if err != nil {
			c.mu.Lock()
			c.why = err
			c.mu.Unlock()
			return
		}
		head, m, err := protocol.DecodeServer(text)
		if err != nil {
			continue
		}
		c.mu.Lock()
		last := c.last
		if head.Re != "" {
			if waiting := c.answers[head.Re]; waiting != nil {
				delete(c.answers, head.Re)
				waiting <- m
			}
		} else if head.Seq > c.last {
			c.last = head.Seq
			c.events = append(c.events, m)
			close(c.changed)
			c.changed = make(chan struct{})
		}
		due := c.Deaf && c.last > last && c.last%acknowledgeEvery == 0
		last = c.last
		c.mu.Unlock()
		if due {
			c.acknowledge(last)
		}
	}
}

// acknowledgeEvery is after how many events a client acknowledges them, as the library does.
const acknowledgeEvery = 32

// acknowledge lets the server forget the events until one.
func (c *Client) acknowledge(seq uint64) {
	if frame, err := protocol.Encode(protocol.Head{Ack: seq}, &protocol.Ack{}); err == nil {
		_ = c.Write(frame) // fails where the socket is over
	}
}

// Cut closes the socket without a word.
func (c *Client) Cut() {
	c.mu.Lock()
	conn, ended := c.conn, c.ended
	c.mu.Unlock()
	conn.Close()
	<-ended
}

// CloseCode waits for the server to close the socket, and returns its code.
func (c *Client) CloseCode(ctx context.Context) (int, error) {
	select {
	case <-c.ended:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var closed *websocket.ClosedError
	if errors.As(c.why, &closed) {
		return int(closed.Code), nil
	}
	return 0, c.why
}

// Patience is how long a test waits for what has to come, on a busy machine.
const Patience = 90 * time.Second
