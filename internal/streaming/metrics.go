package streaming

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the counts of the Dialer's streams.
func (d *Dialer) Metrics() []prometheus.Collector {
	count := func(name, help string, of *atomic.Uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "switchhook_media_streams_" + name + "_total", Help: help},
			func() float64 { return float64(of.Load()) })
	}
	return []prometheus.Collector{
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "switchhook_media_streams_open", Help: "Media streams with an open connection."},
			func() float64 { return float64(d.Counts.Open.Load()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "switchhook_media_streams_waiting_bytes", Help: "Audio of applications that waits to be played."},
			func() float64 { return float64(d.Budget.Used()) }),
		count("sent_frames", "Audio messages sent to applications.", &d.Counts.Sent),
		count("received_messages", "Messages of applications.", &d.Counts.Received),
		count("refused_messages", "Messages of applications that could not be used.", &d.Counts.Refused),
		count("dropped_frames", "Frames dropped because an application read too slowly.", &d.Counts.Dropped),
		count("gaps", "Gaps in what applications said, because it came too late.", &d.Counts.Gaps),
		count("reconnects", "Connections opened again after an interruption.", &d.Counts.Reconnected),
		count("failures", "Media streams that failed.", &d.Counts.Failures),
	}
}
