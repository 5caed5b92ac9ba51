package delivery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestRequestThatIsNotAnsweredIsKnownToBeSent over HTTP/1.1 and HTTP/2, and not before
// there is a connection.
func TestRequestThatIsNotAnsweredIsKnownToBeSent(t *testing.T) {
	for _, newer := range []bool{false, true} {
		arrived, over := make(chan struct{}), make(chan struct{})
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(arrived); <-over }))
		roots := x509.NewCertPool()
		if newer {
			server.EnableHTTP2, server.TLS = true, &tls.Config{NextProtos: []string{"h2"}}
			server.StartTLS()
			roots.AddCert(server.Certificate())
		} else {
			server.Start()
		}
		client := newClient(Config{Roots: roots})
		life := &attemptLife{Context: context.Background()}
		if life.isSent() {
			t.Error("it is sent before there is a connection")
		}
		ended := make(chan Outcome)
		go func() { ended <- webhook{client: client}.Send(life, parcel(server.URL, "[]")) }()
		<-arrived
		for until := time.Now().Add(5 * time.Second); !life.isSent(); time.Sleep(time.Millisecond) {
			if time.Now().After(until) {
				t.Fatalf("HTTP/2 %t: the request has arrived, and is not known to be sent", newer)
			}
		}
		life.end(nil)
		<-ended
		close(over)
		server.Close()
	}
}
