package eventgrid

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

func declare(t *testing.T, name, endpoint, more string) Declared {
	t.Helper()
	d, err := Declare(name, []byte(`{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"`+endpoint+`"}}`+more+`}`), Destinations{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDeclaredSubscriptionIsMadeOnceAndUpdatedWhenDifferent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		transport := roundTrip(func(r *http.Request) (*http.Response, error) { asked.Add(1); return willing(t)(r) })
		backend := store.InMemory()
		start := func(list ...Declared) *Grid {
			g, _ := newTestGrid(t, transport, backend)
			g.Apply(list)
			synctest.Wait()
			return g
		}
		incoming := declare(t, "incoming", "http://a/events", `,"filter":{"includedEventTypes":["`+typeIncomingCall+`"]}`)
		start(incoming, declare(t, "another", "http://b/events", "")).Close()
		if n := asked.Load(); n != 2 {
			t.Errorf("first start: %d handshakes", n)
		}
		start(incoming).Close()
		if n := asked.Load(); n != 2 {
			t.Errorf("second start: %d handshakes", n)
		}
		g := start(declare(t, "Incoming", "http://c/events", ""))
		if sub, _ := g.view.Load().find("incoming"); asked.Load() != 3 || sub.State != succeeded || sub.Active.Endpoint != "http://c/events" || len(sub.Active.Filter.Types) != 0 {
			t.Errorf("after a change: %d handshakes, %+v", asked.Load(), sub)
		}
		if !g.Has("another") {
			t.Error("a subscription that is not declared any more was deleted")
		}
	})
}

func TestDeclaredSubscriptionIsTriedUntilItsEndpointIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		g, _ := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			if asked.Add(1) < 4 {
				return reply(503, "starting"), nil
			}
			return willing(t)(r)
		}), store.InMemory())
		g.Apply([]Declared{declare(t, "incoming", "http://a/events", "")})
		synctest.Wait()
		if got, problem := g.stateOf("incoming"); got != failed || !strings.Contains(problem, "503 Service Unavailable") {
			t.Errorf("at first %s %q", got, problem)
		}
		time.Sleep(redeclare.First * (1 + 2 + 4))
		synctest.Wait()
		if got, problem := g.stateOf("incoming"); got != succeeded || asked.Load() != 4 {
			t.Errorf("after %d handshakes: %s %q", asked.Load(), got, problem)
		}
		time.Sleep(time.Hour)
		if n := asked.Load(); n != 4 {
			t.Errorf("%d handshakes although it succeeded", n)
		}
	})
}

func TestDeclarationGivesWayToSomebodyElsesChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var others atomic.Int32
		g, _ := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "a" {
				return reply(500, ""), nil
			}
			others.Add(1)
			return willing(t)(r)
		}), store.InMemory())
		g.Apply([]Declared{declare(t, "incoming", "http://a/events", "")})
		time.Sleep(time.Second)
		g.subscribe(t, "incoming", to("http://b/events"))
		time.Sleep(time.Hour)
		if sub, _ := g.view.Load().find("incoming"); sub.State != succeeded || sub.Active.Endpoint != "http://b/events" || others.Load() != 1 {
			t.Errorf("got %+v after %d handshakes", sub, others.Load())
		}
	})
}

func TestDeclarationsThatAreRefused(t *testing.T) {
	for _, test := range [][3]string{
		{"in", `{}`, "3 to 64"},
		{"incoming", `{}`, "destination is missing"},
		{"incoming", `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"ftp://x"}}}`, "https://"},
		{"incoming", `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://x"}},"filter":{"includedEventTypes":["CallEnded"]}}`, "CallEnded"},
		{"incoming", `{"labels":1}`, "labels"},
		{"incoming", `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://x"}},"deadLetterDestination":{"endpointType":"Queue"}}`, "StorageBlob"},
	} {
		if _, err := Declare(test[0], []byte(test[1]), Destinations{}); err == nil || !strings.Contains(err.Error(), test[2]) {
			t.Errorf("%s %s: %v", test[0], test[1], err)
		}
	}
}
