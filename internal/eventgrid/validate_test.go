package eventgrid

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

// reserved is an endpoint that answers 200 and hands the link to the test.
func reserved(t testing.TB, links chan<- url.Values) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		_, link := readValidation(t, r)
		parsed, err := url.Parse(link)
		if err != nil || parsed.Scheme+"://"+parsed.Host+parsed.Path != "https://localhost:8443/eventgrid/validate" {
			t.Errorf("link %q: %v", link, err)
		}
		links <- parsed.Query()
		return reply(200, "thanks"), nil
	}
}

func TestLinkConsentsWithinTenMinutesAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := make(chan url.Values, 1)
		g, _ := newTestGrid(t, reserved(t, links), store.InMemory())
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		link := <-links
		synctest.Wait()
		if got, problem := g.stateOf("incoming"); got != awaiting || !strings.Contains(problem, `"thanks"`) {
			t.Fatalf("state %s %q", got, problem)
		}
		time.Sleep(10*time.Minute - time.Second) // Event Grid's time
		if g.consentBy(link.Get("id"), "guess") || g.consentBy(link.Get("id"), "") || g.consentBy("", "") {
			t.Error("a wrong token consented")
		}
		if !g.consentBy(link.Get("id"), link.Get("t")) {
			t.Error("the link did not consent")
		}
		synctest.Wait()
		if g.consentBy(link.Get("id"), link.Get("t")) {
			t.Error("the link consented twice")
		}
		time.Sleep(time.Hour)
		if got, problem := g.stateOf("incoming"); got != succeeded || problem != "" {
			t.Errorf("state %s %q", got, problem)
		}
	})
}

func TestUnopenedLinkFailsAfterTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := make(chan url.Values, 1)
		g, _ := newTestGrid(t, reserved(t, links), store.InMemory())
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		link := <-links
		time.Sleep(consentTime)
		synctest.Wait()
		got, problem := g.stateOf("incoming")
		if got != failed || !strings.Contains(problem, "not opened within 10m0s") || !strings.Contains(problem, `"thanks"`) {
			t.Errorf("state %s %q", got, problem)
		}
		if g.consentBy(link.Get("id"), link.Get("t")) {
			t.Error("the link consented too late")
		}
	})
}

// TestLinkOpenedInsideTheHandlerConsents: an application may open the link
// before it has answered the event that brought it.
func TestLinkOpenedInsideTheHandlerConsents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g *Grid
		g, _ = newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			_, link := readValidation(t, r)
			query, _ := url.Parse(link)
			if !g.consentBy(query.Query().Get("id"), query.Query().Get("t")) {
				t.Error("the link did not consent")
			}
			if r.Context().Err() != nil {
				t.Error("its consent cut its own request short")
			}
			return reply(500, ""), nil
		}), store.InMemory())
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		synctest.Wait()
		if got, problem := g.stateOf("incoming"); got != succeeded {
			t.Errorf("state %s %q", got, problem)
		}
	})
}

func TestLinkSurvivesReopening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := make(chan url.Values, 1)
		backend := store.InMemory()
		g, _ := newTestGrid(t, reserved(t, links), backend)
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		link := <-links
		time.Sleep(4 * time.Minute)
		g.Close()
		again, _ := newTestGrid(t, reserved(t, links), backend)
		time.Sleep(5 * time.Minute)
		if !again.consentBy(link.Get("id"), link.Get("t")) {
			t.Error("the link did not consent")
		}
	})
}

func TestLinkOfAnEarlierUpdateIsVoid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := make(chan url.Values, 2)
		g, _ := newTestGrid(t, reserved(t, links), store.InMemory())
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		first := <-links
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/other"))
		second := <-links
		synctest.Wait()
		if g.consentBy(first.Get("id"), first.Get("t")) {
			t.Error("the first link consented to the second endpoint")
		}
		if !g.consentBy(second.Get("id"), second.Get("t")) {
			t.Error("the second link did not consent")
		}
	})
}

// TestLinkIsVoidWhenItsTimeIsOver, even where the timer has not fired: a machine
// that slept has counted less time than has passed.
func TestLinkIsVoidWhenItsTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := make(chan url.Values, 1)
		slept := time.Duration(0)
		cfg := testConfig(reserved(t, links))
		cfg.Now = func() time.Time { return time.Now().Add(slept) }
		g, err := New(cfg, store.InMemory(), &mailbox{}, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		link := <-links
		synctest.Wait()
		slept = consentTime
		if g.consentBy(link.Get("id"), link.Get("t")) {
			t.Error("the link consented too late")
		}
		slept = 0
		if !g.consentBy(link.Get("id"), link.Get("t")) {
			t.Error("the link did not consent in time")
		}
	})
}

func TestUnopenedLinkFailsAfterReopening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := make(chan url.Values, 1)
		backend := store.InMemory()
		g, _ := newTestGrid(t, reserved(t, links), backend)
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		<-links
		time.Sleep(4 * time.Minute)
		g.Close()
		again, _ := newTestGrid(t, reserved(t, links), backend)
		time.Sleep(consentTime - 4*time.Minute)
		synctest.Wait()
		if got, problem := again.stateOf("incoming"); got != failed || !strings.Contains(problem, `"thanks"`) {
			t.Errorf("state %s %q", got, problem)
		}
	})
}

// consentBy opens a link in a browser, which grants no rate.
func (g *Grid) consentBy(id, token string) bool {
	consented, err := g.consentWith(id, token, 0)
	return consented && err == nil
}

// refusingDisk is records that cannot be written for a while.
type refusingDisk struct {
	records
	full atomic.Bool
}

func (d *refusingDisk) Put(ctx context.Context, id string, sub Subscription) error {
	if d.full.Load() {
		return fault.Busy(time.Second, "the disk is full")
	}
	return d.records.Put(ctx, id, sub)
}

// TestConsentByLinkIsStoredBeforeItIsAcknowledged: while it cannot be stored, who opens the
// link is told so, and may open it again.
func TestConsentByLinkIsStoredBeforeItIsAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links, backend := make(chan url.Values, 1), store.InMemory()
		kept, err := store.NewCollection(backend, storedSubscriptions)
		if err != nil {
			t.Fatal(err)
		}
		disk := &refusingDisk{records: kept}
		g, err := open(testConfig(reserved(t, links)), disk, &mailbox{}, quiet())
		if err != nil {
			t.Fatal(err)
		}
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		link := <-links
		synctest.Wait()
		disk.full.Store(true)
		if consented, err := g.consentWith(link.Get("id"), link.Get("t"), 0); consented || !fault.Is(err, fault.KindBusy) {
			t.Errorf("consented: %v, %v", consented, err)
		}
		if got, _ := g.stateOf("incoming"); got != awaiting {
			t.Errorf("state %s", got)
		}
		disk.full.Store(false)
		if !g.consentBy(link.Get("id"), link.Get("t")) {
			t.Error("the link did not consent once there was room")
		}
		g.Close()
		again, _ := newTestGrid(t, reserved(t, links), backend)
		if got, problem := again.stateOf("incoming"); got != succeeded {
			t.Errorf("after a restart: %s %q", got, problem)
		}
	})
}
