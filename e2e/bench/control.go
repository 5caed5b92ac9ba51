package main

import (
	"context"
	"fmt"
	"time"
)

// attempts is how often each operation of the control run is made.
const attempts = 50

// control measures operations on calls: from the request to the callback that
// ends it, with phones that answer at once.
func (b *bench) control(ctx context.Context) error {
	return b.trunkStage(ctx, func(_ *server, a *application, _ *crowd) error {
		var adding, transferring times
		for n := range attempts {
			took, moved, err := a.addAndTransfer(ctx, n)
			if err != nil {
				return err
			}
			adding, transferring = append(adding, took), append(transferring, moved)
		}
		b.row("add a participant", adding.String(), "p50 / p99 / longest of %d, from the request over TLS to AddParticipantSucceeded; the phone answers at once", attempts)
		b.row("transfer a call", transferring.String(), "the same, to CallTransferAccepted")
		return nil
	})
}

// addAndTransfer calls a phone, adds another one, and hangs up; then it calls one
// and transfers it to another.
func (a *application) addAndTransfer(ctx context.Context, n int) (adding, transferring time.Duration, err error) {
	connection, err := a.callPhone(ctx, farNumber(4*n))
	if err != nil {
		return 0, 0, err
	}
	added := a.watch("AddParticipantSucceeded")
	adding, err = a.timed(ctx, added, "calling/callConnections/"+connection+"/participants:add", map[string]any{
		"participantToAdd": phoneNumber(farNumber(4*n + 1)), "sourceCallerIdNumber": map[string]string{"value": ourNumber},
	})
	if err != nil {
		return 0, 0, err
	}
	if _, err := a.post("calling/callConnections/"+connection+":terminate", nil); err != nil {
		return 0, 0, err
	}
	if connection, err = a.callPhone(ctx, farNumber(4*n+2)); err != nil {
		return 0, 0, err
	}
	accepted := a.watch("CallTransferAccepted")
	transferring, err = a.timed(ctx, accepted, "calling/callConnections/"+connection+":transferToParticipant", map[string]any{
		"targetParticipant": phoneNumber(farNumber(4*n + 3)), "sourceCallerIdNumber": map[string]string{"value": ourNumber},
	})
	return adding, transferring, err
}

// callPhone calls a number and returns the connection once it is up.
func (a *application) callPhone(ctx context.Context, number string) (string, error) {
	connected := a.watch("CallConnected")
	answer, err := a.post("calling/callConnections", map[string]any{
		"targets": []any{phoneNumber(number)}, "sourceCallerIdNumber": map[string]string{"value": ourNumber}, "callbackUri": a.hooks.url("/callbacks"),
	})
	if err != nil {
		return "", err
	}
	connection, err := created(answer)
	if err != nil {
		return "", err
	}
	for {
		e, err := next(ctx, connected, "CallConnected")
		if err != nil || e.connection == connection {
			return connection, err
		}
	}
}

// timed makes a request and waits for the event that ends its operation.
func (a *application) timed(ctx context.Context, ended <-chan event, path string, body map[string]any) (time.Duration, error) {
	body["operationContext"] = fmt.Sprint(time.Now().UnixNano())
	began := time.Now()
	if _, err := a.post(path, body); err != nil {
		return 0, err
	}
	for {
		e, err := next(ctx, ended, "event that ends "+path)
		if err != nil || e.context == body["operationContext"] {
			return e.at.Sub(began), err
		}
	}
}
