package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// raw sends a request as it is written, and returns the status and the body.
func (v *attacked) raw(head string, body ...string) (int, string) {
	v.t.Helper()
	conn, err := net.DialTimeout("tcp", v.addresses.HTTP, patience)
	must(v.t, err)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	_, err = io.WriteString(conn, head+"Connection: close\r\n\r\n"+strings.Join(body, ""))
	must(v.t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(v.t, err)
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(answer)
}

// TestAttackOfPathSpellings: no spelling of a path leads past the signature.
func TestAttackOfPathSpellings(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	key := accessKey(v.product)
	for _, path := range []string{
		"/admin/phones", "//admin/phones", "/./admin/phones", "/healthz/../admin/phones", "/healthz/%2e%2e/admin/phones", "/%61dmin/phones", "/admin%2fphones",
		"/ADMIN/phones", "/admin/phones/", "/admin/phones;x=1", "/admin/phones%00", "/admin/phones?x=/healthz", "/metrics/../admin/phones", "/admin//phones",
		"/.well-known/../admin/phones", "/calling/..%2fadmin/phones", `/healthz\..\admin\phones`, "/sip/../admin/trunks", "http://localhost/admin/phones",
		"/calling/callConnections/%2e%2e/%2e%2e/admin/phones", "*",
	} {
		for _, method := range []string{"GET", "POST", "HEAD", "PROPFIND"} {
			status, body := v.raw(method + " " + path + " HTTP/1.1\r\nHost: " + v.addresses.HTTP + "\r\nContent-Length: 0\r\n")
			if status < 300 || strings.Contains(body, key) {
				t.Errorf("%s %s got %d %.80q", method, path, status, body)
			}
		}
	}
	v.stillUp()
}

// TestAttackOfReplayedSignatures: a signature is good for its own request alone.
func TestAttackOfReplayedSignatures(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	const path, body = "/sip?api-version=2023-03-01", ""
	now := time.Now()
	for _, test := range []struct {
		name  string
		alter func(*forged)
		want  int
	}{
		{"as it was signed", func(*forged) {}, 0},
		{"another path", func(f *forged) { f.path = "/admin/phones" }, 401},
		{"another query", func(f *forged) { f.path += "&x=1" }, 401},
		{"another method", func(f *forged) { f.method = "PATCH" }, 401},
		{"another body", func(f *forged) { f.body = "{}" }, 401},
		{"another host", func(f *forged) { f.host = "localhost:1" }, 401},
		{"another date", func(f *forged) { f.date = now.Add(time.Minute).UTC().Format(http.TimeFormat) }, 401},
		{"an old date", func(f *forged) { f.date = now.Add(-time.Hour).UTC().Format(http.TimeFormat); f.sign(v.product) }, 401},
		{"a date to come", func(f *forged) { f.date = now.Add(time.Hour).UTC().Format(http.TimeFormat); f.sign(v.product) }, 401},
		{"half a signature", func(f *forged) { f.signature = f.signature[:20] }, 401},
		{"no signature", func(f *forged) { f.signature = "" }, 401},
		{"fewer signed headers", func(f *forged) { f.signedHeaders = "host" }, 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &forged{method: "GET", path: path, host: v.addresses.HTTP, body: body, date: now.UTC().Format(http.TimeFormat), signedHeaders: "x-ms-date;host;x-ms-content-sha256"}
			f.sign(v.product)
			test.alter(f)
			status, answer := v.raw(f.text(), f.body)
			if test.want != 0 && status != test.want || test.want == 0 && (status == 401 || status == 403) {
				t.Errorf("got %d %.120q", status, answer)
			}
		})
	}
}

// TestAttackOfAddressSpellings: with outbound.refuse-private no spelling of a
// loopback address is connected to.
func TestAttackOfAddressSpellings(t *testing.T) {
	t.Parallel()
	refusing := startAttacked(t, setup{config: "outbound: {refuse-private: true}\n"})
	listener, err := net.Listen("tcp", ":0")
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	var reached atomic.Int64
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			conn.Close()
		}
	}()
	port := listener.Addr().(*net.TCPAddr).Port
	for _, host := range []string{
		"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0", "127.8.9.10",
		"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "localhost", "localhost.", "LOCALHOST",
		"127.0.0.1.", "user@127.0.0.1", "example.com@127.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "[fe80::1%25lo]", "[::1%25lo]", "ip6-localhost",
	} {
		refusing.callsBackTo(fmt.Sprintf("http://%s:%d/cb", host, port))
	}
	refusing.callEcho() // time for what was accepted to be tried
	time.Sleep(attackTime() / 2)
	if n := reached.Load(); n != 0 {
		t.Errorf("%d connections were made to loopback", n)
	}
	refusing.stillUp()

	permitting := startAttacked(t, setup{}) // or the listener could not be reached at all
	permitting.callsBackTo(fmt.Sprintf("http://127.0.0.1:%d/cb", port))
	eventually(t, 10*time.Second, "the listener is reached where it may be", func() bool { return reached.Load() > 0 })
}

// callsBackTo creates a call to a user without telephones: its failure is posted.
func (v *attacked) callsBackTo(address string) {
	v.t.Helper()
	v.signed("POST", "/calling/callConnections?api-version=2024-04-15", nil, map[string]any{
		"targets":              []any{map[string]any{"kind": "phoneNumber", "rawId": "4:" + echoNumber, "phoneNumber": map[string]string{"value": echoNumber}}},
		"sourceCallerIdNumber": map[string]string{"value": ourNumber}, "callbackUri": address,
	}, nil)
}

// TestAttackOfReboundNames: a page whose name was made to resolve to the server
// reads nothing that needs no signature, and opens no WebSocket.
func TestAttackOfReboundNames(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	for _, name := range []string{"rebound.example", "127.0.0.1.rebound.example", "localhost.rebound.example:80"} {
		for _, path := range []string{"/metrics", "/healthz", "/readyz", "/sip", "/.well-known/acsopenidconfiguration"} {
			head := "GET " + path + " HTTP/1.1\r\nHost: " + name + "\r\nOrigin: http://" + name + "\r\n"
			if path == "/sip" {
				head += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: sip\r\n"
			}
			if status, body := v.raw(head); status < 300 {
				t.Errorf("%s of %s has %d %.80q", path, name, status, body)
			}
		}
	}
}
