package call_test

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// BenchmarkAnsweredCall is what a call itself costs that a phone makes, an application
// answers, and the phone ends: without signalling, sound, events on the wire and disk. Its
// log takes warnings only.
func BenchmarkAnsweredCall(b *testing.B) {
	quiet := slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelWarn}))
	announced := make(lastContext, 1)
	over := make(overNews, 1)
	calls := call.NewRegistry(call.Config{
		Resource: resource, Numbers: calltest.Numbers{ourPhone}, Announcer: announced, Publisher: nobody{}, Details: over, Mixes: silence{},
	}, quiet)
	in := call.Invitation{From: phone(aPhone), To: phone(ourPhone)}
	b.ReportAllocs()
	for b.Loop() {
		leg := &promptLeg{}
		report, err := calls.Incoming(in, leg)
		if err != nil {
			b.Fatal(err)
		}
		leg.report = report
		if _, err := calls.Answer(context.Background(), <-announced, identifier.ID{}, control); err != nil {
			b.Fatal(err)
		}
		report(call.Answered{})
		report(call.Ended{Reason: call.Reason{Kind: call.EndedByPeer}})
		if ended := <-over; len(ended.Connections) != 1 || ended.Legs[0].Answered.IsZero() {
			b.Fatalf("the call was not answered: %+v", ended)
		}
	}
}

// promptLeg is a leg that does at once what it is told.
type promptLeg struct {
	call.Leg
	report func(call.Report)
}

func (*promptLeg) Ring()            {}
func (*promptLeg) Answer()          {}
func (*promptLeg) End(call.Reason)  {}
func (*promptLeg) Port() audio.Port { return deaf }

var deaf = new(calltest.Port)

type lastContext chan string

func (c lastContext) IncomingCall(in call.IncomingCall) int { c <- in.Context; return 1 }

type overNews chan call.Detail

func (o overNews) CallOver(d call.Detail) { o <- d }

type nobody struct{}

func (nobody) Publish(call.Event) {}
