package eventgrid

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

const armBase = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/calls/providers/Microsoft.Communication" +
	"/communicationServices/demo/providers/Microsoft.EventGrid/eventSubscriptions"

// gate lets senders in who bring the word.
type gate struct{}

func (gate) Authenticate(r *http.Request, _ auth.Body, _ auth.Scope) (auth.Principal, error) {
	if r.Header.Get("Authorization") == "" {
		return auth.Principal{}, &auth.Denial{Reason: "no word"}
	}
	return auth.Principal{Administrator: true}, nil
}

// serve returns a Grid's REST interface.
func serve(g *Grid) *rest.Router {
	rt := rest.New(rest.Config{Auth: gate{}, Log: quiet()})
	g.Routes(rt)
	return rt
}

// call makes a request and decodes its answer into a map.
func call(t testing.TB, h http.Handler, method, target, body string) (int, map[string]any, http.Header) {
	t.Helper()
	if !strings.Contains(target, "?") {
		target += "?api-version=2022-06-15"
	}
	r := httptest.NewRequest(method, "https://localhost:8443"+target, strings.NewReader(body))
	r.Header.Set("Authorization", "word")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var got map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s %s answered %q", method, target, w.Body)
		}
	}
	return w.Code, got, w.Header()
}

// at digs into decoded JSON.
func at(v any, path string) any {
	for _, name := range strings.Split(path, ".") {
		inner, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = inner[name]
	}
	return v
}

func TestSubscriptionOverREST(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, willing(t), store.InMemory())
		h := serve(g)
		body := `{"properties":` + webhook(`,"labels":["blue"],"retryPolicy":{"maxDeliveryAttempts":2,"eventTimeToLiveInMinutes":1},"filter":{"includedEventTypes":["Microsoft.Communication.IncomingCall"]}`) + `}`
		status, got, header := call(t, h, "PUT", armBase+"/Incoming", body)
		if status != 201 || at(got, "properties.provisioningState") != "Creating" || header.Get("Retry-After") != "1" {
			t.Fatalf("PUT answered %d %v", status, got)
		}
		synctest.Wait()
		status, got, _ = call(t, h, "GET", armBase+"/incoming", "")
		for path, want := range map[string]any{
			"id":                                  armBase + "/Incoming",
			"name":                                "Incoming",
			"type":                                "Microsoft.EventGrid/eventSubscriptions",
			"error":                               nil,
			"properties.provisioningState":        "Succeeded",
			"properties.topic":                    strings.TrimSuffix(armBase, "/providers/Microsoft.EventGrid/eventSubscriptions"),
			"properties.eventDeliverySchema":      "EventGridSchema",
			"properties.destination.endpointType": "WebHook",
			"properties.destination.properties.endpointBaseUrl": "https://app.example/events",
			"properties.destination.properties.endpointUrl":     nil,
			"properties.retryPolicy.maxDeliveryAttempts":        2.0,
			"properties.retryPolicy.eventTimeToLiveInMinutes":   1.0,
			"properties.filter.isSubjectCaseSensitive":          false,
		} {
			if at(got, path) != want {
				t.Errorf("%s is %v, want %v", path, at(got, path), want)
			}
		}
		if text, _ := json.Marshal(got); status != 200 || strings.Contains(string(text), "hush") {
			t.Errorf("GET answered %d %s", status, text)
		}
		if status, got, _ = call(t, h, "POST", armBase+"/incoming/getFullUrl", ""); status != 200 || got["endpointUrl"] != "https://app.example/events?code=hush" {
			t.Errorf("getFullUrl answered %d %v", status, got)
		}
		g.IncomingCall(incomingCalls(t)["pstn-to-number"])
		if m := box.posted[0]; m.MaxAttempts != 2 || m.TTL.Minutes() != 1 || m.URL != "https://app.example/events?code=hush" {
			t.Errorf("posted %+v", m)
		}
		if status, _, _ = call(t, h, "DELETE", armBase+"/INCOMING", ""); status != 200 {
			t.Errorf("DELETE answered %d", status)
		}
		if status, _, _ = call(t, h, "DELETE", armBase+"/incoming", ""); status != 204 {
			t.Errorf("a second DELETE answered %d", status)
		}
		if status, got, _ = call(t, h, "GET", armBase+"/incoming", ""); status != 404 || at(got, "error.code") != "ResourceNotFound" {
			t.Errorf("GET after DELETE answered %d %v", status, got)
		}
	})
}

func TestFailureIsReadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := newTestGrid(t, roundTrip(func(*http.Request) (*http.Response, error) { return reply(404, "no route"), nil }), store.InMemory())
		h := serve(g)
		call(t, h, "PUT", armBase+"/incoming", `{"properties":`+webhook("")+`}`)
		synctest.Wait()
		_, got, _ := call(t, h, "GET", armBase+"/incoming", "")
		if at(got, "properties.provisioningState") != "Failed" {
			t.Errorf("answered %v", got)
		}
		for _, path := range []string{"error", "properties.provisioningError"} {
			message, _ := at(got, path+".message").(string)
			if at(got, path+".code") != "EndpointValidationFailed" || !strings.Contains(message, "404 Not Found") || !strings.Contains(message, "no route") {
				t.Errorf("%s is %v", path, at(got, path))
			}
		}
	})
}

func TestUpdateOverREST(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return willing(t)(r)
		}), store.InMemory())
		h := serve(g)
		if status, got, _ := call(t, h, "PATCH", armBase+"/incoming", `{"labels":["x"]}`); status != 404 {
			t.Errorf("PATCH of nothing answered %d %v", status, got)
		}
		call(t, h, "PUT", armBase+"/incoming", `{"properties":`+webhook(`,"labels":["blue"]`)+`}`)
		time.Sleep(2 * time.Second)
		status, got, header := call(t, h, "PATCH", armBase+"/incoming", `{"filter":{"subjectBeginsWith":"/caller/"}}`)
		if status != 201 || at(got, "properties.provisioningState") != "Updating" || at(got, "properties.filter.subjectBeginsWith") != "/caller/" {
			t.Fatalf("PATCH answered %d %v", status, got)
		}
		if labels, _ := at(got, "properties.labels").([]any); len(labels) != 1 {
			t.Errorf("labels are %v", at(got, "properties.labels"))
		}
		follow, ok := strings.CutPrefix(header.Get("Azure-AsyncOperation"), "https://localhost:8443")
		if _, got, _ := call(t, h, "GET", follow, ""); !ok || got["status"] != "InProgress" {
			t.Errorf("%s answered %v at first", follow, got)
		}
		time.Sleep(2 * time.Second)
		if _, got, _ := call(t, h, "GET", follow, ""); got["status"] != "Succeeded" {
			t.Errorf("%s answered %v in the end", follow, got)
		}
	})
}

func TestRequestsThatRESTRefuses(t *testing.T) {
	g, _ := newTestGrid(t, willing(t), store.InMemory())
	h := serve(g)
	other := strings.Replace(armBase, "demo", "elsewhere", 1)
	for _, row := range []struct {
		name, method, target, body string
		status                     int
		says                       string
	}{
		{"another resource", "GET", other, "", 404, "communicationServices/demo"},
		{"a name out of bounds", "PUT", armBase + "/ab", `{"properties":` + webhook("") + `}`, 400, "3 to 64"},
		{"no JSON", "PUT", armBase + "/incoming", `{`, 400, "not JSON"},
		{"nothing", "PUT", armBase + "/incoming", ``, 400, "destination is missing"},
		{"not offered", "PUT", armBase + "/incoming", `{"properties":` + webhook(`,"deadLetterDestination":{"endpointType":"StorageBlob"}`) + `}`, 501, "not offered yet"},
		{"unknown event type", "PUT", armBase + "/incoming", `{"properties":` + webhook(`,"filter":{"includedEventTypes":["x"]}`) + `}`, 400, typeIncomingCall},
		{"$filter", "GET", armBase + "?api-version=2022-06-15&$filter=x", "", 501, "$filter"},
		{"$top of nothing", "GET", armBase + "?api-version=2022-06-15&$top=0", "", 400, "1 to 500"},
		{"getFullUrl of nothing", "POST", armBase + "/incoming/getFullUrl", "", 404, "incoming"},
		{"a guessed link", "GET", validatePath + "?id=1&t=2", "", 404, "unknown, used, or older"},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, got, _ := call(t, h, row.method, row.target, row.body)
			message, _ := at(got, "error.message").(string)
			if status != row.status || !strings.Contains(message, row.says) {
				t.Errorf("answered %d %v, want %d and %q", status, got, row.status, row.says)
			}
		})
	}
	if len(g.view.Load().names) != 0 {
		t.Errorf("%v came to be", g.view.Load().names)
	}
}

func TestPathsAreFoundInAnyCase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := newTestGrid(t, willing(t), store.InMemory())
		h := serve(g)
		call(t, h, "PUT", armBase+"/incoming", `{"properties":`+webhook("")+`}`)
		synctest.Wait()
		for _, target := range []string{strings.ToLower(armBase) + "/incoming", strings.ToUpper(armBase) + "/INCOMING", "/" + armBase + "/incoming"} {
			if status, got, _ := call(t, h, "GET", target, ""); status != 200 || got["name"] != "incoming" {
				t.Errorf("%s answered %d %v", target, status, got)
			}
		}
	})
}

func TestListHasPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := newTestGrid(t, willing(t), store.InMemory())
		h := serve(g)
		for _, name := range []string{"ccc", "AAA", "bbb"} {
			g.subscribe(t, name, to("http://127.0.0.1:3000/events"))
		}
		synctest.Wait()
		var seen []string
		target := armBase + "?api-version=2022-06-15&$top=2"
		for pages := 0; target != "" && pages < 5; pages++ {
			status, got, _ := call(t, h, "GET", target, "")
			if status != 200 {
				t.Fatalf("%s answered %d %v", target, status, got)
			}
			for _, sub := range got["value"].([]any) {
				seen = append(seen, at(sub, "name").(string))
			}
			next, _ := got["nextLink"].(string)
			if next != "" && (!strings.HasPrefix(next, "https://localhost:8443/") || !strings.Contains(next, "api-version=2022-06-15")) {
				t.Errorf("next link %q", next)
			}
			target = strings.TrimPrefix(next, "https://localhost:8443")
		}
		if strings.Join(seen, " ") != "AAA bbb ccc" {
			t.Errorf("listed %v", seen)
		}
	})
}

// TestLinkNeedsNoAuthorisation opens a link over REST, as a person's browser does.
func TestLinkNeedsNoAuthorisation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := make(chan string, 1)
		g, _ := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			_, link := readValidation(t, r)
			links <- link
			return reply(200, ""), nil
		}), store.InMemory())
		h := serve(g)
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		link := <-links
		synctest.Wait()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", link, nil))
		if text, _ := io.ReadAll(w.Body); w.Code != 200 || !strings.Contains(string(text), "successfully validated") {
			t.Errorf("the link answered %d %s", w.Code, text)
		}
		if _, got, _ := call(t, h, "GET", armBase+"/incoming", ""); at(got, "properties.provisioningState") != "Succeeded" {
			t.Errorf("answered %v", got)
		}
		w = httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", armBase+"/incoming?api-version=2022-06-15", nil))
		if w.Code != 401 {
			t.Errorf("reading without authorisation answered %d", w.Code)
		}
	})
}
