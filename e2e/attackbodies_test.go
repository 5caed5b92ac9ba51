package e2e

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// unfinished is a body that stops short of its end until the attack is over.
const unfinished = 1<<20 - 1

// strangersRequest is the head of a request with a false signature.
func strangersRequest(host string) string {
	return fmt.Sprintf("POST /calling/callConnections?api-version=2024-04-15 HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"x-ms-date: %s\r\nx-ms-content-sha256: 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\r\n"+
		"Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA\r\nContent-Length: %d\r\n\r\n",
		host, time.Now().UTC().Format(http.TimeFormat), unfinished+1)
}

// fromHost connects from an address.
func fromHost(host string) *net.Dialer {
	return &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}
}

// TestAttackOfBodiesOverManyConnections: strangers send bodies that they never
// finish, each on a connection of its own.
func TestAttackOfBodiesOverManyConnections(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	v.under(func() {
		var work sync.WaitGroup
		text := strings.Repeat(" ", unfinished)
		for range 300 {
			work.Go(func() {
				conn, err := fromHost("127.0.0.1").DialContext(briefly(t, 10*time.Second), "tcp", v.addresses.HTTP)
				if err != nil {
					return // a refused connection takes no memory
				}
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(attackTime()))
				io.WriteString(conn, strangersRequest(v.addresses.HTTP)+text)
				time.Sleep(attackTime())
			})
		}
		work.Wait()
	})
}

// TestAttackOfBodiesOverOneConnection: HTTP/2 carries the same as streams of one
// connection.
func TestAttackOfBodiesOverOneConnection(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	v.under(func() {
		transport := &http.Transport{
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, MaxConnsPerHost: 1,
			HTTP2: &http.HTTP2Config{StrictMaxConcurrentRequests: true},
		}
		defer transport.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(t.Context(), attackTime())
		defer cancel()
		var work sync.WaitGroup
		for range 250 {
			work.Go(func() {
				body := io.MultiReader(strings.NewReader(strings.Repeat(" ", unfinished)), untilDone{ctx})
				request, err := http.NewRequestWithContext(ctx, "POST", "https://"+v.addresses.HTTPS+"/calling/callConnections?api-version=2024-04-15", body)
				if err != nil {
					t.Error(err)
					return
				}
				request.Header.Set("x-ms-date", time.Now().UTC().Format(http.TimeFormat))
				request.Header.Set("x-ms-content-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
				request.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA")
				if response, err := transport.RoundTrip(request); err == nil {
					response.Body.Close()
					if response.ProtoMajor != 2 || response.StatusCode != http.StatusUnauthorized {
						t.Errorf("a stranger's request got %s %s", response.Proto, response.Status)
					}
				}
			})
		}
		work.Wait()
	})
}

// untilDone is the end of a body that does not come.
type untilDone struct{ ctx context.Context }

// Read implements io.Reader.
func (u untilDone) Read([]byte) (int, error) {
	<-u.ctx.Done()
	return 0, u.ctx.Err()
}
