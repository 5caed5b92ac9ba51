package delivery

import (
	"context"
	"errors"
	"fmt"
)

// Sender carries messages to one kind of destination: webhooks, queues, files.
// The scheme of a message's URL chooses it.
type Sender interface {
	// Send makes one attempt and tells how it ended: with a Status, which means
	// what it means in HTTP, or with an Err where there was no answer. It
	// returns soon after ctx ends, and is called from many goroutines at once.
	Send(ctx context.Context, p Parcel) Outcome
}

// Parcel is what one attempt carries: a message, or several of one batch, all
// of one policy, group, URL and header.
type Parcel struct {
	Messages []Message // at least one, in the order of posting
	Attempt  int       // of the first of them, counted from 1
	policy   *Policy
	target   *target // of their URL
}

// First returns the message that speaks for all: their URL and header are its.
func (p Parcel) First() *Message { return &p.Messages[0] }

// Prepare sets the header fields that the policy makes anew for each attempt.
func (p Parcel) Prepare(ctx context.Context, h Header) error {
	if p.policy == nil || p.policy.Prepare == nil {
		return nil
	}
	err := p.policy.Prepare(ctx, h, p.First(), p.Attempt)
	switch {
	case errors.Is(err, ErrNotReady):
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	case err != nil:
		return fmt.Errorf("%w: prepare: %w", errPrepare, err)
	}
	return nil
}

// Body returns the body of the attempt: the message's, or the joined ones.
func (p Parcel) Body() []byte {
	if len(p.Messages) == 1 {
		return p.Messages[0].Body
	}
	parts := make([][]byte, len(p.Messages))
	for i := range p.Messages {
		parts[i] = p.Messages[i].Body
	}
	if p.policy == nil {
		return JoinArrays(parts)
	}
	return p.policy.Join(parts)
}
