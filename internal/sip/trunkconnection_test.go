package sip

import (
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestEachTrunkHasItsRoots asks that a certificate which only one trunk's roots
// vouch for is good for that trunk alone.
func TestEachTrunkHasItsRoots(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	_, others := certificates(t)
	phone, via := callee(t, "carrier", func(c *siptest.Config) { c.Transport, c.TLS = "tls", server })
	for _, test := range []struct {
		name string
		set  func(*trunk.Trunk)
		up   bool
	}{
		{"the right ones", func(t *trunk.Trunk) { t.Roots = client.RootCAs }, true},
		{"others", func(t *trunk.Trunk) { t.Roots = others.RootCAs }, false},
		{"the system's", func(*trunk.Trunk) {}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			this := via
			test.set(&this)
			r := newRig(t, nil, this)
			made := r.dial(t, "+15557770000")
			if test.up {
				next(t, phone).Answer()
				expect[call.Answered](t, made)
			} else if why := expect[call.Ended](t, made).Reason; why.Kind != call.Unreachable {
				t.Errorf("reason is %+v", why)
			}
		})
	}
}

// TestTrunkIsCheckedByItsName asks that a name found by the name service must
// still be the certificate's, and that a broken connection is made anew.
func TestTrunkIsCheckedByItsName(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	conns := make(chan net.Conn, 16)
	server.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		conns <- hello.Conn
		return nil, nil
	}
	phone, via := callee(t, "carrier", func(c *siptest.Config) { c.Transport, c.TLS = "tls", server })
	names := &zone{hosts: map[string][]string{"carrier.example": {"127.0.0.1"}, "evil.example": {"127.0.0.1"}}}
	via.Roots = client.RootCAs
	good, evil := via, via
	good.Host, evil.Host = "carrier.example", "evil.example"
	r := newRig(t, func(c *Config) { c.Resolver = names }, evil)
	if why := expect[call.Ended](t, r.dial(t, "+15557770000")).Reason; why.Kind != call.Unreachable {
		t.Errorf("reason is %+v", why)
	}
	<-conns
	if err := r.table.Set([]trunk.Trunk{good}, nil); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		made := r.dial(t, "+15557770000")
		rung := next(t, phone)
		rung.Answer()
		expect[call.Answered](t, made)
		if err := rung.Hangup(within(t)); err != nil {
			t.Fatal(err)
		}
		expect[call.Ended](t, made)
		if n == 1 { // the second call took the first one's connection; the third cannot
			(<-conns).Close()
			eventually(t, func() bool { return !r.hasConnection("TLS", phone.Addr().String()) })
		}
	}
	if len(conns) != 1 {
		t.Errorf("%d connections more, want 1", len(conns))
	}
}

// TestClientsShowCertificatesWhereTheyMust asks that the setting is obeyed.
func TestClientsShowCertificatesWhereTheyMust(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, client.RootCAs
	r := newRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", server })
	for name, certified := range map[string]bool{"without": false, "with": true} {
		config := client.Clone()
		if certified {
			config.Certificates = server.Certificates
		}
		phone, err := siptest.New(siptest.Config{Server: r.TLSAddr().String(), Transport: "tls", TLS: config, T1: t1})
		if err != nil {
			t.Fatal(err)
		}
		_, err = phone.Request(within(t), "OPTIONS", "x")
		phone.Close()
		if (err == nil) != certified {
			t.Errorf("%s a certificate: %v", name, err)
		}
	}
}

// TestOldTLSIsRefused asks that nobody is met below TLS 1.2, and anybody from there on.
func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	careless := server.Clone()
	careless.MinVersion = tls.VersionTLS10
	r := newRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", careless })
	for version, want := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		config := client.Clone()
		config.MinVersion, config.MaxVersion = version, version
		conn, err := tls.Dial("tcp", r.TLSAddr().String(), config)
		if err == nil {
			conn.Close()
		}
		if (err == nil) != want {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
}

// TestRecordedRouteReusesTheConnection asks that the BYE takes the connection of the call,
// whether the recorded route is an address, with and without the port, or the name of the
// certificate; and that one that is made anew is checked by the trunk's name, not by the
// address in the route.
func TestRecordedRouteReusesTheConnection(t *testing.T) {
	t.Parallel()
	for name, route := range map[string]string{
		"address and port": "sip:127.0.0.1:PORT;transport=tls", "address": "sip:127.0.0.1;transport=tls",
		"name and port": "sip:carrier.example:PORT;transport=tls", "name": "sips:Carrier.example",
	} {
		for _, broken := range []bool{false, true} {
			if broken && name == "address" {
				continue // nobody listens at the port that it stands for
			}
			t.Run(fmt.Sprintf("%s, broken %t", name, broken), func(t *testing.T) {
				t.Parallel()
				server, client := certificates(t)
				conns := make(chan net.Conn, 16)
				server.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
					conns <- hello.Conn
					return nil, nil
				}
				phone, via := callee(t, "carrier", func(c *siptest.Config) { c.Transport, c.TLS = "tls", server })
				_, port, _ := net.SplitHostPort(phone.Addr().String())
				via.Host, via.Roots = "carrier.example", client.RootCAs
				r := newRig(t, func(c *Config) { c.Resolver = &zone{hosts: map[string][]string{"carrier.example": {"127.0.0.1"}}} }, via)
				made := r.dial(t, "+15557770000")
				taken := next(t, phone)
				taken.Answer(siptest.Field{Name: "Record-Route", Value: "<" + strings.ReplaceAll(route, "PORT", port) + ";lr>"})
				expect[call.Answered](t, made)
				want := 1
				if broken {
					want = 2
					conn := <-conns
					conn.Close()
					conns <- conn
					eventually(t, func() bool { return !r.hasConnection("TLS", phone.Addr().String()) })
				}
				made.End(call.Reason{})
				if err := taken.WaitEnded(within(t)); err != nil {
					t.Fatal(err)
				}
				if len(conns) != want {
					t.Errorf("%d connections, want %d", len(conns), want)
				}
			})
		}
	}
}
