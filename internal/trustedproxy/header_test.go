package trustedproxy

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// version2 is a header of version 2.
func version2(command, family byte, rest string) string {
	return binaryMark + string([]byte{command, family, byte(len(rest) >> 8), byte(len(rest))}) + rest
}

const (
	addresses4 = "\xcb\x00\x71\x09\x0a\x00\x00\x01\x00\x07\x13\xc4" // 203.0.113.9:7 to 10.0.0.1:5060
	sixteen    = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
	addresses6 = sixteen + sixteen + "\x00\x07\x13\xc4"
)

func TestHeaderNamesTheClient(t *testing.T) {
	peer := netip.MustParseAddrPort("127.0.0.1:5")
	for name, test := range map[string]struct{ header, want string }{
		"version 1":                          {"PROXY TCP4 203.0.113.9 10.0.0.1 7 5060\r\n", "203.0.113.9:7"},
		"version 1 over IPv6":                {"PROXY TCP6 2001:db8::1 2001:db8::2 7 5060\r\n", "[2001:db8::1]:7"},
		"version 1, a client without a name": {"PROXY UNKNOWN\r\n", "0.0.0.0:5"},
		"version 1, UNKNOWN with addresses":  {"PROXY UNKNOWN 127.0.0.1 127.0.0.1 7 5060\r\n", "0.0.0.0:5"},
		"version 1, a wrong family":          {"PROXY TCP4 2001:db8::1 2001:db8::2 7 5060\r\n", ""},
		"version 1, no address":              {"PROXY TCP4 nobody 10.0.0.1 7 5060\r\n", ""},
		"version 1, a port that is none":     {"PROXY TCP4 203.0.113.9 10.0.0.1 70000 5060\r\n", ""},
		"version 1, too long":                {"PROXY UNKNOWN " + strings.Repeat("x", 200) + "\r\n", ""},
		"version 1, without an end":          {"PROXY TCP4 203.0.113.9 10.0.0.1 7", ""},
		"version 2":                          {version2(0x21, 0x11, addresses4), "203.0.113.9:7"},
		"version 2 with more fields":         {version2(0x21, 0x11, addresses4+"\x04\x00\x02ab"), "203.0.113.9:7"},
		"version 2 over IPv6":                {version2(0x21, 0x21, addresses6), "[2001:db8::1]:7"},
		"version 2, the proxy's own":         {version2(0x20, 0x00, ""), "127.0.0.1:5"},
		"version 2, a client without a name": {version2(0x21, 0x00, ""), "0.0.0.0:5"},
		"version 2, too short":               {version2(0x21, 0x11, addresses4[:8]), ""},
		"version 2, too long":                {version2(0x21, 0x11, strings.Repeat("x", longestBinary+1)), ""},
		"version 2, another command":         {version2(0x22, 0x11, addresses4), ""},
		"version 3":                          {version2(0x31, 0x11, addresses4), ""},
		"no header":                          {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""},
		"nothing":                            {"", ""},
	} {
		from := bytes.NewBufferString(test.header + "BEHIND")
		if test.want == "" {
			from = bytes.NewBufferString(test.header)
		}
		client, err := readHeader(from, peer)
		if (err == nil) != (test.want != "") || err == nil && (client.String() != test.want || from.String() != "BEHIND") {
			t.Errorf("%s: %s, %v, %q is left", name, client, err, from)
		}
	}
}

func FuzzHeader(f *testing.F) {
	for _, seed := range []string{"PROXY TCP4 203.0.113.9 10.0.0.1 7 5060\r\n", version2(0x21, 0x11, addresses4), version2(0x21, 0x21, addresses6), "PROXY UNKNOWN\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		from := bytes.NewReader(data)
		client, err := readHeader(from, netip.MustParseAddrPort("127.0.0.1:5"))
		if err == nil && !client.IsValid() {
			t.Error("a header without an error names no client")
		}
		if read := len(data) - from.Len(); read > len(binaryMark)+4+longestBinary {
			t.Errorf("%d bytes were read", read)
		}
	})
}

// TestConnectionsOfProxiesBeginWithAHeader: that of a proxy is its client's, that of
// another is as it is, and neither waits for a proxy that sends nothing.
func TestConnectionsOfProxiesBeginWithAHeader(t *testing.T) {
	for name, test := range map[string]struct {
		trusted, header, want string
	}{
		"a proxy":              {"127.0.0.1/32", "PROXY TCP4 203.0.113.9 10.0.0.1 7 5060\r\n", "203.0.113.9:7"},
		"a stranger's own":     {"10.0.0.0/8", "PROXY TCP4 203.0.113.9 10.0.0.1 7 5060\r\n", ""},
		"a proxy without one":  {"127.0.0.1/32", "OPTIONS sip:x SIP/2.0\r\n\r\n", "closed"},
		"a client of no proxy": {"10.0.0.0/8", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			inner, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			outer := New([]netip.Prefix{netip.MustParsePrefix(test.trusted)}).Listener(inner, slog.New(slog.DiscardHandler))
			defer outer.Close()
			dial := func(text string) net.Conn {
				conn, err := net.Dial("tcp", inner.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { conn.Close() })
				io.WriteString(conn, text)
				return conn
			}
			if test.trusted == "127.0.0.1/32" {
				dial("") // a proxy that sends nothing
			}
			made := dial(test.header)
			if test.want == "closed" {
				made.SetReadDeadline(time.Now().Add(10 * time.Second))
				if _, err := made.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
					t.Errorf("the connection lives: %v", err)
				}
				return
			}
			conn, err := outer.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			want := test.want
			if want == "" {
				want = made.LocalAddr().String()
			}
			if got := conn.RemoteAddr().String(); got != want {
				t.Errorf("a connection of %s, want %s", got, want)
			}
		})
	}
}

func TestClosedListenerWaitsForNoProxy(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	outer := New([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}).Listener(inner, slog.New(slog.DiscardHandler))
	conn, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	time.Sleep(10 * time.Millisecond) // it is accepted, and sends nothing
	begun := time.Now()
	outer.Close()
	if took := time.Since(begun); took > headerTime/2 {
		t.Errorf("closing took %v", took)
	}
	if _, err := outer.Accept(); err == nil {
		t.Error("a closed listener accepts")
	}
}
