package metrics

import (
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/webrtc"
	"github.com/switchhook/switchhook/internal/webrtc/media"
)

// TestLongHandshakesOfBrowsersAreCounted sends the head of one (RFC 6347 §4.2.2).
func TestLongHandshakesOfBrowsersAreCounted(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	engine, err := media.Open(t.Context(), media.Config{Listen: "127.0.0.1:0", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	clients := webrtc.New(webrtc.Config{Media: engine, Log: log})
	defer clients.Close()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(Browsers(clients, engine))
	stranger, err := net.Dial("udp", engine.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	record := []byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12}
	message := []byte{11, 0, 0x20, 0, 0, 1, 0, 0, 0, 0, 0, 0} // a certificate of 8 KiB
	counted := func() float64 {
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			if family.GetName() == "switchhook_browser_long_handshakes_total" {
				return family.GetMetric()[0].GetCounter().GetValue()
			}
		}
		t.Fatal("there is no such metric")
		return 0
	}
	for began := time.Now(); counted() == 0; time.Sleep(10 * time.Millisecond) {
		if _, err := stranger.Write(append(record, message...)); err != nil || time.Since(began) > time.Minute {
			t.Fatalf("it is not counted; %v", err)
		}
	}
}
