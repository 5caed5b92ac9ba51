package sip

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// Keys that are sent by INFO go out as the gateways that want them press them.
const (
	infoKeyLength = 100 * time.Millisecond // what Duration says
	infoKeyEvery  = 200 * time.Millisecond // from one key to the next
)

// mediaKeyEvery is how long a key and its pause take in the sound.
const mediaKeyEvery = 200 * time.Millisecond

var errHeld = errors.New("the phone holds the call, and wants to hear nothing")

// sendKeysInMedia sends keys beside the sound. A phone that holds the call is waited for, but
// not without end.
func (l *leg) sendKeysInMedia(ctx context.Context, keys []byte) error {
	patience := l.server.cfg.holdPatience + time.Duration(len(keys))*mediaKeyEvery
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errHeld)
	defer cancel()
	return l.session.SendTones(ctx, keys)
}

// sendKeysInINFO sends keys to a trunk that wants them in INFO (application/dtmf-relay,
// which no RFC describes): each after the answer to the one before.
func (l *leg) sendKeysInINFO(ctx context.Context, tones []call.Tone) error {
	for _, tone := range tones {
		next := time.NewTimer(infoKeyEvery)
		answer := make(chan error, 1)
		if !l.post(func() { l.sendKeyInINFO(tone, answer) }) {
			return errEnded
		}
		select {
		case err := <-answer:
			if err != nil {
				next.Stop()
				return err
			}
		case <-ctx.Done():
			next.Stop()
			return context.Cause(ctx)
		}
		select {
		case <-next.C:
		case <-ctx.Done():
			next.Stop()
			return context.Cause(ctx)
		}
	}
	return nil
}

// sendKeyInINFO runs on the leg's goroutine.
func (l *leg) sendKeyInINFO(tone call.Tone, answer chan<- error) {
	if l.phase != up || l.leaving != nil {
		answer <- errors.New("the call is not established")
		return
	}
	l.requestInDialog(sip.INFO, func(request *sip.Request) {
		request.AppendHeader(sip.NewHeader("Content-Type", header.KeyTypes[0]))
		request.SetBody(fmt.Appendf(nil, "Signal=%s\r\nDuration=%d\r\n", tone, infoKeyLength.Milliseconds()))
	}, func(response *sip.Response, err error) {
		switch {
		case err != nil:
			answer <- fmt.Errorf("the INFO was not answered: %w", err)
		case response.IsProvisional():
		case !response.IsSuccess():
			answer <- fmt.Errorf("the INFO was refused with %d %s", response.StatusCode, response.Reason)
		default:
			answer <- nil
		}
	})
}
