package outbound

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/outbound/outboundtest"
)

// once hides that a reader can give its content again.
type once struct{ io.Reader }

func TestRequestOnAKeptConnectionThatEndsIsRepeatedAtOnce(t *testing.T) {
	large := strings.Repeat("x", 900_000)
	for name, body := range map[string]func(string) io.Reader{
		"a buffer": func(s string) io.Reader { return strings.NewReader(s) },
		"a reader": func(s string) io.Reader { return once{strings.NewReader(s)} },
	} {
		for _, secure := range []bool{false, true} {
			for _, reset := range []bool{false, true} {
				t.Run(name+map[bool]string{true: ", TLS"}[secure]+map[bool]string{true: ", reset", false: ", closed"}[reset], func(t *testing.T) {
					f := outboundtest.NewForgetful(t, secure, reset, nil)
					client := &http.Client{Transport: Repeating(f.Client().Transport.(*http.Transport).Clone()), Timeout: time.Minute}
					want := []string{"first", large, "after a repetition a connection is made", "second"}
					for _, text := range want {
						req, err := http.NewRequest(http.MethodPost, f.URL, body(text))
						if err != nil {
							t.Fatal(err)
						}
						req.ContentLength = int64(len(text))
						began := time.Now()
						response, err := client.Do(req)
						if err != nil {
							t.Fatalf("%.10s: %v", text, err)
						}
						io.Copy(io.Discard, response.Body)
						response.Body.Close()
						if took := time.Since(began); took > 30*time.Second { // nothing waits, though a busy machine may
							t.Errorf("%.10s took %s", text, took)
						}
					}
					if got := strings.Join(f.Bodies(), ","); got != strings.Join(want, ",") {
						t.Errorf("the server took %d bytes", len(got))
					}
				})
			}
		}
	}
}

func TestRequestIsRepeatedOnKeptConnectionsOnly(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if strings.HasSuffix(r.URL.Path, "half") { // the response has begun
			w.Header().Set("Content-Length", "10")
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
		}
		if r.URL.Path != "/" {
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	client := &http.Client{Transport: Repeating(http.DefaultTransport.(*http.Transport).Clone())}
	post := func(path string) error {
		response, err := client.Post(server.URL+path, "text/plain", strings.NewReader("x"))
		if err == nil {
			_, err = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
		return err
	}
	for _, test := range []struct {
		name   string
		before []string
		path   string
		want   int
	}{
		{"a new connection", nil, "/lost", 1},
		{"a kept connection, whose repetition ends too", []string{"/"}, "/lost", 2},
		{"a kept connection, after the response has begun", []string{"/"}, "/half", 1},
	} {
		client.CloseIdleConnections()
		for _, path := range test.before {
			if err := post(path); err != nil {
				t.Fatal(err)
			}
		}
		asked.Store(0)
		if err := post(test.path); err == nil || int(asked.Load()) != test.want {
			t.Errorf("%s: asked %d times, want %d (%v)", test.name, asked.Load(), test.want, err)
		}
	}
}

// TestSlowAnswerIsNotRepeated asks that a time limit counts for the whole.
func TestSlowAnswerIsNotRepeated(t *testing.T) {
	var asked atomic.Int32
	leave := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if asked.Add(1); r.URL.Path != "/" {
			<-leave
		}
	}))
	defer server.Close()
	defer close(leave)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 50 * time.Millisecond
	client := &http.Client{Transport: Repeating(transport)}
	if response, err := client.Post(server.URL, "text/plain", bytes.NewReader([]byte("x"))); err != nil {
		t.Fatal(err)
	} else {
		response.Body.Close()
	}
	if _, err := client.Post(server.URL+"/slow", "text/plain", bytes.NewReader([]byte("x"))); err == nil || asked.Load() != 2 {
		t.Errorf("asked %d times, %v", asked.Load(), err)
	}
}

// TestAnswerThatBreaksOffIsNotAskedForAgain: the server has taken the request.
func TestAnswerThatBreaksOffIsNotAskedForAgain(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var asked atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for {
					request, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, request.Body)
					if asked.Add(1) > 1 {
						fmt.Fprint(conn, "HTTP/1.1 20")
						return
					}
					fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
			}()
		}
	}()
	client := &http.Client{Transport: Repeating(http.DefaultTransport.(*http.Transport).Clone())}
	defer client.CloseIdleConnections()
	post := func() error {
		response, err := client.Post("http://"+listener.Addr().String(), "text/plain", strings.NewReader("x"))
		if err == nil {
			response.Body.Close()
		}
		return err
	}
	if err := post(); err != nil {
		t.Fatal(err)
	}
	if err := post(); err == nil || asked.Load() != 2 {
		t.Errorf("%v, asked %d times, want 2", err, asked.Load())
	}
}
