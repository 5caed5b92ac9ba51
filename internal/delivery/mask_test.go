package delivery

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAnswerThatRepeatsASecretIsMasked wherever it is kept: in the attempts, the
// failure log and what a dead letter is made of.
func TestAnswerThatRepeatsASecretIsMasked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, "Cannot POST %s, code is %q, %s, X-Key: %s, X-Plain: %s.", r.URL.RequestURI(), r.URL.Query().Get("code"),
			r.Header.Get("Authorization"), r.Header.Get("X-Key"), r.Header.Get("X-Plain"))
		fmt.Fprint(w, strings.Repeat(".", keptAnswer), "hush")
	}))
	defer server.Close()
	o := &observed{}
	policy := scheduledPolicy()
	policy.Observer = o
	policy.Prepare = func(_ context.Context, h Header, _ *Message, _ int) error {
		h.Set("Authorization", "Bearer token.of.ours")
		return nil
	}
	e := serving(t, Config{Policies: map[string]Policy{"eventgrid": policy}})
	m := incoming("[]")
	m.URL, m.Header, m.SecretHeaders = server.URL+"/events?code=hush%20hush&x=1", map[string]string{"X-Key": "let me in", "X-Plain": "blue"}, []string{"X-Key"}
	e.Post(m)
	kept := recordOf(t, e, m.ID)
	told := o.soFar().attempts
	if len(kept) != 1 || len(told) != 1 {
		t.Fatalf("recorded %+v, told %+v", kept, told)
	}
	for _, text := range []string{kept[0].Answer, string(told[0].Outcome.Answer)} {
		for _, secret := range []string{"hush", "token.of", "let me"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is told: %s", secret, text)
			}
		}
	}
	if !strings.Contains(kept[0].Answer, `Cannot POST /events?code=***&x=1, code is "***", ***, X-Key: ***, X-Plain: blue.`) {
		t.Errorf("kept %q", kept[0].Answer)
	}
}

func TestSecretThatIsCutIsMasked(t *testing.T) {
	for text, want := range map[string]string{
		"no such page: /events?code=abcdefgh": "no such page: /events?code=***",
		"no such page: /events?code=abcdef":   "no such page: /events?code=***",
		"no such page: /events?code=abc":      "no such page: /events?code=abc", // too short to be told from other text
		"abcd":                                "***",
		"":                                    "",
	} {
		if got := maskSecrets([]byte(text), [][]byte{[]byte("abcdefgh")}); string(got) != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestLongErrorIsShortened: a stranger's nonsense is quoted by net/http, and kept
// ten thousand times.
func TestLongErrorIsShortened(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = conn.Write(append(bytes.Repeat([]byte("x"), 30<<10), "\r\n\r\n"...))
			conn.Close()
		}
	}()
	e := serving(t, Config{})
	m := incoming("[]")
	m.URL = "http://" + listener.Addr().String()
	e.Post(m)
	got := recordOf(t, e, m.ID)
	if len(got) != 1 {
		t.Fatalf("recorded %+v", got)
	}
	if text := got[0].Error; !strings.Contains(text, "xxx") || len(text) > maxProblem+len("…") {
		t.Errorf("%d bytes are kept", len(text))
	}
}
