package insight

import (
	"encoding/binary"
	"errors"
	"math"
	"net/netip"
	"time"
)

// coder writes the members of an item, or reads them: each type of item names its members
// once, in its method code, for both. Numbers are varints, texts have their length before
// them. The zero coder writes.
type coder struct {
	bytes   []byte // that are written; or that are still to be read
	reading bool
	damaged bool // what is read is none that was written
}

var errDamaged = errors.New("the timeline of the call is damaged")

// take reads the next bytes; nil where there are fewer.
func (c *coder) take(size uint64) []byte {
	if c.damaged || size > uint64(len(c.bytes)) {
		c.damaged = true
		return nil
	}
	taken := c.bytes[:size:size]
	c.bytes = c.bytes[size:]
	return taken
}

func (c *coder) unsigned(n *uint64) {
	if !c.reading {
		c.bytes = binary.AppendUvarint(c.bytes, *n)
		return
	}
	read, size := binary.Uvarint(c.bytes)
	if size <= 0 {
		c.damaged = true
		return
	}
	*n, c.bytes = read, c.bytes[size:]
}

func (c *coder) signed(n *int64) {
	zigzag := uint64(*n)<<1 ^ uint64(*n>>63)
	c.unsigned(&zigzag)
	*n = int64(zigzag>>1) ^ -int64(zigzag&1)
}

func (c *coder) number(n *int) {
	wide := int64(*n)
	c.signed(&wide)
	*n = int(wide)
}

func (c *coder) duration(d *time.Duration) { c.signed((*int64)(d)) }

func (c *coder) flag(f *bool) {
	n := uint64(0)
	if *f {
		n = 1
	}
	c.unsigned(&n)
	*f = n == 1
}

func (c *coder) fraction(f *float64) {
	if !c.reading {
		c.bytes = binary.LittleEndian.AppendUint64(c.bytes, math.Float64bits(*f))
	} else if read := c.take(8); read != nil {
		*f = math.Float64frombits(binary.LittleEndian.Uint64(read))
	}
}

// moment has nanoseconds, and no zone. The zero time stays zero.
func (c *coder) moment(t *time.Time) {
	known := !t.IsZero()
	if c.flag(&known); !known {
		return
	}
	nanos := t.UnixNano()
	if c.signed(&nanos); c.reading {
		*t = time.Unix(0, nanos)
	}
}

func (c *coder) text(s *string) {
	size := uint64(len(*s))
	if c.unsigned(&size); c.reading {
		*s = string(c.take(size))
	} else {
		c.bytes = append(c.bytes, *s...)
	}
}

// body is not copied when it is read.
func (c *coder) body(b *[]byte) {
	size := uint64(len(*b))
	if c.unsigned(&size); c.reading {
		*b = c.take(size)
	} else {
		c.bytes = append(c.bytes, *b...)
	}
}

func (c *coder) texts(list *[]string) {
	n := uint64(len(*list))
	if c.unsigned(&n); c.reading {
		if n > uint64(len(c.bytes)) { // each takes a byte at least
			c.damaged = true
			return
		}
		*list = make([]string, n)
	}
	for i := range *list {
		c.text(&(*list)[i])
	}
}

func (c *coder) address(a *netip.AddrPort) {
	if c.reading {
		var read []byte
		if c.body(&read); len(read) > 0 && a.UnmarshalBinary(read) != nil {
			c.damaged = true
		}
		return
	}
	var room [64]byte
	written, err := a.AppendBinary(room[:0])
	if err != nil || !a.IsValid() {
		written = nil
	}
	c.body(&written)
}
