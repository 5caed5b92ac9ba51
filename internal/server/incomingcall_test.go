package server

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/mixer"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/store"
)

const aResource = "11111111-2222-4333-8444-555555555555"

var (
	ourPhone   = mustPhone("+15550100001")
	ourOther   = mustPhone("+15550100002")
	somePhone  = mustPhone("+15551230001")
	caller     = identifier.NewUser(aResource)
	callee     = identifier.NewUser(aResource)
	substitute = identifier.NewUser(aResource)
)

func mustPhone(number string) identifier.ID {
	id, err := identifier.Phone(number)
	if err != nil {
		panic(err)
	}
	return id
}

// switchboard is calls and Event Grid as the server joins them, among fakes: no
// wire, no disk, one subscription to IncomingCall.
type switchboard struct {
	*testing.T
	calls *call.Registry
	mu    sync.Mutex
	rung  []incoming
	next  chan incoming
}

// incoming is what an application reads in an IncomingCall event.
type incoming struct {
	From                struct{ RawID string }
	To                  struct{ RawID string }
	IncomingCallContext string
}

// Post is Event Grid handing over events that match.
func (s *switchboard) Post(messages ...delivery.Message) {
	for _, m := range messages {
		var events []struct{ Data incoming }
		if err := json.Unmarshal(m.Body, &events); err != nil || len(events) != 1 {
			s.Errorf("%v: %s", err, m.Body)
			continue
		}
		s.mu.Lock()
		s.rung = append(s.rung, events[0].Data)
		s.mu.Unlock()
		s.next <- events[0].Data
	}
}

// Drop is Event Grid forgetting a subscription.
func (s *switchboard) ForgetSubscription(string) {}

// EndProbation is Event Grid telling of a consent.
func (s *switchboard) EndProbation(string, string) {}

// story lists who called whom: "from>to".
func (s *switchboard) story() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range s.rung {
		list = append(list, in.From.RawID+">"+in.To.RawID)
	}
	return list
}

// roundTrip is a transport that needs no network.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// consenting answers the validation handshake, and gives the rest to events.
func consenting(events roundTrip) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("aeg-event-type") != "SubscriptionValidation" {
			return events(r)
		}
		var asked []struct {
			Data struct{ ValidationCode string }
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			return nil, err
		}
		return answerOf(200, `{"validationResponse":"`+asked[0].Data.ValidationCode+`"}`), nil
	}
}

func answerOf(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// gridWith opens a Grid with one subscription that has consented.
func gridWith(t *testing.T, poster eventgrid.Poster, transport http.RoundTripper, properties string) *eventgrid.Grid {
	t.Helper()
	grid, err := eventgrid.New(eventgrid.Config{
		SubscriptionID: resource.ARMSubscription, ResourceGroup: resource.ARMGroup, ResourceName: resource.ARMName,
		PublicBase: func() string { return "https://localhost:8443" }, Transport: transport,
	}, store.InMemory(), poster, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(grid.Close)
	declared, err := eventgrid.Declare("incoming", []byte(`{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://app.test/events"}}`+properties+`}`), eventgrid.Destinations{})
	if err != nil {
		t.Fatal(err)
	}
	grid.Apply([]eventgrid.Declared{declared})
	synctest.Wait()
	return grid
}

const incomingOnly = `,"filter":{"includedEventTypes":["Microsoft.Communication.IncomingCall"]}`

// atSwitchboard runs a test in a bubble of its own time, and ends its calls.
func atSwitchboard(t *testing.T, properties string, test func(*switchboard)) {
	synctest.Test(t, func(t *testing.T) {
		s := &switchboard{T: t, next: make(chan incoming, 64)}
		log := slog.New(slog.DiscardHandler)
		engine := mixer.New(mixer.Config{GoClock: true}, log)
		grid := gridWith(t, s, consenting(func(*http.Request) (*http.Response, error) { return answerOf(500, ""), nil }), properties)
		s.calls = call.NewRegistry(call.Config{
			Resource: aResource, Dialers: call.Dialers{Numbers: calltest.NewDialer()}, Numbers: calltest.Numbers{ourPhone.Number(), ourOther.Number()},
			Announcer: announcer{grid}, Publisher: &calltest.Publisher{}, Mixes: calltest.MixesOf(engine),
		}, log)
		test(s)
		now, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.calls.Stop(now, t.Context()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		engine.Close()
	})
}

var control = call.Control{CallbackURI: "http://app.test/callback", Version: "2026-03-12"}

// must takes the result of what may not fail.
func must[V any](s *switchboard) func(V, error) V {
	return func(v V, err error) V {
		s.Helper()
		if err != nil {
			s.Fatal(err)
		}
		return v
	}
}

// called lets an application call somebody in the name of an identity.
func (s *switchboard) called(to identifier.ID) incoming {
	s.Helper()
	c := call.Create{Source: caller, Targets: []identifier.ID{to}, Control: control}
	if to.Kind() == identifier.PhoneNumber {
		c.CallerID = ourOther
	}
	must[call.Properties](s)(s.calls.Create(s.Context(), c))
	return <-s.next
}

// phoned lets a phone call our number.
func (s *switchboard) phoned() incoming {
	s.Helper()
	leg := calltest.Inbound()
	report, err := s.calls.Incoming(call.Invitation{From: somePhone, To: ourPhone}, leg)
	if err != nil {
		s.Fatal(err)
	}
	leg.Told(report)
	return <-s.next
}

// answer takes a call that rings and returns the application's connection.
func (s *switchboard) answer(in incoming) *call.Connection {
	s.Helper()
	p := must[call.Properties](s)(s.calls.Answer(s.Context(), in.IncomingCallContext, identifier.ID{}, control))
	synctest.Wait()
	return must[*call.Connection](s)(s.calls.Connection(p.ID))
}

func (s *switchboard) redirect(in incoming, to identifier.ID) {
	s.Helper()
	if err := s.calls.Redirect(s.Context(), in.IncomingCallContext, call.Redirect{Target: to}); err != nil {
		s.Fatal(err)
	}
}

func (s *switchboard) add(to *call.Connection, who, callerID identifier.ID) {
	s.Helper()
	must[string](s)(to.Add(s.Context(), call.Add{Who: who, CallerID: callerID}))
}

func (s *switchboard) transfer(of *call.Connection, to, callerID identifier.ID) {
	s.Helper()
	if err := of.Transfer(s.Context(), call.Transfer{Target: to, CallerID: callerID}); err != nil {
		s.Fatal(err)
	}
}

// TestIncomingCallScenarios has the rows of "Incoming call concepts": what
// raises the event, from whom and to whom. Who is called by an application's
// identity on a phone number sees the number it calls with.
func TestIncomingCallScenarios(t *testing.T) {
	nobody := identifier.ID{}
	for _, test := range []struct {
		name string
		do   func(*switchboard)
		want [][2]identifier.ID
	}{
		{"identity to identity, call", func(s *switchboard) { s.called(callee) },
			[][2]identifier.ID{{caller, callee}}},
		{"identity to identity, redirect", func(s *switchboard) { s.redirect(s.called(callee), substitute) },
			[][2]identifier.ID{{caller, callee}, {caller, substitute}}},
		{"identity to identity, add participant", func(s *switchboard) { s.add(s.answer(s.called(callee)), substitute, nobody) },
			[][2]identifier.ID{{caller, callee}, {callee, substitute}}},
		{"identity to identity, transfer", func(s *switchboard) { s.transfer(s.answer(s.called(callee)), substitute, nobody) },
			[][2]identifier.ID{{caller, callee}, {caller, substitute}}},

		{"identity to own number, call", func(s *switchboard) { s.called(ourPhone) },
			[][2]identifier.ID{{ourOther, ourPhone}}},
		{"identity to own number, redirect", func(s *switchboard) { s.redirect(s.called(callee), ourPhone) },
			[][2]identifier.ID{{caller, callee}, {caller, ourPhone}}},
		{"identity to own number, add participant", func(s *switchboard) { s.add(s.answer(s.called(callee)), ourPhone, ourOther) },
			[][2]identifier.ID{{caller, callee}, {ourOther, ourPhone}}},
		{"identity to own number, transfer", func(s *switchboard) { s.transfer(s.answer(s.called(callee)), ourPhone, ourOther) },
			[][2]identifier.ID{{caller, callee}, {ourOther, ourPhone}}},

		{"phone to own number, call", func(s *switchboard) { s.phoned() },
			[][2]identifier.ID{{somePhone, ourPhone}}},
		{"phone to own number, redirect", func(s *switchboard) { s.redirect(s.phoned(), ourOther) },
			[][2]identifier.ID{{somePhone, ourPhone}, {somePhone, ourOther}}},
		{"phone to own number, add participant", func(s *switchboard) { s.add(s.answer(s.phoned()), ourOther, somePhone) },
			[][2]identifier.ID{{somePhone, ourPhone}, {somePhone, ourOther}}},
		{"phone to own number, transfer", func(s *switchboard) { s.transfer(s.answer(s.phoned()), ourOther, nobody) },
			[][2]identifier.ID{{somePhone, ourPhone}, {somePhone, ourOther}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			atSwitchboard(t, incomingOnly, func(s *switchboard) {
				test.do(s)
				synctest.Wait()
				var want []string
				for _, pair := range test.want {
					want = append(want, pair[0].Raw()+">"+pair[1].Raw())
				}
				if got := s.story(); !reflect.DeepEqual(got, want) {
					t.Errorf("events:\n got %s\nwant %s", got, want)
				}
			})
		})
	}
}

// TestRecommendedRetryPolicyOutlivesNoCall: with two attempts in one minute, as
// the documentation recommends, nobody hears of a call that no longer rings.
func TestRecommendedRetryPolicyOutlivesNoCall(t *testing.T) {
	const recommended = incomingOnly + `,"retryPolicy":{"maxDeliveryAttempts":2,"eventTimeToLiveInMinutes":1}`
	for _, test := range []struct {
		name   string
		answer func() *http.Response
		tries  int
		reason string
	}{
		{"an endpoint that fails is asked twice", func() *http.Response { return answerOf(500, "") }, 2, delivery.ReasonAttempts},
		{"one that asks for two minutes is asked once", func() *http.Response {
			busy := answerOf(503, "")
			busy.Header.Set("Retry-After", "120")
			return busy
		}, 1, delivery.ReasonTime},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				var tries []time.Duration
				transport := consenting(func(*http.Request) (*http.Response, error) {
					tries = append(tries, time.Since(begun))
					return test.answer(), nil
				})
				engine := delivery.New(delivery.Config{
					Policies: map[string]delivery.Policy{eventgrid.PolicyName: eventgrid.Policy(nil)}, Client: &http.Client{Transport: transport},
				}, journal.InMemory(), slog.New(slog.DiscardHandler))
				if _, err := engine.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				grid := gridWith(t, engine, transport, recommended)
				grid.IncomingCall(eventgrid.IncomingCall{From: somePhone, To: ourPhone, ServerCallID: "call", At: time.Now()})
				time.Sleep(25 * time.Hour)
				synctest.Wait()
				if len(tries) != test.tries || tries[len(tries)-1] > time.Minute {
					t.Errorf("attempts after %v", tries)
				}
				last := engine.Attempts(history.Filter{Result: history.Expired}, 1)
				if len(last) != 1 || last[0].Reason != test.reason {
					t.Errorf("ended as %+v", last)
				}
				if err := engine.Stop(context.Background()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestFilterOnTheNumberKeepsRedirectsAway is the documented trap: without a
// filter the redirected call rings the application once more.
func TestFilterOnTheNumberKeepsRedirectsAway(t *testing.T) {
	const onNumber = `,"filter":{"includedEventTypes":["Microsoft.Communication.IncomingCall"],
		"advancedFilters":[{"operatorType":"StringBeginsWith","key":"data.to.PhoneNumber.Value","values":["+15550100001"]}]}`
	for properties, want := range map[string]int{incomingOnly: 2, onNumber: 1} {
		atSwitchboard(t, properties, func(s *switchboard) {
			s.redirect(s.phoned(), callee)
			synctest.Wait()
			if got := s.story(); len(got) != want {
				t.Errorf("%s\n%d events: %s", properties, len(got), got)
			}
		})
	}
}
