package httpclient

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/outbound/outboundtest"
)

var errOther = errors.New("the other transport got it")

// other is a transport that refuses all requests.
type other struct{ asked atomic.Int32 }

func (o *other) RoundTrip(req *http.Request) (*http.Response, error) {
	o.asked.Add(1)
	_, err := io.Copy(io.Discard, req.Body)
	return nil, errors.Join(errOther, err)
}

func config(rest http.RoundTripper) Config {
	return Config{
		Dial: new(net.Dialer).DialContext, TLS: &tls.Config{}, Handshake: time.Minute, Other: rest,
		MaxHeader: 4 << 10, MaxIdle: 8, MaxTotal: 16, Idle: time.Minute,
	}
}

func client(t *testing.T, cfg Config) *http.Client { return clientOf(t, cfg, ways["RoundTrip"]) }

func clientOf(t *testing.T, cfg Config, by way) *http.Client {
	t.Helper()
	transport := New(cfg)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: by(transport)}
}

func parsed(t *testing.T, to string) *url.URL {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func targetOf(t *testing.T, c *Transport, to string) *Target {
	t.Helper()
	target := c.Target(parsed(t, to))
	if target == nil {
		t.Fatalf("%s is unusual", to)
	}
	return target
}

func serve(t *testing.T, handle http.HandlerFunc) (base string) {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server.URL
}

// post returns the status and the body.
func post(t *testing.T, c *http.Client, to, body string) (int, string, error) {
	t.Helper()
	response, err := c.Post(to, "text/plain", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// script is a server that reads requests with a body of 2 bytes and answers by
// what it is told: one list of answers for each connection.
func script(t *testing.T, connections ...[]string) (to string, accepted *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	accepted = new(atomic.Int32)
	go func() {
		for _, answers := range connections {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			go play(c, answers)
		}
	}()
	return "http://" + listener.Addr().String() + "/", accepted
}

func play(c net.Conn, answers []string) {
	defer c.Close()
	in := bufio.NewReader(c)
	for _, answer := range answers {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.Copy(io.Discard, req.Body)
		io.WriteString(c, answer)
	}
	io.Copy(io.Discard, in) // until the client goes
}

const (
	accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
	ok       = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
)

func TestConnectionIsUsedAgainOnlyAfterAWholeResponse(t *testing.T) {
	for _, test := range []struct {
		name, answer, body string
		again              bool
	}{
		{"no body", accepted, "", true},
		{"a length", ok, "ok", true},
		{"no content", "HTTP/1.1 204 No Content\r\n\r\n", "", true},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok", true},
		{"chunks and trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n", "ok", true},
		{"interim responses", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + ok, "ok", true},
		{"Connection: close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "ok", false},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", false},
		{"HTTP/1.0, kept", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", "ok", true},
		{"another response that nobody asked for", ok + "HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\nevil", "ok", false},
		{"a byte too many", ok + "x", "ok", false},
		{"bytes after no body", accepted + "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "", false},
	} {
		for name, by := range ways {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				to, dialled := script(t, []string{test.answer, ok}, []string{ok})
				c := clientOf(t, config(&other{}), by)
				if _, body, err := post(t, c, to, "{}"); err != nil || body != test.body {
					t.Fatalf("the first: %q, %v", body, err)
				}
				if status, body, err := post(t, c, to, "{}"); err != nil || body != "ok" || status != 200 {
					t.Errorf("the second: %d, %q, %v", status, body, err)
				}
				if again := dialled.Load() == 1; again != test.again {
					t.Errorf("%d connections", dialled.Load())
				}
			})
		}
	}
}

func TestResponsesThatBreakTheRulesAreErrors(t *testing.T) {
	for name, answer := range map[string]string{
		"not HTTP":              "hello\r\n\r\n",
		"two lengths":           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
		"a bad length":          "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
		"an unknown coding":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
		"a bad chunk":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
		"101 without a request": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
		"endless interim ones":  strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 200) + ok,
		"no status":             "HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\nok",
		"a large header":        "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 5<<10) + "\r\nContent-Length: 2\r\n\r\nok",
	} {
		for by, way := range ways {
			if by == "Post" && name == "a bad chunk" {
				continue // there is a status, and no more is asked of the body
			}
			to, _ := script(t, []string{answer})
			if status, body, err := post(t, clientOf(t, config(&other{}), way), to, "{}"); err == nil {
				t.Errorf("%s, %s: %d, %q", name, by, status, body)
			}
		}
	}
}

func TestBodyThatIsNotReadEndsItsConnection(t *testing.T) {
	to, dialled := script(t, []string{"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\nhalf", ok}, []string{ok})
	c := client(t, config(&other{}))
	response, err := c.Post(to, "text/plain", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, response.Body) }() // it waits, and Close ends it
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if _, err := response.Body.Read(make([]byte, 1)); err == nil {
		t.Error("a closed body can be read")
	}
	if _, body, err := post(t, c, to, "{}"); err != nil || body != "ok" || dialled.Load() != 2 {
		t.Errorf("%q, %v, %d connections", body, err, dialled.Load())
	}
}

// TestConnectionThatSpeaksWhileItIsIdleIsClosed: a response that comes without a
// request must not answer the next one.
func TestConnectionThatSpeaksWhileItIsIdleIsClosed(t *testing.T) {
	for by, way := range ways {
		t.Run(by, func(t *testing.T) { testConnectionThatSpeaks(t, way) })
	}
}

func testConnectionThatSpeaks(t *testing.T, way way) {
	for _, secure := range []bool{false, true} {
		said := make(chan struct{})
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/evil" {
				fmt.Fprint(w, "good")
				return
			}
			c, out, _ := w.(http.Hijacker).Hijack()
			defer c.Close()
			fmt.Fprint(out, ok)
			out.Flush()
			fmt.Fprint(out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
			out.Flush()
			close(said)
			io.Copy(io.Discard, c)
		}))
		cfg := config(&other{})
		if secure {
			server.StartTLS()
			cfg.TLS.RootCAs = x509.NewCertPool()
			cfg.TLS.RootCAs.AddCert(server.Certificate())
		} else {
			server.Start()
		}
		c := clientOf(t, cfg, way)
		if _, body, err := post(t, c, server.URL+"/evil", "{}"); err != nil || body != "ok" {
			t.Fatalf("%q, %v", body, err)
		}
		<-said
		if _, body, err := post(t, c, server.URL, "{}"); err != nil || body != "good" {
			t.Errorf("TLS %t: %q, %v", secure, body, err)
		}
		c.CloseIdleConnections()
		server.Close()
	}
}

func TestRequestOnAKeptConnectionThatEndsIsRepeatedAtOnce(t *testing.T) {
	for by, way := range ways {
		t.Run(by, func(t *testing.T) { testRepetition(t, way) })
	}
}

func testRepetition(t *testing.T, way way) {
	for _, secure := range []bool{false, true} {
		for _, reset := range []bool{false, true} {
			f := outboundtest.NewForgetful(t, secure, reset, nil)
			rest, cfg := &other{}, config(nil)
			cfg.Other, cfg.TLS = rest, f.Client().Transport.(*http.Transport).TLSClientConfig
			c := clientOf(t, cfg, way)
			want := []string{"first", strings.Repeat("x", maxBody), "after a repetition", "last"}
			for _, text := range want {
				if _, _, err := post(t, c, f.URL, text); err != nil {
					t.Errorf("TLS %t, reset %t, %.10s: %v", secure, reset, text, err)
				}
			}
			if got := f.Bodies(); strings.Join(got, ",") != strings.Join(want, ",") || rest.asked.Load() != 0 {
				t.Errorf("TLS %t, reset %t: the server took %d bodies, the other transport %d", secure, reset, len(got), rest.asked.Load())
			}
		}
	}
}

func TestRequestIsNotRepeatedOnceTheResponseHasBegun(t *testing.T) {
	to, dialled := script(t, []string{ok, "HTTP/1.1 2"}, []string{ok})
	c := client(t, config(&other{}))
	if _, _, err := post(t, c, to, "{}"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader("{}"))
	if _, err := c.Do(req); !errors.Is(err, context.DeadlineExceeded) || dialled.Load() != 1 {
		t.Errorf("%v, %d connections", err, dialled.Load())
	}
}

func TestEndOfTheContextEndsTheRequestWithItsCause(t *testing.T) {
	why := errors.New("its subscription was deleted")
	for name, answer := range map[string]string{"before the response": "", "in the body": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"} {
		to, _ := script(t, []string{answer})
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
		req, _ := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader("{}"))
		response, err := client(t, config(&other{})).Transport.RoundTrip(req)
		if err == nil {
			_, err = io.ReadAll(response.Body)
		}
		if !errors.Is(err, why) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestServerWithoutHTTP1IsLeftToTheOtherTransport(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was reached") }))
	server.TLS = &tls.Config{NextProtos: []string{"h3"}} // Go's server takes clients of HTTP/1.1 where it has h2
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	rest := &other{}
	cfg := config(rest)
	cfg.TLS.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	c := client(t, cfg)
	for n := range int32(2) {
		if _, _, err := post(t, c, server.URL, "{}"); !errors.Is(err, errOther) || rest.asked.Load() != n+1 {
			t.Errorf("request %d: %v", n, err)
		}
	}
	if newer := c.Transport.(*Transport).newer.Load(); newer == nil || len(*newer) != 1 {
		t.Error("the server is not remembered")
	}
}

func TestUnusualRequestsGoToTheOtherTransport(t *testing.T) {
	through, _ := url.Parse("http://proxy.test:3128")
	for name, change := range map[string]func(*http.Request, *Config){
		"a proxy":                  func(_ *http.Request, c *Config) { c.Proxy = http.ProxyURL(through) },
		"a large body":             func(r *http.Request, _ *Config) { r.ContentLength = maxBody + 1 },
		"a body without length":    func(r *http.Request, _ *Config) { r.ContentLength = -1 },
		"a body to be read once":   func(r *http.Request, _ *Config) { r.GetBody = nil },
		"GET":                      func(r *http.Request, _ *Config) { r.Method = http.MethodGet },
		"Expect":                   func(r *http.Request, _ *Config) { r.Header.Set("Expect", "100-continue") },
		"Transfer-Encoding":        func(r *http.Request, _ *Config) { r.Header.Set("Transfer-Encoding", "chunked") },
		"a second length":          func(r *http.Request, _ *Config) { r.Header.Set("Content-Length", "1") },
		"a line break in a value":  func(r *http.Request, _ *Config) { r.Header.Set("X", "a\r\nY: b") },
		"a blank in a field name":  func(r *http.Request, _ *Config) { r.Header["X y"] = []string{"a"} },
		"a name to be converted":   func(r *http.Request, _ *Config) { r.URL.Host = "münchen.test" },
		"another scheme":           func(r *http.Request, _ *Config) { r.URL.Scheme = "unix" },
		"another host in Host":     func(r *http.Request, _ *Config) { r.Host = "a b" },
		"a request that is closed": func(r *http.Request, _ *Config) { r.Close = true },
	} {
		cfg := config(&other{})
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://app.test/", strings.NewReader("{}"))
		change(req, &cfg)
		if _, err := New(cfg).RoundTrip(req); !errors.Is(err, errOther) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAddressesOfURLs(t *testing.T) {
	for text, want := range map[string]address{
		"http://a.test/x":       {false, "a.test:80", "a.test"},
		"https://a.test":        {true, "a.test:443", "a.test"},
		"https://a.test:8443/x": {true, "a.test:8443", "a.test"},
		"http://[::1]:80/":      {false, "[::1]:80", "::1"},
		"https://[::1]/":        {true, "[::1]:443", "::1"},
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := addressOf(u); got != want {
			t.Errorf("%s: %+v", text, got)
		}
	}
}
