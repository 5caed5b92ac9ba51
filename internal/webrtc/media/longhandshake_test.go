package media

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
)

// handshakeOf is a record with a fragment of a message of so many bytes.
func handshakeOf(message int, epoch byte, fragment []byte) []byte {
	record := []byte{handshakeRecord, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 0}
	record = binary.BigEndian.AppendUint16(record, uint16(messageHeader+len(fragment)))
	record = append(record, 11, byte(message>>16), byte(message>>8), byte(message), 0, 1, 0, 0, 0, 0, byte(len(fragment)>>8), byte(len(fragment)))
	return append(record, fragment...)
}

func TestLongMessagesOfTheHandshake(t *testing.T) {
	long, short := handshakeOf(maxHandshake+1, 0, make([]byte, 50)), handshakeOf(maxHandshake, 0, make([]byte, 50))
	second := append(bytes.Clone(short), long[recordHeader:]...) // of one record
	binary.BigEndian.PutUint16(second[11:], uint16(len(second)-recordHeader))
	for name, test := range map[string]struct {
		packet []byte
		long   bool
	}{
		"short":              {short, false},
		"long":               {long, true},
		"a second record":    {append(bytes.Clone(short), long...), true},
		"a second message":   {second, true},
		"encrypted":          {handshakeOf(1<<23, 1, make([]byte, 50)), false},
		"cut":                {long[:recordHeader+messageHeader], true},
		"cut in its header":  {long[:recordHeader+messageHeader-1], false},
		"nothing":            {nil, false},
		"a record too short": {long[:recordHeader], false},
	} {
		if got := tooLong(test.packet); got != test.long {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestStreamsEndWithALongHandshake, however it is divided, and with nothing else.
func TestStreamsEndWithALongHandshake(t *testing.T) {
	frame := func(packet []byte) []byte {
		return append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)
	}
	fine := bytes.Join([][]byte{frame([]byte{0x80, 1, 2}), frame(nil), frame(handshakeOf(200, 0, make([]byte, 200))), frame(make([]byte, 500))}, nil)
	for _, step := range []int{1, 2, 7, 100000} {
		var f framed
		give := func(data []byte) (err error) {
			for len(data) > 0 && err == nil {
				n := min(step, len(data))
				err = f.take(data[:n])
				data = data[n:]
			}
			return err
		}
		if err := give(fine); err != nil {
			t.Errorf("in steps of %d: %v", step, err)
		}
		if err := give(frame(handshakeOf(maxHandshake+1, 0, make([]byte, 50)))); !errors.Is(err, errTooLong) {
			t.Errorf("in steps of %d, a long one: %v", step, err)
		}
	}
}

// bigKey is a key of RSA that nobody could have made, nor needs to: who verifies a signature
// by it learns only at the end that it is wrong.
type bigKey struct{ public *rsa.PublicKey }

func (k bigKey) Public() crypto.PublicKey { return k.public }

func (k bigKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return make([]byte, k.public.Size()), nil
}

// TestCertificatesOfHugeKeysAreNotRead: the packets of one are dropped.
func TestCertificatesOfHugeKeysAreNotRead(t *testing.T) {
	modulus := make([]byte, 24000)
	rand.Read(modulus)
	modulus[0], modulus[len(modulus)-1] = 0xff, 0xff
	key := bigKey{&rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 1<<31 - 1}}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), SignatureAlgorithm: x509.SHA256WithRSA}
	signer, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.CreateCertificate(rand.Reader, template, template, key.public, signer)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	e := open(t)
	defer e.Close()
	p, _ := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{webrtc.CertificateFromX509(key, parsed)}})
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	o, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(o); err != nil {
		t.Fatal(err)
	}
	answer, err := p.Offer(t.Context(), o.SDP)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); e.LongHandshakes() == 0; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("no packet was dropped")
		}
	}
}

// TestLongHandshakesOverTCPAreCounted: each has ended its connection.
func TestLongHandshakesOverTCPAreCounted(t *testing.T) {
	e := open(t)
	defer e.Close()
	conn, err := net.Dial("tcp", e.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	packet := handshakeOf(maxHandshake+1, 0, make([]byte, 50))
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("it is answered")
	}
	if n := e.LongHandshakes(); n != 1 {
		t.Errorf("%d are counted", n)
	}
}
