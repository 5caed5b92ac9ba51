package media

import (
	"context"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/codec"
)

func open(t testing.TB) *Engine {
	t.Helper()
	e, err := Open(context.Background(), Config{Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// browser is a peer connection with some codecs.
func browser(t testing.TB, settings webrtc.SettingEngine, codecs ...webrtc.RTPCodecParameters) *webrtc.PeerConnection {
	t.Helper()
	engine := &webrtc.MediaEngine{}
	for _, c := range codecs {
		if err := engine.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			t.Fatal(err)
		}
	}
	settings.SetIncludeLoopbackCandidate(true)
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	return pc
}

// connect negotiates, and returns what is told of the path.
func connect(t testing.TB, p *Peer, pc *webrtc.PeerConnection) {
	t.Helper()
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	answer, err := p.Offer(t.Context(), offer.SDP)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		t.Fatal(err)
	}
}

// await waits for a state.
func await(t testing.TB, states <-chan State, want State) {
	t.Helper()
	for {
		select {
		case s := <-states:
			if s == want {
				return
			}
		case <-time.After(time.Minute):
			t.Fatalf("the path did not become %d", want)
		}
	}
}

func newPeer(e *Engine) (*Peer, <-chan State) {
	states := make(chan State, 16)
	return e.NewPeer(func(s State) { states <- s }, func(byte) {}), states
}

// TestCodecsAreOurBest: of what the browser offers, we send the first of our own order.
func TestCodecsAreOurBest(t *testing.T) {
	all := formats()
	best := "G722"
	if codec.OpusMissing() == nil {
		best = codec.Opus.Name
	}
	for _, test := range []struct {
		name, want string
		offered    []webrtc.RTPCodecParameters
	}{
		{"all", best, all},
		{"all, the worst first", best, []webrtc.RTPCodecParameters{find(all, webrtc.MimeTypePCMA), find(all, webrtc.MimeTypePCMU), all[0]}},
		{"narrow ones", "PCMU", []webrtc.RTPCodecParameters{find(all, webrtc.MimeTypePCMA), find(all, webrtc.MimeTypePCMU)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := open(t)
			defer e.Close()
			p, states := newPeer(e)
			defer p.Port().Close()
			defer p.Close()
			pc := browser(t, webrtc.SettingEngine{}, test.offered...)
			defer pc.Close()
			connect(t, p, pc)
			await(t, states, Connected)
			if got := p.Port().Summary().Codec; got != test.want {
				t.Errorf("we send %s, want %s", got, test.want)
			}
		})
	}
}

func find(list []webrtc.RTPCodecParameters, mime string) webrtc.RTPCodecParameters {
	for _, c := range list {
		if c.MimeType == mime {
			return c
		}
	}
	panic("no " + mime)
}

func TestUnknownCodecsAreRefused(t *testing.T) {
	e := open(t)
	defer e.Close()
	p, _ := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	strange := strings.NewReplacer("opus", "speex", "G722", "G723", "PCMU", "GSM", "PCMA", "iLBC").Replace(chromium)
	strange = strings.Replace(strange, " 111 9 0 8 110 126", " 111 110 126", 1)
	if answer, err := p.Offer(t.Context(), strange); err == nil {
		t.Errorf("answered with %s", answer)
	}
}

// TestClientsConnectByTCP: where UDP does not pass. Their connection is then known to be a
// client's, and a stranger's is not.
func TestClientsConnectByTCP(t *testing.T) { connectByTCP(t, "127.0.0.1:0", webrtc.NetworkTypeTCP4) }

func connectByTCP(t *testing.T, address string, network webrtc.NetworkType) {
	t.Helper()
	proven := make(chan net.Conn, 8)
	e, err := Open(context.Background(), Config{Listen: address, Proven: func(c net.Conn) { proven <- c }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	stranger, err := net.Dial("tcp", e.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	var settings webrtc.SettingEngine
	settings.SetNetworkTypes([]webrtc.NetworkType{network})
	pc := browser(t, settings, formats()...)
	defer pc.Close()
	connect(t, p, pc)
	await(t, states, Connected)
	if told := p.Describe(Connected); !strings.Contains(told, "tcp") {
		t.Errorf("the path is %s", told)
	}
	if from := (<-proven).RemoteAddr().String(); from == stranger.LocalAddr().String() || len(proven) > 0 {
		t.Errorf("proven is %s, and %d more; the stranger is %s", from, len(proven), stranger.LocalAddr())
	}
	pc.Close()
	p.Close()
	remembered := func() int {
		e.arrivals.mu.Lock()
		defer e.arrivals.mu.Unlock()
		return len(e.arrivals.from)
	}
	for deadline := time.Now().Add(90 * time.Second); remembered() > 1; time.Sleep(20 * time.Millisecond) { // the stranger's
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are remembered", remembered())
		}
	}
}

// TestPeersLeaveNothingBehind: those that connected, that were only offered, and that
// never were.
func TestPeersLeaveNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	e := open(t)
	for stage := range 9 {
		p, states := newPeer(e)
		pc := browser(t, webrtc.SettingEngine{}, formats()...)
		switch stage % 3 {
		case 0:
			connect(t, p, pc)
			await(t, states, Connected)
		case 1:
			connect(t, p, pc)
		}
		p.Close()
		p.Port().Close()
		pc.Close()
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
}
