package insight

import "github.com/prometheus/client_golang/prometheus"

// Metrics shows how much is kept and what was not.
func (h *Hub) Metrics() []prometheus.Collector {
	opts := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Namespace: "switchhook", Subsystem: "insight", Name: name, Help: help}
	}
	list := []prometheus.Collector{
		prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts("bytes", "Memory that timelines of calls take.")), func() float64 {
			h.mu.Lock()
			defer h.mu.Unlock()
			return float64(h.taken)
		}),
		prometheus.NewCounterFunc(opts("omitted_items_total", "Items of timelines that were left out: there was no room, or calls were refused because of overload."), func() float64 {
			h.mu.Lock()
			defer h.mu.Unlock()
			return float64(h.lost)
		}),
	}
	if hep := h.cfg.HEP; hep != nil {
		list = append(list, prometheus.NewCounterFunc(opts("hep_dropped_total", "SIP messages that were not sent to the capture server."), func() float64 { return float64(hep.Dropped()) }))
	}
	if otlp := h.cfg.OTLP; otlp != nil {
		list = append(list, prometheus.NewCounterFunc(opts("otlp_dropped_total", "Calls whose traces were not sent to the collector."), func() float64 { return float64(otlp.Dropped()) }))
	}
	return list
}
