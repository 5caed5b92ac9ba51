package soundfile

// opusCut takes the frames out of an Opus packet (RFC 6716 §3.2), each as a packet
// of its own: together they may be longer than what a decoder of calls takes.
type opusCut struct {
	first byte // what each packet begins with
	rest  []byte
	sizes [maxOpusFrames]int
	n, at int
	one   [1 + maxOpusFrame]byte
	size  int
}

const (
	maxOpusFrames = 48   // in a packet: 120 ms of 2.5 ms
	maxOpusFrame  = 1275 // bytes
)

// open begins a packet. What is no Opus has no frames.
func (c *opusCut) open(packet []byte) {
	c.n, c.at = 0, 0
	if len(packet) == 0 {
		return
	}
	const code = 3
	c.first, c.rest = packet[0]&^code, packet[1:]
	ok := true
	switch packet[0] & code {
	case 0:
		c.n, c.sizes[0] = 1, len(c.rest)
	case 1:
		ok = c.equal(2)
	case 2:
		c.n = 2
		c.sizes[0], ok = c.length()
		c.sizes[1] = len(c.rest) - c.sizes[0]
	case 3:
		ok = c.many()
	}
	for _, size := range c.sizes[:c.n] {
		ok = ok && size >= 0 && size <= maxOpusFrame
	}
	if !ok {
		c.n = 0
	}
}

// equal cuts what is left into n frames of one size.
func (c *opusCut) equal(n int) bool {
	c.n = n
	for i := range n {
		c.sizes[i] = len(c.rest) / n
	}
	return len(c.rest)%n == 0
}

// many reads the byte that counts the frames, their padding and their sizes (§3.2.5).
func (c *opusCut) many() bool {
	if len(c.rest) == 0 {
		return false
	}
	const variable, padded, count = 0x80, 0x40, 0x3F
	kind, n := c.rest[0], int(c.rest[0]&count)
	c.rest = c.rest[1:]
	if n == 0 || n > maxOpusFrames || kind&padded != 0 && !c.unpad() {
		return false
	}
	if kind&variable == 0 {
		return c.equal(n)
	}
	c.n = n
	sum := 0
	for i := range n - 1 {
		size, ok := c.length()
		if !ok {
			return false
		}
		c.sizes[i] = size
		sum += size
	}
	c.sizes[n-1] = len(c.rest) - sum
	return true
}

// unpad reads the padding's length, and takes the padding off.
func (c *opusCut) unpad() bool {
	for padding := 0; len(c.rest) > 0; {
		more := int(c.rest[0])
		c.rest = c.rest[1:]
		if more < 255 {
			padding += more
			if padding > len(c.rest) {
				return false
			}
			c.rest = c.rest[:len(c.rest)-padding]
			return true
		}
		padding += 254
	}
	return false
}

// length reads a frame's length of one or two bytes (§3.2.1).
func (c *opusCut) length() (int, bool) {
	switch {
	case len(c.rest) == 0:
		return 0, false
	case c.rest[0] < 252:
		n := int(c.rest[0])
		c.rest = c.rest[1:]
		return n, n <= len(c.rest)
	case len(c.rest) < 2:
		return 0, false
	}
	n := int(c.rest[1])*4 + int(c.rest[0])
	c.rest = c.rest[2:]
	return n, n <= len(c.rest)
}

// next goes on to the next frame; false where there is none.
func (c *opusCut) next() bool {
	if c.at == c.n {
		return false
	}
	c.one[0] = c.first
	c.size = 1 + copy(c.one[1:], c.rest[:c.sizes[c.at]])
	c.rest = c.rest[c.sizes[c.at]:]
	c.at++
	return true
}

// frame is the frame that next has come to, as a packet.
func (c *opusCut) frame() []byte { return c.one[:c.size] }
