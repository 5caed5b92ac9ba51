package webrtctest

import (
	"context"
	"errors"
	"fmt"

	"github.com/gobwas/ws"
	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Do sends a request and waits for its answer.
func (c *Client) Do(ctx context.Context, m protocol.Message) (protocol.Message, error) {
	c.mu.Lock()
	c.next++
	id := fmt.Sprint(c.next)
	c.mu.Unlock()
	return c.DoAs(ctx, id, m)
}

// DoAs does so under an id of the test's.
func (c *Client) DoAs(ctx context.Context, id string, m protocol.Message) (protocol.Message, error) {
	answer := make(chan protocol.Message, 1)
	c.mu.Lock()
	c.answers[id] = answer
	ended := c.ended
	c.mu.Unlock()
	frame, err := protocol.Encode(protocol.Head{ID: id}, m)
	if err != nil {
		return nil, err
	}
	if err := c.Write(frame); err != nil {
		return nil, err
	}
	select {
	case m := <-answer:
		return m, nil
	case <-ended:
		c.mu.Lock()
		defer c.mu.Unlock()
		return nil, fmt.Errorf("the socket was closed: %w", c.why)
	case <-ctx.Done():
		return nil, fmt.Errorf("no answer to %s: %w", m.Type(), context.Cause(ctx))
	}
}

// Write writes a frame as it is.
func (c *Client) Write(frame []byte) error {
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	return conn.Write(ws.OpText, frame)
}

// Join joins a call by a name, with media.
func (c *Client) Join(ctx context.Context, m protocol.CallJoin) (*Peer, error) {
	m.Call = uuid.NewString()
	return c.enter(ctx, &m, m.Call)
}

// Start calls somebody, with media.
func (c *Client) Start(ctx context.Context, m protocol.CallStart) (*Peer, error) {
	m.Call = uuid.NewString()
	return c.enter(ctx, &m, m.Call)
}

// Accept takes the call that rings, with media.
func (c *Client) Accept(ctx context.Context) (*Peer, error) {
	incoming, err := Wait(ctx, c, func(*protocol.Incoming) bool { return true })
	if err != nil {
		return nil, err
	}
	call := incoming.Incoming.Call
	return c.enter(ctx, &protocol.CallAccept{Call: call}, call)
}

// enter sends a request that lets the client into a call, and connects its media.
func (c *Client) enter(ctx context.Context, m protocol.Message, call string) (*Peer, error) {
	answer, err := c.Do(ctx, m)
	if err != nil {
		return nil, err
	}
	if _, ok := answer.(*protocol.OK); !ok {
		return nil, &Refused{answer}
	}
	return c.Connect(ctx, call)
}

// Refused is a request that was refused.
type Refused struct{ Answer protocol.Message }

// Error tells the answer.
func (r *Refused) Error() string { return fmt.Sprintf("refused: %+v", r.Answer) }

// Codes are the code and the subCode of a refusal; zero for any other error.
func Codes(err error) (code, subCode int) {
	var refused *Refused
	if errors.As(err, &refused) {
		if m, is := refused.Answer.(*protocol.Refusal); is {
			return m.Code, m.SubCode
		}
	}
	return 0, 0
}
