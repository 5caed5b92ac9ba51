package rtp

// stopgap is a concealer for frames that are not ready in time: it continues the
// frames that were heard last, of either rate.
type stopgap struct {
	conceal concealer // at the rate of the frame heard last
	other   concealer // at the other one
}

func newStopgap() stopgap {
	return stopgap{conceal: newConcealer(narrowRate), other: newConcealer(2 * narrowRate)}
}

// hear takes a frame that was ready.
func (g *stopgap) hear(f []int16) {
	if rate := len(f) * 50 / 1000; rate != g.conceal.rate {
		g.conceal, g.other = g.other, g.conceal
		g.conceal.take(&g.other)
	}
	g.conceal.hear(f)
}

// samples returns the length of a frame.
func (g *stopgap) samples() int { return g.conceal.rate * 20 }

// invent fills a frame. It returns false once nothing is heard any more.
func (g *stopgap) invent(f []int16) bool { return g.conceal.invent(f) }
