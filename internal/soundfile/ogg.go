package soundfile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// oggReader takes the packets of one stream out of an Ogg file (RFC 3533). It
// holds one page and one packet.
type oggReader struct {
	in     *bufio.Reader
	serial uint32 // of the stream
	known  bool   // which stream it is
	body   []byte // of the page, and what is left of it
	laces  []byte // the lengths of the page's segments that are left
	packet []byte

	granule int64 // the position at the page's end; -1: no packet ends in it
	last    bool  // the page is the stream's last
	buffer  []byte
	head    [27 + 255]byte
}

// maxPacket bounds a packet that goes over pages: pictures stand in comments, and
// are read over.
const maxPacket = 64 << 10

// next returns the next packet, which is valid until the next call; a longer one
// than maxPacket comes cut.
func (o *oggReader) next() ([]byte, error) {
	o.packet = o.packet[:0]
	for {
		for len(o.laces) == 0 {
			if o.last {
				return nil, io.EOF
			}
			if err := o.page(); err != nil {
				return nil, err
			}
		}
		size := int(o.laces[0])
		o.laces = o.laces[1:]
		if len(o.packet)+size <= maxPacket {
			o.packet = append(o.packet, o.body[:size]...)
		}
		o.body = o.body[size:]
		if size < 255 {
			return o.packet, nil
		}
	}
}

// page reads the next page of the stream.
func (o *oggReader) page() error {
	for {
		if _, err := io.ReadFull(o.in, o.head[:27]); err != nil {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return io.EOF // a file that ends early ends there
			}
			return fmt.Errorf("read Ogg: %w", err)
		}
		if string(o.head[:4]) != "OggS" || o.head[4] != 0 {
			return errors.New("the Ogg file has something between its pages")
		}
		laces := o.head[27 : 27+int(o.head[26])]
		if _, err := io.ReadFull(o.in, laces); err != nil {
			return cutOr(err)
		}
		size := 0
		for _, lace := range laces {
			size += int(lace)
		}
		if cap(o.buffer) < size {
			o.buffer = make([]byte, size)
		}
		if _, err := io.ReadFull(o.in, o.buffer[:size]); err != nil {
			return cutOr(err)
		}
		if !o.sound(len(laces), size) {
			return errors.New("the Ogg file has a damaged page: its checksum is wrong")
		}
		if o.chosen(o.buffer[:size]) {
			o.turn(laces, size)
			return nil
		}
	}
}

// cutOr is a page that is cut short, the end of the file; other errors stay.
func cutOr(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return io.EOF
	}
	return fmt.Errorf("read Ogg: %w", err)
}

// chosen reports whether the page that was read belongs to the stream: the first
// of Opus in the file.
func (o *oggReader) chosen(body []byte) bool {
	serial := binary.LittleEndian.Uint32(o.head[14:])
	const begins = 2
	if !o.known && o.head[5]&begins != 0 && bytes.HasPrefix(body, []byte("OpusHead")) {
		o.known, o.serial = true, serial
	}
	return o.known && serial == o.serial || !o.known && o.head[5]&begins == 0
}

// turn makes the page that was read the one that is taken from.
func (o *oggReader) turn(laces []byte, size int) {
	const goesOn, ends = 1, 4
	o.body, o.laces = o.buffer[:size], laces
	o.granule = int64(binary.LittleEndian.Uint64(o.head[6:]))
	o.last = o.head[5]&ends != 0
	if o.head[5]&goesOn != 0 && len(o.packet) == 0 { // the end of a packet whose beginning is missing
		for len(o.laces) > 0 {
			lace := o.laces[0]
			o.laces, o.body = o.laces[1:], o.body[lace:]
			if lace < 255 {
				return
			}
		}
	}
}

// sound checks the page's checksum: a CRC of 32 bits, neither reflected nor
// inverted, over the page with zeros in its place (RFC 3533 §6).
func (o *oggReader) sound(laces, size int) bool {
	want := binary.LittleEndian.Uint32(o.head[22:])
	clear(o.head[22:26])
	return oggSum(oggSum(0, o.head[:27+laces]), o.buffer[:size]) == want
}

var oggSums = func() (table [256]uint32) {
	for i := range table {
		r := uint32(i) << 24
		for range 8 {
			if r&(1<<31) != 0 {
				r = r<<1 ^ 0x04C11DB7
			} else {
				r <<= 1
			}
		}
		table[i] = r
	}
	return table
}()

func oggSum(sum uint32, b []byte) uint32 {
	for _, c := range b {
		sum = sum<<8 ^ oggSums[byte(sum>>24)^c]
	}
	return sum
}
