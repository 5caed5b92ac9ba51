package insight

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"
)

func TestMessagesGoToTheCaptureServer(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	hep := NewHEP(server.LocalAddr().String(), 4711, slog.New(slog.DiscardHandler))
	defer hep.Close()
	h := newHub(t, Config{HEP: hep})
	defer h.Close()
	at := time.Unix(1_800_000_000, 123_456_000)
	h.SIP(at, false, "UDP", here, phone, []byte(secretMessage))
	packet := make([]byte, 65536)
	server.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, _, err := server.ReadFrom(packet)
	if err != nil {
		t.Fatal(err)
	}
	packet = packet[:n]
	if string(packet[:4]) != "HEP3" || int(binary.BigEndian.Uint16(packet[4:])) != n {
		t.Fatalf("%d bytes begin % x", n, packet[:8])
	}
	chunks := map[uint16][]byte{}
	for rest := packet[6:]; len(rest) >= 6; {
		length := binary.BigEndian.Uint16(rest[4:])
		chunks[binary.BigEndian.Uint16(rest[2:])] = rest[6:length]
		rest = rest[length:]
	}
	if !bytes.Equal(chunks[hepSource4], []byte{192, 0, 2, 7}) || !bytes.Equal(chunks[hepTarget4], []byte{127, 0, 0, 1}) ||
		binary.BigEndian.Uint16(chunks[hepSourceEnd]) != 5060 || chunks[hepProtocol][0] != protocolUDP || chunks[hepKind][0] != kindSIP ||
		binary.BigEndian.Uint32(chunks[hepSeconds]) != 1_800_000_000 || binary.BigEndian.Uint32(chunks[hepMicros]) != 123_456 ||
		binary.BigEndian.Uint32(chunks[hepAgent]) != 4711 || string(chunks[hepCallID]) != "1" {
		t.Errorf("chunks %v", chunks)
	}
	if text := string(chunks[hepPayload]); !strings.HasPrefix(text, "INVITE ") || strings.Contains(text, "SECRET") {
		t.Errorf("the payload is %q", text)
	}
}

func TestCaptureServerThatIsAwayHoldsUpNothing(t *testing.T) {
	hep := NewHEP("capture.invalid:9060", 1, slog.New(slog.DiscardHandler))
	h := newHub(t, Config{HEP: hep})
	for range 3 * hepRoom {
		h.SIP(time.Now(), true, "UDP", here, phone, []byte("OPTIONS sip:x SIP/2.0\r\nCall-ID: 1\r\n\r\n"))
	}
	if hep.Dropped() == 0 {
		t.Error("nothing was dropped")
	}
	h.Close()
	hep.Close()
}
