package pictures

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"
)

// Kinds of entries.
const (
	kindScene = iota + 1
	kindRun
	kindPacket
)

// maxEntry bounds an entry, in bytes.
const maxEntry = 64 << 10

// maxWaits bounds how long sound waits.
const maxWaits = time.Second

// ErrDamaged is of a file that does not follow the format.
var ErrDamaged = errors.New("the file of pictures is damaged")

// Tile is somebody who is to be seen.
type Tile struct {
	Who    string `json:"who"`            // raw id
	Name   string `json:"name,omitempty"` // display name
	Stream int    `json:"stream,omitempty"`
}

// Scene is who is to be seen from some time on.
type Scene struct {
	At     time.Duration `json:"-"`
	Screen *Tile         `json:"screen,omitempty"` // what is shared, by whom
	Tiles  []Tile        `json:"tiles"`            // in their places
}

// Run is packets that belong together, from a key frame on.
type Run struct {
	Number int
	Stream int
	H264   bool // otherwise VP8
}

// Packet is a packet of a run.
type Packet struct {
	Run       int
	At        time.Duration // when it came
	Waits     time.Duration // how long what was said then waited before it was heard, in whole ms
	Seq       uint32
	Timestamp uint32 // of 90 kHz
	Marker    bool
	Payload   []byte
}

type storedScene struct {
	At int64 `json:"at"`
	Scene
}

// AppendScene appends an entry.
func AppendScene(to []byte, s Scene) []byte {
	text, err := json.Marshal(storedScene{s.At.Microseconds(), s})
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return append(begin(to, kindScene, len(text)), text...)
}

// AppendRun appends an entry.
func AppendRun(to []byte, r Run) []byte {
	var body [2*binary.MaxVarintLen64 + 1]byte
	n := binary.PutUvarint(body[:], uint64(r.Number))
	n += binary.PutUvarint(body[n:], uint64(r.Stream))
	if r.H264 {
		body[n] = 1
	}
	return append(begin(to, kindRun, n+1), body[:n+1]...)
}

// AppendPacket appends an entry. It allocates nothing where there is room.
func AppendPacket(to []byte, p *Packet) []byte {
	var head [3*binary.MaxVarintLen64 + 9]byte
	n := binary.PutUvarint(head[:], uint64(p.Run))
	n += binary.PutUvarint(head[n:], uint64(max(p.At, 0).Microseconds()))
	n += binary.PutUvarint(head[n:], uint64(min(max(p.Waits, 0), maxWaits).Milliseconds()))
	binary.BigEndian.PutUint32(head[n:], p.Seq)
	binary.BigEndian.PutUint32(head[n+4:], p.Timestamp)
	if p.Marker {
		head[n+8] = 1
	}
	to = begin(to, kindPacket, n+9+len(p.Payload))
	return append(append(to, head[:n+9]...), p.Payload...)
}

func begin(to []byte, kind byte, body int) []byte {
	return append(binary.AppendUvarint(to, uint64(body+1)), kind)
}

// parse reads the body of an entry; what it returns refers to it.
func parse(body []byte) (entry any, err error) {
	kind, rest := body[0], body[1:]
	switch kind {
	case kindScene:
		var s storedScene
		if json.Unmarshal(rest, &s) != nil || s.At < 0 {
			return nil, ErrDamaged
		}
		s.Scene.At = time.Duration(s.At) * time.Microsecond
		return s.Scene, nil
	case kindRun:
		number, stream, rest, ok := two(rest)
		if !ok || len(rest) != 1 {
			return nil, ErrDamaged
		}
		return Run{Number: int(number), Stream: int(stream), H264: rest[0] == 1}, nil
	case kindPacket:
		run, at, rest, ok := two(rest)
		waits, n := binary.Uvarint(rest)
		if !ok || n <= 0 || waits > uint64(maxWaits.Milliseconds()) || len(rest) < n+9 {
			return nil, ErrDamaged
		}
		rest = rest[n:]
		return &Packet{
			Run: int(run), At: time.Duration(at) * time.Microsecond, Waits: time.Duration(waits) * time.Millisecond, Seq: binary.BigEndian.Uint32(rest),
			Timestamp: binary.BigEndian.Uint32(rest[4:]), Marker: rest[8] == 1, Payload: rest[9:],
		}, nil
	}
	return nil, ErrDamaged
}

// two reads two numbers, which fit into 48 bits.
func two(b []byte) (x, y uint64, rest []byte, ok bool) {
	x, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, 0, nil, false
	}
	y, m := binary.Uvarint(b[n:])
	if m <= 0 || x>>48 != 0 || y>>48 != 0 {
		return 0, 0, nil, false
	}
	return x, y, b[n+m:], true
}
