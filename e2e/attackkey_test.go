package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// TestAttackOfBigContexts: a key holder makes calls with as much custom context as
// one request carries. Refusals are as good as answers.
func TestAttackOfBigContexts(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	user := v.newUser()
	contexts := []map[string]string{contextOf(900), contextOf(60)} // one above the limit, one below
	v.under(func() {
		for n := range sized(120, 400) {
			v.signed("POST", "/calling/callConnections?api-version=2024-04-15", nil, map[string]any{
				"targets":              []any{map[string]any{"rawId": user, "communicationUser": map[string]string{"id": user}}},
				"callbackUri":          "http://127.0.0.1:9/callback",
				"operationContext":     fmt.Sprint(n),
				"customCallingContext": map[string]any{"voipHeaders": contexts[n%2]},
			}, nil)
		}
	})
}

// contextOf is a custom context of as many kilobytes.
func contextOf(kilobytes int) map[string]string {
	context := map[string]string{}
	for n := range kilobytes {
		context[fmt.Sprint("key", n)] = strings.Repeat("x", 1000)
	}
	return context
}

// TestAttackOfLongPrompts: a key holder plays many long files in a loop.
func TestAttackOfLongPrompts(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	var file bytes.Buffer
	must(t, audio.WriteWAV(&file, 16000, make([]int16, 16000*180)))
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "prompt.wav", time.Unix(1, 0), bytes.NewReader(file.Bytes()))
	}))
	t.Cleanup(web.Close)
	phone := v.phoneOf(deskHost, v.colleague)
	var made struct{ CallConnectionID string }
	v.under(func() {
		owner := v.owners[v.colleague.UserName]
		if status := v.signed("POST", "/calling/callConnections?api-version=2024-04-15", nil, map[string]any{
			"targets":     []any{map[string]any{"rawId": owner, "communicationUser": map[string]string{"id": owner}}},
			"callbackUri": web.URL,
		}, &made); status != http.StatusCreated {
			t.Fatalf("createCall has %d", status)
		}
		call, err := phone.Next(within(t, 5*time.Second))
		must(t, err)
		must(t, call.Answer())
		must(t, call.WaitAnswered(within(t, 5*time.Second)))
		sources := make([]any, 30)
		for n := range sources {
			sources[n] = map[string]any{"kind": "file", "playSourceCacheId": fmt.Sprint("long", n), "file": map[string]string{"uri": fmt.Sprintf("%s/%d.wav", web.URL, n)}}
		}
		eventually(t, patience, "the application's side is connected too, and plays", func() bool {
			return v.signed("POST", "/calling/callConnections/"+made.CallConnectionID+":play?api-version=2024-04-15", nil,
				map[string]any{"playSources": sources, "playTo": []any{}, "playOptions": map[string]bool{"loop": true}}, nil) == http.StatusAccepted
		})
		time.Sleep(max(attackTime(), 5*time.Second))
	})
}
