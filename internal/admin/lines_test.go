package admin

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/testline"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestLinesAreNumbersOfNobodyElse: a user stands in for a number that a phone on this
// machine would have, and for none whose calls belong to somebody else.
func TestLinesAreNumbersOfNobodyElse(t *testing.T) {
	away := trunk.Trunk{Name: "carrier", Host: "192.0.2.1"}
	trunks, err := trunk.NewTable([]trunk.Trunk{trunk.Loopback(0), away}, []trunk.Route{{Name: "germany", Pattern: `^\+49`, Trunks: []string{"carrier"}}, {Name: "here", Pattern: `^\+1`, Trunks: []string{"loopback"}}})
	if err != nil {
		t.Fatal(err)
	}
	numbers := owned{"+15550100001"}
	rules, err := permit.New(permit.Config{Numbers: calling{numbers}, Trunks: trunks})
	if err != nil {
		t.Fatal(err)
	}
	ann := identifier.User(resourceID, "0000000a-1b2c-3d4e-5f60-718293a4b5c6")
	a := New(Config{
		Resource: &resource.Resource{ID: resourceID}, Identities: users{ann}, Numbers: numbers, Trunks: trunks, Permits: rules, Lines: testline.New(), Log: slog.New(slog.DiscardHandler),
	})
	router := routerFor(a, everyone{})
	ask := func(method, number, user string) (int, string) {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(method, linesPath+number, strings.NewReader(`{"user":"`+user+`"}`)))
		return w.Code, w.Body.String()
	}
	for _, test := range []struct {
		number, user string
		want         int
		says         string
	}{
		{"/+15557770001", ann.Raw(), 200, "+15557770001"},
		{"/+15550100001", ann.Raw(), 409, "a number of this resource"},
		{"/+4930123456", ann.Raw(), 409, "carrier"},
		{"/+447700900000", ann.Raw(), 200, ""}, // no route takes it
		{"/112", ann.Raw(), 403, "emergency"},
		{"/nobody", ann.Raw(), 400, "not a phone number"},
		{"/+15557770002", "8:acs:" + resourceID + "_0000000b-1b2c-3d4e-5f60-718293a4b5c6", 404, "does not exist"},
		{"/+15557770002", "4:+15557770002", 400, "not a user"},
	} {
		if status, text := ask("PUT", test.number, test.user); status != test.want || !strings.Contains(text, test.says) {
			t.Errorf("PUT %s for %s answers %d %s, want %d", test.number, test.user, status, text, test.want)
		}
	}
	if _, text := ask("GET", "", ""); strings.Count(text, ann.Raw()) != 2 {
		t.Errorf("the lines are %s", text)
	}
	for _, want := range []int{204, 404} {
		if status, text := ask("DELETE", "/+15557770001", ""); status != want {
			t.Errorf("DELETE answers %d %s, want %d", status, text, want)
		}
	}
}

// calling are numbers that call and are called.
type calling struct{ owned }

func (calling) Calls(string) (outbound, inbound bool) { return true, true }
