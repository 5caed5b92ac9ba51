package websocket

import (
	"bufio"
	"bytes"
	"io"
	"testing"

	"github.com/gobwas/ws"
)

// TestHeadersAreReadAsByOthers compares with the reader of the library.
func TestHeadersAreReadAsByOthers(t *testing.T) {
	for _, h := range []ws.Header{
		{Fin: true, OpCode: ws.OpText, Length: 0}, {OpCode: ws.OpText, Length: 125}, {Fin: true, OpCode: ws.OpContinuation, Length: 126},
		{Fin: true, Rsv: 4, OpCode: ws.OpBinary, Length: 1<<16 - 1}, {Fin: true, OpCode: ws.OpPing, Length: 1 << 16}, {Fin: true, OpCode: ws.OpClose, Length: 1 << 40},
	} {
		var wire bytes.Buffer
		if err := ws.WriteHeader(&wire, h); err != nil {
			t.Fatal(err)
		}
		if got, err := readHeader(bufio.NewReader(bytes.NewReader(wire.Bytes()))); err != nil || got != h {
			t.Errorf("%+v was read as %+v, %v", h, got, err)
		}
		for n := range wire.Len() {
			if _, err := readHeader(bufio.NewReader(bytes.NewReader(wire.Bytes()[:n]))); err != io.EOF {
				t.Errorf("%d bytes of %+v: %v", n, h, err)
			}
		}
	}
}
