package sfu

import (
	"math/rand/v2"
	"sync/atomic"
)

// loses decides whether a packet of a line, or of an encoding, is lost this time: it may come
// again.
type loses func(line uint32, seq uint16) bool

// mostLosses is how often a packet is lost at random in a row. A minute of a hundred pictures
// has packets that are lost four times, for which only a new key picture helps, and that may
// lose packets itself: how long a picture stands then has no bound. What is lost for ever has
// a test of its own (TestAPacketThatNeverComesCostsAKeyPicture).
const mostLosses = 3

// dice lose a share of packets at random.
type dice struct {
	random *rand.Rand
	share  float64
	rows   map[uint32]int // how often a packet was lost in a row
	lost   atomic.Int64
}

func newDice(share float64, seed uint64) *dice {
	return &dice{random: rand.New(rand.NewPCG(seed, seed+1)), share: share, rows: make(map[uint32]int)}
}

func (d *dice) lose(line uint32, seq uint16) bool {
	packet := line<<16 | uint32(seq)
	if d.random.Float64() >= d.share || d.rows[packet] == mostLosses {
		delete(d.rows, packet)
		return false
	}
	d.rows[packet]++
	d.lost.Add(1)
	return true
}

// hole loses one packet whenever it comes, and no other.
func hole(of uint32, number uint16) loses {
	return func(line uint32, seq uint16) bool { return line == of && seq == number }
}
