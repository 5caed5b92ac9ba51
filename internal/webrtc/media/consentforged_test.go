package media

import (
	"encoding/binary"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"
)

// theirPassword is that of the client in chromium.
const theirPassword = "abcdefghijklmnopqrstuvwx"

// answer answers a request of ours, as the client with a password does. It returns false
// for another packet.
func answer(t *testing.T, from net.Conn, packet []byte, password string) bool {
	t.Helper()
	m := &stun.Message{Raw: packet}
	if !stun.IsMessage(packet) || m.Decode() != nil || m.Type != stun.BindingRequest {
		return false
	}
	at := from.LocalAddr().(*net.UDPAddr)
	reply, err := stun.Build(m, stun.BindingSuccess, &stun.XORMappedAddress{IP: at.IP, Port: at.Port}, stun.NewShortTermIntegrity(password), stun.Fingerprint)
	fatal(t, err)
	_, err = from.Write(reply.Raw)
	fatal(t, err)
	return true
}

// visitor is a socket that knows the passwords of a browser's connection, as a page does.
type visitor struct {
	*net.UDPConn
	t        *testing.T
	check    []byte // that nominates where it comes from
	password string // of the browser
	received int    // bytes of anything, and of what follows
	requests int
	replies  int
	media    int
}

func newVisitor(t *testing.T, e *Engine, pc *webrtc.PeerConnection) *visitor {
	t.Helper()
	return newVisitorOf(t, e, pc.RemoteDescription(), pc.LocalDescription())
}

// newVisitorOf is one by our description and the browser's.
func newVisitorOf(t *testing.T, e *Engine, ours, theirs *webrtc.SessionDescription) *visitor {
	t.Helper()
	socket, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(e.Addr()))
	fatal(t, err)
	t.Cleanup(func() { socket.Close() })
	said := func(d *webrtc.SessionDescription, name string) string {
		_, rest, _ := strings.Cut(d.SDP, "\r\na="+name+":")
		value, _, _ := strings.Cut(rest, "\r\n")
		return value
	}
	m, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.NewUsername(said(ours, "ice-ufrag")+":"+said(theirs, "ice-ufrag")),
		ice.AttrControlling(1), ice.PriorityAttr(1<<31-1), ice.UseCandidate(), stun.NewShortTermIntegrity(said(ours, "ice-pwd")), stun.Fingerprint)
	fatal(t, err)
	return &visitor{UDPConn: socket, t: t, check: m.Raw, password: said(theirs, "ice-pwd")}
}

// read counts what comes for a while, and answers what it is asked if it does that.
func (v *visitor) read(answers bool, until func() bool, patience time.Duration) {
	v.t.Helper()
	packet := make([]byte, maxPacket)
	for end := time.Now().Add(patience); time.Now().Before(end) && !until(); {
		_ = v.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		n, err := v.Read(packet)
		if err != nil {
			continue
		}
		v.received += n
		switch {
		case packet[0] > lastOfSTUN:
			v.media++
		case packet[0] == 0:
			v.requests++
			if answers {
				answer(v.t, v, packet[:n], v.password)
			}
		default:
			v.replies++
		}
	}
}

// sendSound has a peer send a packet of sound every 5 ms.
func sendSound(t *testing.T, p *Peer) {
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for number := uint16(0); ; number++ {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			packet := make([]byte, 12+80)
			packet[0], packet[1], packet[2], packet[3] = 2<<6, 9, byte(number>>8), byte(number)
			binary.BigEndian.PutUint32(packet[8:], p.ssrc)
			_, _ = p.SendRTP(packet)
		}
	}()
	t.Cleanup(func() { close(stop); <-ended })
}

// connected is a browser that is sent sound, and counts what it hears.
func connected(t *testing.T) (e *Engine, p *Peer, pc *webrtc.PeerConnection, heard <-chan struct{}) {
	t.Helper()
	e = open(t)
	t.Cleanup(func() { e.Close() })
	p, states := newPeer(e)
	t.Cleanup(func() { p.Close(); p.Port().Close() })
	pc = browser(t, webrtc.SettingEngine{}, find(formats(), webrtc.MimeTypeG722))
	t.Cleanup(func() { pc.Close() })
	came := make(chan struct{})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for packet := make([]byte, maxPacket); ; {
			if _, _, err := track.Read(packet); err != nil {
				return
			}
			select {
			case came <- struct{}{}:
			default:
			}
		}
	})
	connect(t, p, pc)
	await(t, states, Connected)
	sendSound(t, p)
	return e, p, pc, came
}

func hears(t *testing.T, heard <-chan struct{}, packets int) {
	t.Helper()
	for range packets {
		select {
		case <-heard:
		case <-time.After(time.Minute):
			t.Fatal("the browser hears nothing")
		}
	}
}

// TestForgedSourceGetsNoMedia: a nomination with the right password leads nothing to an
// address that does not answer, whoever's it is: neither sound, nor more than three times
// what came from there. The browser hears on; and an address that answers gets the sound.
func TestForgedSourceGetsNoMedia(t *testing.T) {
	e, p, pc, heard := connected(t)
	hears(t, heard, 5)
	before := p.now.Load().pair().Remote.Port

	victim := newVisitor(t, e, pc)
	sent := 0
	for range 10 {
		n, err := victim.Write(victim.check)
		fatal(t, err)
		sent += n
		victim.read(false, func() bool { return false }, 60*time.Millisecond)
		hears(t, heard, 2)
	}
	if victim.media > 0 || victim.requests == 0 || victim.received > perByte*sent {
		t.Errorf("an address that does not answer got %d packets of media, %d requests, %d bytes for %d", victim.media, victim.requests, victim.received, sent)
	}
	if now := p.now.Load().pair().Remote.Port; now != before {
		t.Errorf("the path has moved from port %d to %d", before, now)
	}

	moved := newVisitor(t, e, pc)
	_, err := moved.Write(moved.check)
	fatal(t, err)
	moved.read(true, func() bool { return moved.media > 5 && moved.replies > 0 }, time.Minute)
	if moved.media == 0 || moved.replies == 0 {
		t.Errorf("an address that answers got %d packets of media, and %d answers to its check", moved.media, moved.replies)
	}
}

// TestWrongAnswersAreNoConsent: of another address, with another number, or with another
// password.
func TestWrongAnswersAreNoConsent(t *testing.T) {
	e, p, pc, heard := connected(t)
	victim, accomplice := newVisitor(t, e, pc), newVisitor(t, e, pc)
	for _, v := range []*visitor{victim, accomplice} {
		_, err := v.Write(v.check)
		fatal(t, err)
	}
	packet := make([]byte, maxPacket)
	fatal(t, accomplice.SetReadDeadline(time.Now().Add(time.Minute)))
	n, err := accomplice.Read(packet)
	fatal(t, err)
	asked := &stun.Message{Raw: packet[:n]}
	fatal(t, asked.Decode())
	before := p.now.Load().pair().Remote.Port
	for name, reply := range map[string][]stun.Setter{
		"the number of another address": {asked, stun.BindingSuccess, stun.NewShortTermIntegrity(victim.password), stun.Fingerprint},
		"a number of its own":           {stun.TransactionID, stun.BindingSuccess, stun.NewShortTermIntegrity(victim.password), stun.Fingerprint},
		"no password":                   {asked, stun.BindingSuccess, stun.Fingerprint},
	} {
		m, err := stun.Build(reply...)
		fatal(t, err)
		_, err = victim.Write(m.Raw)
		fatal(t, err)
		if name == "no password" {
			_, err = accomplice.Write(m.Raw)
			fatal(t, err)
		}
		victim.read(false, func() bool { return victim.media > 0 }, 100*time.Millisecond)
		accomplice.read(false, func() bool { return accomplice.media > 0 }, 100*time.Millisecond)
		if now := p.now.Load().pair().Remote.Port; victim.media > 0 || accomplice.media > 0 || now != before {
			t.Errorf("%s: %d and %d packets of media, the path is to port %d", name, victim.media, accomplice.media, now)
		}
	}
	hears(t, heard, 5)
}

// TestForgedFirstCheckGetsNoMedia: after a restart of ICE there is no path to keep, and the
// first check has one at once; media follow its answer.
func TestForgedFirstCheckGetsNoMedia(t *testing.T) {
	e, p, pc, _ := connected(t)
	offer, err := pc.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
	fatal(t, err)
	fatal(t, pc.SetLocalDescription(offer))
	said, err := p.Offer(t.Context(), offer.SDP)
	fatal(t, err)
	link := p.now.Load()
	// The browser is not told: it sends no checks by the new password.
	mute := &webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: said}
	victim := newVisitorOf(t, e, mute, &offer)
	_, err = victim.Write(victim.check)
	fatal(t, err)
	victim.read(false, func() bool { return victim.replies > 0 && victim.requests > 2 }, time.Minute)
	if pair := link.pair(); pair == nil || int(pair.Remote.Port) != victim.LocalAddr().(*net.UDPAddr).Port {
		t.Errorf("the path is %v", pair)
	}
	if victim.media > 0 || victim.replies == 0 {
		t.Errorf("an address that does not answer got %d packets of media, and %d answers", victim.media, victim.replies)
	}
	_, err = victim.Write(victim.check)
	fatal(t, err)
	victim.read(true, func() bool { return victim.media > 5 }, time.Minute)
	if victim.media == 0 {
		t.Error("an address that answers got no media")
	}
}

// TestLateNewsOfAPathIsNotTold: pion tells each state in a goroutine of its own. One that
// is over must not leave the peer interrupted, with a path that is up.
func TestLateNewsOfAPathIsNotTold(t *testing.T) {
	e := open(t)
	defer e.Close()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	pc := browser(t, webrtc.SettingEngine{}, formats()...)
	defer pc.Close()
	connect(t, p, pc)
	await(t, states, Connected)
	p.now.Load().stateChanged(webrtc.PeerConnectionStateDisconnected)
	select {
	case state := <-states:
		t.Errorf("the peer is told of %d", state)
	default:
	}
}
