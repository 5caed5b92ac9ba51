package rtp

import (
	"bytes"
	"cmp"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// The pairs of R and MOS of ITU-T G.107 annex B's classes of quality.
func TestOpinionOfRatings(t *testing.T) {
	for _, test := range []struct{ rating, want float64 }{
		{-5, 1}, {0, 1}, {3, 1}, {50, 2.58}, {60, 3.10}, {70, 3.60}, {80, 4.02}, {90, 4.34}, {93.2, 4.41}, {100, 4.5}, {120, 4.5},
	} {
		if got := opinion(test.rating); math.Abs(got-test.want) > 0.006 {
			t.Errorf("R %.1f is an opinion of %.3f, want %.2f", test.rating, got, test.want)
		}
	}
}

func TestRatingFallsWithLossAndDelay(t *testing.T) {
	for _, test := range []struct {
		name        string
		loss, burst float64
		delay       time.Duration
		want        float64
	}{
		{"perfect", 0, 1, 0, 93.2},
		{"one in a hundred lost", 0.01, 1, 0, 89.56},
		{"one in ten lost", 0.1, 1, 0, 66.14},
		{"one in ten, in runs of two", 0.1, 2, 0, 61.64},
		{"100 ms", 0, 1, 100 * time.Millisecond, 90.8},
		{"300 ms", 0, 1, 300 * time.Millisecond, 72.50},
		{"everything lost", 1, 5, time.Second, 0},
	} {
		if got := rating(test.loss, test.burst, test.delay); math.Abs(got-test.want) > 0.02 {
			t.Errorf("%s: R is %.2f, want %.2f", test.name, got, test.want)
		}
	}
}

func TestLossesAreBurstsAndGaps(t *testing.T) {
	ok := strings.Repeat(".", 20)
	for _, test := range []struct {
		name   string
		fates  string // . arrived, x lost
		bursts uint32
		burstPackets, burstLost,
		gapPackets, gapLost, runs uint32
	}{
		{"no loss", ok, 0, 0, 0, 20, 0, 0},
		{"a lone loss is the gap's", ok + "x" + ok, 0, 0, 0, 41, 1, 1},
		{"two lone losses", ok + "x" + ok + "x" + ok, 0, 0, 0, 62, 2, 2},
		{"two at once", ok + "xx" + ok, 1, 2, 2, 40, 0, 1},
		{"15 between do not end a burst", ok + "x" + ok[:15] + "x" + ok, 1, 17, 2, 40, 0, 2},
		{"16 do", ok + "x" + ok[:16] + "x" + ok, 0, 0, 0, 58, 2, 2},
		{"one that still lasts", ok + "x.x", 1, 3, 2, 20, 0, 2},
		{"two bursts", ok + "x.x" + ok + "xxx" + ok, 2, 6, 5, 60, 0, 3},
	} {
		var l losses
		for _, fate := range test.fates {
			l.pass(fate == '.')
		}
		if l = l.soFar(); l.bursts != test.bursts || l.burstPackets != test.burstPackets || l.burstLost != test.burstLost ||
			l.gapPackets != test.gapPackets || l.gapLost != test.gapLost || l.runs != test.runs {
			t.Errorf("%s: %+v", test.name, l)
		}
	}
}

// Packets that come a little late are not lost.
func TestOnlyWhatNeverComesIsALoss(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 3611))
	type arrival struct {
		sequence uint16
		at       float64
	}
	var order []arrival
	want := uint32(0)
	for i := range 5000 {
		if i%50 == 7 && i < 4900 {
			want++
			continue
		}
		order = append(order, arrival{uint16(64000 + i), float64(i) + 8*random.Float64()})
	}
	slices.SortFunc(order[1:], func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	var n numbering
	for _, packet := range order {
		n.admit(header{ssrc: 1, sequence: packet.sequence})
	}
	if n.losses.lost != want || n.losses.runs != want || n.losses.bursts != 0 {
		t.Errorf("%d lost in %d runs and %d bursts, want %d alone", n.losses.lost, n.losses.runs, n.losses.bursts, want)
	}
}

func TestVoIPMetricsComeBack(t *testing.T) {
	want := voipMetrics{
		ssrc: 5, lossRate: 1, discardRate: 2, burstDensity: 3, gapDensity: 4,
		burstDuration: 500 * time.Millisecond, gapDuration: 6 * time.Second, roundTrip: 70 * time.Millisecond, endDelay: 80 * time.Millisecond,
		rating: 90, listening: 44, conversing: 43, nominal: 40 * time.Millisecond, most: 200 * time.Millisecond, absolute: 201 * time.Millisecond,
	}
	var packet [160]byte
	n := putReport(packet[:], 9, [cnameSize]byte{}, nil, nil)
	n += putVoIP(packet[n:], 9, &want)
	f, ok := parseRTCP(packet[:n], 5)
	if !ok || !f.told || f.quality != want {
		t.Errorf("%v, %+v", ok, f)
	}
	if f, ok := parseRTCP(packet[:n], 6); !ok || f.told {
		t.Errorf("metrics of somebody else are taken for ours: %v, %+v", ok, f)
	}
	cut := bytes.Clone(packet[:n])
	cut[n-voipSize+8+3]++ // the block claims a word that is not there
	if _, ok := parseRTCP(cut, 5); ok {
		t.Error("a block beyond the packet is accepted")
	}
	other := bytes.Clone(packet[:n])
	other[n-voipSize+8] = 4 // another kind of block is passed over
	if f, ok := parseRTCP(other, 5); !ok || f.told {
		t.Errorf("a block of another kind: %v, %+v", ok, f)
	}
}

func TestSummaryLogsItsFigures(t *testing.T) {
	var text strings.Builder
	slog.New(slog.NewTextHandler(&text, nil)).Info("stream ended", "sound", Summary{Codec: "PCMA", Sent: 7, MOS: 4.25})
	for _, want := range []string{"sound.codec=PCMA", "sound.sent=7", "sound.mos=4.25"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%s lacks %s", text.String(), want)
		}
	}
}
