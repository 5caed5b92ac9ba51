package e2e

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// TestAttackOfIdleConnections: a stranger opens connections on the door for SIP
// and says nothing; telephones still connect.
func TestAttackOfIdleConnections(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	v.under(func() { v.hold(v.addresses.SIP, strangerHost, sized(200, 1000)) })
}

// TestAttackOfHalfOpenTLS: a stranger opens connections to both doors with TLS and
// never ends the handshake; the product may open few files.
func TestAttackOfHalfOpenTLS(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{files: 1024})
	v.under(func() {
		var work sync.WaitGroup
		work.Go(func() { v.hold(v.addresses.HTTPS, "127.0.0.1", 1100) })
		work.Go(func() { v.hold(v.addresses.SIPS, strangerHost, 200) })
		time.Sleep(attackTime() / 2)
		v.isHealthy()
		work.Wait()
	})
}

// hold opens connections and sends nothing, for the time of an attack.
func (v *attacked) hold(to, from string, count int) {
	until := time.Now().Add(attackTime())
	var open []net.Conn
	for range count {
		dialer := fromHost(from)
		dialer.Timeout = time.Second
		if conn, err := dialer.Dial("tcp", to); err == nil {
			open = append(open, conn)
		}
		if time.Now().After(until) {
			break
		}
	}
	time.Sleep(time.Until(until))
	for _, conn := range open {
		conn.Close()
	}
	if len(open) == 0 {
		v.t.Errorf("no connection to %s was made: that is no attack", to)
	}
}

// isHealthy asks for /healthz over a new connection.
func (v *attacked) isHealthy() {
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + v.addresses.HTTP + "/healthz")
	if err != nil {
		v.t.Errorf("/healthz: %v", err)
		return
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		v.t.Errorf("/healthz has %d", response.StatusCode)
	}
}

// TestAttackOfSlowHeads: requests whose head comes a byte at a time, over TLS.
func TestAttackOfSlowHeads(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	v.under(func() {
		var work sync.WaitGroup
		for range 100 {
			work.Go(func() {
				conn, err := tls.DialWithDialer(fromHost("127.0.0.1"), "tcp", v.addresses.HTTPS, &tls.Config{InsecureSkipVerify: true})
				if err != nil {
					return
				}
				defer conn.Close()
				io.WriteString(conn, "GET /calling HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
				for until := time.Now().Add(attackTime()); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
					if _, err := io.WriteString(conn, "a"); err != nil {
						return
					}
				}
			})
		}
		work.Wait()
	})
}
