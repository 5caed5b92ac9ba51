package streaming

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestProgramOfThisMachineNeedsNoTLS: it is reached by wss where it speaks no TLS. One
// elsewhere is not, and the error says what to write.
func TestProgramOfThisMachineNeedsNoTLS(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+accept(r.Header.Get("Sec-WebSocket-Key"))+"\r\n\r\n")
	}))
	t.Cleanup(app.Close)
	app.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	_, port, _ := net.SplitHostPort(app.Listener.Addr().String())
	d := &Dialer{Token: func(context.Context) (string, error) { return "a-token", nil }, Log: slog.New(slog.DiscardHandler)}
	for _, host := range []string{"127.0.0.1", "localhost", "LocalHost", "[::ffff:127.0.0.1]"} {
		c, err := d.dial(t.Context(), Config{URL: "wss://" + host + ":" + port + "/ws?a=b"})
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		c.Close()
	}
	d.netDial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, app.Listener.Addr().String())
	}
	if _, err := d.dial(t.Context(), Config{URL: "wss://app.example/ws"}); err == nil || !strings.Contains(err.Error(), "begins with ws") {
		t.Errorf("elsewhere: %v", err)
	}
}
