package speechtest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// Fault is what a service does wrong. The zero Fault is nothing.
type Fault struct {
	Status     int           // it refuses the handshake with it
	Delay      time.Duration // before it answers the handshake
	Hang       bool          // it never answers the handshake
	CloseAfter int           // it breaks the connection after so many messages of the client
	CloseCode  ws.StatusCode // and says why, if this is not 0
	CloseWhy   string
	NeverFinal bool   // it gives hypotheses only
	Instead    []byte // it sends this in place of each answer
	Times      int    // the connections that are served so; 0: all
}

// Service is a service that is listening.
type Service struct {
	t      testing.TB
	vendor string
	http   *httptest.Server

	mu          sync.Mutex
	script      [][]string // the words of the next utterances, whatever is said; none: tones
	fault       Fault
	connections int
	accepted    int
	heard       []string // the texts of the utterances that were finished
	seen        []Seen
}

// Seen is a handshake that a client has made.
type Seen struct {
	URL    *url.URL
	Header http.Header
}

// dialog is one connection, in the words of a vendor.
type dialog interface {
	greet()
	take(kind ws.OpCode, message []byte)
}

// Start starts a service, both of WebSockets and of requests: azure, deepgram, openai or vosk.
func Start(t testing.TB, vendor string, fault Fault) *Service {
	s := newService(t, vendor, fault)
	s.http.Start()
	return s
}

// StartTLS starts a service without faults behind TLS, which some clients insist on. Its
// certificate is one of package httptest.
func StartTLS(t testing.TB, vendor string) *Service {
	s := newService(t, vendor, Fault{})
	s.http.StartTLS()
	return s
}

func newService(t testing.TB, vendor string, fault Fault) *Service {
	s := &Service{t: t, vendor: vendor, fault: fault}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.http.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.mu.Lock()
			s.accepted++
			s.mu.Unlock()
		}
	}
	t.Cleanup(s.http.Close)
	return s
}

// Understand makes the service understand words, for each of the next utterances some,
// whatever is said: one word for every 300 ms.
func (s *Service) Understand(utterances ...[]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = utterances
}

// URL is where it is: http or https.
func (s *Service) URL() *url.URL {
	u, _ := url.Parse(s.http.URL)
	return u
}

// Connections counts the handshakes.
func (s *Service) Connections() int { s.mu.Lock(); defer s.mu.Unlock(); return s.connections }

// Accepted counts the connections of TCP.
func (s *Service) Accepted() int { s.mu.Lock(); defer s.mu.Unlock(); return s.accepted }

// Heard lists what was said in each utterance that was finished.
func (s *Service) Heard() []string { s.mu.Lock(); defer s.mu.Unlock(); return s.heard }

// Seen lists the handshakes.
func (s *Service) Seen() []Seen { s.mu.Lock(); defer s.mu.Unlock(); return s.seen }

func (s *Service) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("GenerateRedirectResponse") != "" { // Azure: it is served here
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodHead && r.URL.Path == "/" { // for the sake of the connection
		if r.Header.Get("Authorization")+r.Header.Get("Ocp-Apim-Subscription-Key") != "" {
			s.t.Errorf("%s: a key is sent where nothing is asked for", s.vendor)
		}
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	s.connections++
	fault := s.fault
	if fault.Times > 0 && s.connections > fault.Times {
		fault = Fault{}
	}
	s.seen = append(s.seen, Seen{r.URL, r.Header})
	s.mu.Unlock()
	switch {
	case fault.Hang:
		<-r.Context().Done()
		return
	case fault.Status != 0:
		http.Error(w, `{"error":"not today"}`, fault.Status)
		return
	}
	time.Sleep(fault.Delay)
	if r.Header.Get("Upgrade") == "" {
		s.rest(w, r)
		return
	}
	conn, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		s.t.Errorf("%s: %v", s.vendor, err)
		return
	}
	defer conn.Close()
	c := &connection{s: s, conn: conn, fault: fault}
	d := s.dialog(c, r)
	d.greet()
	for n := 1; ; n++ {
		message, kind, err := wsutil.ReadClientData(conn)
		if err != nil {
			return
		}
		if fault.CloseAfter > 0 && n >= fault.CloseAfter {
			if fault.CloseCode != 0 {
				ws.WriteFrame(conn, ws.NewCloseFrame(ws.NewCloseFrameBody(fault.CloseCode, fault.CloseWhy)))
				io.Copy(io.Discard, conn)
			}
			return
		}
		d.take(kind, message)
	}
}

func (s *Service) dialog(c *connection, r *http.Request) dialog {
	switch s.vendor {
	case "azure":
		if strings.HasPrefix(r.URL.Path, "/tts/") {
			return newAzureVoice(c, r)
		}
		return newAzure(c, r)
	case "deepgram":
		return newDeepgram(c, r)
	case "openai":
		return newRealtime(c, r)
	}
	return &vosk{connection: c}
}
