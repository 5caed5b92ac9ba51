package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/sfu"
	"github.com/switchhook/switchhook/internal/webrtc"
)

// Pictures counts what is forwarded of cameras and screens.
func Pictures(of *webrtc.Server) prometheus.Collector { return forwarding{of} }

type forwarding struct{ of *webrtc.Server }

func pictures(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("switchhook_pictures_"+name, help, labels, nil)
}

var (
	picturePackets   = pictures("packets_total", "Packets that were forwarded, without repetitions.")
	pictureBytes     = pictures("bytes_total", "Payloads of the packets that were forwarded.")
	pictureRepeated  = pictures("repeated_packets_total", "Packets that were sent again, because a receiver missed them or to try its path.")
	pictureDropped   = pictures("dropped_packets_total", "Packets that waited too long for a receiver's path.")
	pictureChanges   = pictures("changes_total", "Begins of an encoding, or of another stream, on a line of a receiver.")
	pictureAsked     = pictures("asked_packets_total", "Lost packets that senders were asked for (NACK).")
	pictureKeys      = pictures("asked_key_frames_total", "Key frames that senders were asked for (PLI).")
	pictureLines     = pictures("lines", "Lines of receivers that have a stream, by state: sent, or why nothing comes.", "state")
	pictureEncodings = pictures("encodings", "Encodings that come of senders.")
	pictureEstimate  = pictures("estimate_bits_per_second", "What the paths of receivers carry, as estimated: the lowest, and the mean.", "of")
)

// states name why nothing comes.
var states = map[sfu.Pause]string{"": "sent", sfu.Bandwidth: "bandwidth", sfu.NoSender: "sender", sfu.NoCodec: "codec"}

// Describe names the metrics.
func (forwarding) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		picturePackets, pictureBytes, pictureRepeated, pictureDropped, pictureChanges, pictureAsked, pictureKeys, pictureLines, pictureEncodings, pictureEstimate,
	} {
		to <- d
	}
}

// Collect reads them.
func (f forwarding) Collect(to chan<- prometheus.Metric) {
	all, now := f.of.Pictures()
	for d, n := range map[*prometheus.Desc]int64{
		picturePackets: all.Packets, pictureBytes: all.Bytes, pictureRepeated: all.Repeated, pictureDropped: all.Dropped,
		pictureChanges: all.Changes, pictureAsked: all.Asked, pictureKeys: all.KeyFrames,
	} {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n))
	}
	for pause, state := range states {
		to <- prometheus.MustNewConstMetric(pictureLines, prometheus.GaugeValue, float64(now.Lines[pause]), state)
	}
	to <- prometheus.MustNewConstMetric(pictureEncodings, prometheus.GaugeValue, float64(now.Encodings))
	if now.Estimates > 0 {
		to <- prometheus.MustNewConstMetric(pictureEstimate, prometheus.GaugeValue, float64(now.Lowest), "lowest")
		to <- prometheus.MustNewConstMetric(pictureEstimate, prometheus.GaugeValue, float64(now.Middle), "mean")
	}
}
