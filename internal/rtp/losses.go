package rtp

const (
	// minGap is how many packets must arrive in a row to end a burst of losses:
	// the Gmin that RFC 3611 §4.7.2 recommends.
	minGap = 16
	// settled is how many packets later one that has not come counts as lost here.
	settled = 16
)

// losses divides a stream into bursts, in which packets are lost close to each
// other, and the gaps between them (RFC 3611 §4.7.2). A lone loss belongs to
// its gap.
type losses struct {
	bursts                  uint32
	burstPackets, burstLost uint32
	gapPackets, gapLost     uint32
	runs                    uint32 // groups of losses without a packet between
	lost                    uint32

	span, spanLost uint32 // from a loss to the last one less than minGap behind it
	since          uint32 // packets that arrived behind that
}

// pass notes one packet's fate, in order.
func (l *losses) pass(arrived bool) {
	switch {
	case arrived:
		if l.since++; l.since == minGap {
			l.close()
		}
		if l.span == 0 {
			l.gapPackets += l.since
			l.since = 0
		}
		return
	case l.span == 0:
		l.span, l.spanLost = 1, 1
		l.runs++
	default:
		if l.since > 0 {
			l.runs++
		}
		l.span, l.spanLost = l.span+l.since+1, l.spanLost+1
	}
	l.lost++
	l.since = 0
}

// close ends what began with a loss.
func (l *losses) close() {
	switch {
	case l.spanLost > 1:
		l.bursts++
		l.burstPackets += l.span
		l.burstLost += l.spanLost
	default:
		l.gapPackets += l.span
		l.gapLost += l.spanLost
	}
	l.span, l.spanLost = 0, 0
}

// soFar is the division as it would be if the stream ended here.
func (l losses) soFar() losses {
	if l.span > 0 {
		l.close()
		l.gapPackets += l.since
	}
	return l
}

// advance takes the fates that are settled when the highest sequence number grows
// by ahead: bit i of seen is the packet i before the former highest, and total
// how many packets the stream then had.
func (l *losses) advance(seen uint64, ahead uint16, total uint32) {
	for range ahead {
		if total >= settled {
			l.pass(seen>>(settled-1)&1 != 0)
		}
		seen <<= 1
		total++
	}
}

// density is a share of 256.
func density(lost, packets uint32) uint8 {
	if packets == 0 {
		return 0
	}
	return uint8(min(uint64(lost)*256/uint64(packets), 255))
}
