package rtp

import "time"

// The E-model's numbers for G.711 and G.722 with concealment such as ours.
const (
	// bestRating is R without delay and loss, with all other parameters at their
	// defaults (ITU-T G.107 (2015) §7.1 and table 2).
	bestRating = 93.2
	// robustness is Bpl of G.711 with concealment (ITU-T G.113 appendix I, table
	// I.4). G.722 has no figure on this scale; it is concealed in the same way.
	robustness = 25.1
)

// rating is the transmission rating R of ITU-T G.107, with equipment of no
// impairment of its own (Ie = 0) and G.107's defaults for all that is not
// known here. loss is a share, burst how much longer its runs are than of random
// loss (1 is random), delay is one way, from mouth to ear.
//
// Impairment by loss is G.107's equation 7-29. Impairment by delay is the
// approximation of its 7-27 by Cole and Rosenbluth, Voice over IP performance
// monitoring, ACM SIGCOMM CCR 31-2 (2001).
func rating(loss, burst float64, delay time.Duration) float64 {
	percent := 100 * loss
	byLoss := 95 * percent / (percent/max(burst, 1) + robustness)
	ms := float64(delay) / float64(time.Millisecond)
	byDelay := 0.024*ms + 0.11*max(ms-177.3, 0)
	return min(max(bestRating-byLoss-byDelay, 0), 100)
}

// opinion is the mean opinion score, 1 to 4.5, of a rating (ITU-T G.107 annex B).
func opinion(r float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1+0.035*r+r*(r-60)*(100-r)*7e-6, 1)
}

// lossRatio is the share of packets that could not be played.
func (s Stats) lossRatio() float64 {
	expected := float64(s.Received + s.Lost)
	if expected == 0 {
		return 0
	}
	return min(max(float64(s.Lost+s.Late+s.Discarded)-float64(s.Recovered), 0)/expected, 1)
}

// burstiness compares the mean run of losses with that of random loss.
func burstiness(lost, runs uint32, loss float64) float64 {
	if runs == 0 {
		return 1
	}
	return max(float64(lost)/float64(runs)*(1-loss), 1)
}

// endDelay is what we add to the delay: our half of the peer's packets, the
// jitter buffer, the mix.
func (s Stats) endDelay() time.Duration { return s.Depth + 20*time.Millisecond }

// ratings are R for listening, without the delay, and for a conversation.
func (s Stats) ratings(burst float64) (listening, conversing float64) {
	loss := s.lossRatio()
	return rating(loss, burst, 0), rating(loss, burst, s.RoundTrip/2+s.endDelay())
}
