package websocket

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/gobwas/ws"
)

// serve gives a Conn whose other side does something.
func serve(t *testing.T, other func(net.Conn)) *Conn {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { here.Close(); there.Close() })
	go other(there)
	return New(here, nil)
}

// TestMessagesAreReadWhole: in fragments, with a ping between them, text and binary.
func TestMessagesAreReadWhole(t *testing.T) {
	pong := make(chan ws.Frame, 1)
	c := serve(t, func(n net.Conn) {
		first := ws.NewTextFrame([]byte("hel"))
		first.Header.Fin = false
		ws.WriteFrame(n, first)
		ws.WriteFrame(n, ws.NewPingFrame([]byte("?")))
		answer, _ := ws.ReadFrame(n)
		pong <- ws.UnmaskFrame(answer)
		ws.WriteFrame(n, ws.NewFrame(ws.OpContinuation, true, []byte("lo")))
		ws.WriteFrame(n, ws.NewBinaryFrame(bytes.Repeat([]byte{7}, 100_000)))
		ws.WriteFrame(n, ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusInvalidFramePayloadData, "Quota exceeded")))
		io.Copy(io.Discard, n)
	})
	if kind, message, err := c.Read(); kind != ws.OpText || string(message) != "hello" || err != nil {
		t.Errorf("read %v %q, %v", kind, message, err)
	}
	if answer := <-pong; answer.Header.OpCode != ws.OpPong || string(answer.Payload) != "?" {
		t.Errorf("answered %+v", answer)
	}
	if kind, message, err := c.Read(); kind != ws.OpBinary || len(message) != 100_000 || err != nil {
		t.Errorf("read %v of %d bytes, %v", kind, len(message), err)
	}
	_, _, err := c.Read()
	var closed *ClosedError
	if !errors.As(err, &closed) || closed.Code != ws.StatusInvalidFramePayloadData || closed.Reason != "Quota exceeded" || !errors.Is(err, errWentAway) {
		t.Errorf("closed by %v", err)
	}
}

func TestMessagesAreMasked(t *testing.T) {
	got := make(chan ws.Frame, 3)
	c := serve(t, func(n net.Conn) {
		for range cap(got) {
			f, _ := ws.ReadFrame(n)
			got <- f
		}
	})
	for _, size := range []int{5, 300, 70_000} { // each form of the length
		want := bytes.Repeat([]byte("x"), size)
		if err := c.Write(ws.OpBinary, want); err != nil {
			t.Fatal(err)
		}
		if f := <-got; !f.Header.Masked || !f.Header.Fin || !bytes.Equal(ws.UnmaskFrame(f).Payload, want) {
			t.Errorf("%d bytes arrive as %+v", size, f.Header)
		}
	}
}

// TestFramesOfNoMessageAreRefused: and no memory is taken for what is only announced.
func TestFramesOfNoMessageAreRefused(t *testing.T) {
	masked := ws.MaskFrame(ws.NewTextFrame([]byte("x")))
	reserved := ws.NewTextFrame([]byte("x"))
	reserved.Header.Rsv = ws.Rsv(true, false, false)
	for name, test := range map[string]struct {
		frame ws.Frame
		want  error
	}{
		"a continuation of nothing": {ws.NewFrame(ws.OpContinuation, true, []byte("x")), errUnframed},
		"masked by a server":        {masked, errUnframed},
		"compressed":                {reserved, errUnframed},
		"a ping in fragments":       {ws.NewFrame(ws.OpPing, false, nil), errUnframed},
		"of a gigabyte":             {ws.Frame{Header: ws.Header{Fin: true, OpCode: ws.OpText, Length: 1 << 30}}, errTooLarge},
	} {
		c := serve(t, func(n net.Conn) { ws.WriteFrame(n, test.frame) })
		if _, _, err := c.Read(); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFramesThatSayNothingAreCounted: an endless row of them would take a processor.
func TestFramesThatSayNothingAreCounted(t *testing.T) {
	begun := ws.NewFrame(ws.OpText, false, nil)
	for name, frame := range map[string]ws.Frame{
		"pings": ws.NewPingFrame(nil), "pongs": ws.NewPongFrame(nil), "pieces": ws.NewFrame(ws.OpContinuation, false, nil), "messages": ws.NewTextFrame([]byte("{}")),
	} {
		c := serve(t, func(n net.Conn) {
			go io.Copy(io.Discard, n)
			if name == "pieces" {
				ws.WriteFrame(n, begun)
			}
			for ws.WriteFrame(n, frame) == nil {
			}
		})
		var err error
		for err == nil {
			_, _, err = c.Read()
		}
		c.Close()
		if !errors.Is(err, errTooShort) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLongFramesComeAsFastAsTheyCan: an application sends minutes of sound at once.
func TestLongFramesComeAsFastAsTheyCan(t *testing.T) {
	c := serve(t, func(n net.Conn) {
		for ws.WriteFrame(n, ws.NewTextFrame(make([]byte, shortFrame))) == nil {
		}
	})
	for range 4 * shortRate.Burst {
		if _, _, err := c.Read(); err != nil {
			t.Fatal(err)
		}
	}
}
