package console

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
)

func TestLinkSignsInOnce(t *testing.T) {
	o := newOffice(t)
	link := o.Link(false, LinkTime)
	b := o.signedIn(o.answer(request("POST", Path+"session", linkBody(link))))
	if b.about.Role != "administrator" || b.about.Token == "" {
		t.Errorf("signed in as %+v", b.about)
	}
	if got := o.answer(request("POST", Path+"session", linkBody(link))).StatusCode; got != http.StatusUnauthorized {
		t.Errorf("the second time: %d", got)
	}
	late := o.Link(false, LinkTime)
	o.now = o.now.Add(LinkTime)
	if got := o.answer(request("POST", Path+"session", linkBody(late))).StatusCode; got != http.StatusUnauthorized {
		t.Errorf("too late: %d", got)
	}
}

func TestKeysSignIn(t *testing.T) {
	o := newOffice(t)
	for slot, role := range map[auth.Slot]string{auth.Primary: "administrator", auth.Secondary: "reader"} {
		b := o.signedIn(o.answer(o.signed(slot, "0123456789abcdef"+slot.String())))
		if b.about.Role != role {
			t.Errorf("the %s key signs in as %s", slot, b.about.Role)
		}
	}
}

func TestSignatureCountsOnce(t *testing.T) {
	o := newOffice(t)
	first := o.signed(auth.Primary, "0123456789abcdef")
	again := o.signed(auth.Primary, "0123456789abcdef")
	o.signedIn(o.answer(first))
	if got := o.answer(again).StatusCode; got != http.StatusUnauthorized {
		t.Errorf("the second time: %d", got)
	}
	if got := o.answer(o.signed(auth.Primary, "short")).StatusCode; got != http.StatusUnauthorized {
		t.Errorf("a body that may come twice: %d", got)
	}
}

func TestSignInsThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"a page of another site":           {func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, http.StatusForbidden},
		"a page on another port":           {func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:3000") }, http.StatusForbidden},
		"a page on another port, honestly": {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, http.StatusForbidden},
		"no page":                          {func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		"another machine without TLS":      {func(r *http.Request) { r.RemoteAddr = "192.0.2.1:4711" }, http.StatusForbidden},
		"another name without TLS": {func(r *http.Request) {
			r.Host = "calls.example"
			r.Header.Set("Origin", "http://calls.example")
		}, http.StatusForbidden},
		"a rebound name": {func(r *http.Request) {
			r.Host = "rebound.example"
			r.Header.Set("Origin", "http://rebound.example")
		}, http.StatusMisdirectedRequest},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			r := request("POST", Path+"session", linkBody(o.Link(false, LinkTime)))
			test.change(r)
			answer := o.answer(r)
			if answer.StatusCode != test.want || len(answer.Cookies()) > 0 {
				t.Errorf("%d, cookies %v", answer.StatusCode, answer.Cookies())
			}
		})
	}
}

func TestCookieIsForThisServerAlone(t *testing.T) {
	o := newOffice(t)
	plain := o.byLink(false).cookie
	if plain.Name != "switchhook-11111111" || !plain.HttpOnly || plain.SameSite != http.SameSiteStrictMode || plain.Path != Path {
		t.Errorf("over HTTP: %+v", plain)
	}
	r := request("POST", Path+"session", linkBody(o.Link(false, LinkTime)))
	r.TLS, r.Host, r.RemoteAddr = &tls.ConnectionState{}, "calls.example", "192.0.2.1:4711"
	r.Header.Set("Origin", "https://calls.example")
	secure := o.signedIn(o.answer(r)).cookie
	if secure.Name != "__Host-switchhook-11111111" || !secure.Secure || !secure.HttpOnly || secure.SameSite != http.SameSiteStrictMode || secure.Path != "/" || secure.Domain != "" {
		t.Errorf("over HTTPS: %+v", secure)
	}
}

func TestAttemptsAreLimited(t *testing.T) {
	o := newOffice(t)
	for range attemptsOfSource.Burst {
		if got := o.answer(request("POST", Path+"session", `{"link":"guess"}`)).StatusCode; got != http.StatusUnauthorized {
			t.Fatalf("a wrong link: %d", got)
		}
	}
	answer := o.answer(request("POST", Path+"session", linkBody(o.Link(false, LinkTime))))
	if answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%d", answer.StatusCode)
	}
	if got := o.answer(request("POST", Path+"session", strings.Repeat("x", maxSignIn+1))).StatusCode; got != http.StatusTooManyRequests {
		t.Errorf("a long body: %d", got)
	}
}

// TestAttemptsOfManySourcesLockOutNobody: who has many addresses must not keep the operators out.
func TestAttemptsOfManySourcesLockOutNobody(t *testing.T) {
	o := newOffice(t)
	for i := range 300 {
		r := request("POST", Path+"session", `{"link":"guess"}`)
		r.RemoteAddr = fmt.Sprintf("127.1.%d.%d:4711", i/200, i%200)
		if got := o.answer(r).StatusCode; got != http.StatusUnauthorized {
			t.Fatalf("attempt %d: %d", i, got)
		}
	}
	o.signedIn(o.answer(request("POST", Path+"session", linkBody(o.Link(false, LinkTime)))))
	o.signedIn(o.answer(o.signed(auth.Primary, "0123456789abcdef")))
}

// TestSignaturesAreLimited: the bodies of those that are right are remembered.
func TestSignaturesAreLimited(t *testing.T) {
	o := newOffice(t)
	for i := range signaturesOfAll.Burst + 1 {
		r := o.signed(auth.Primary, fmt.Sprintf("0123456789abcdef%d", i))
		r.RemoteAddr = fmt.Sprintf("127.1.0.%d:4711", i)
		answer := o.answer(r)
		if over := i == signaturesOfAll.Burst; over != (answer.StatusCode == http.StatusTooManyRequests) || over != (answer.Header.Get("Retry-After") != "") {
			t.Errorf("signature %d: %d", i, answer.StatusCode)
		}
	}
}

func TestLongBodyIsRefused(t *testing.T) {
	if got := newOffice(t).answer(request("POST", Path+"session", strings.Repeat("x", maxSignIn+1))).StatusCode; got != http.StatusUnauthorized {
		t.Errorf("%d", got)
	}
}
