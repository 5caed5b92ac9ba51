package server

import (
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// figures are the server's counters for the console: each metric of ours by its name
// without the prefix, its series added up.
func (p *parts) figures() any {
	families, err := p.metrics.Gather()
	if err != nil {
		p.log.Debug("the counters are not complete", "error", err)
	}
	values := make(map[string]float64, len(families))
	for _, family := range families {
		name, ours := strings.CutPrefix(family.GetName(), "switchhook_")
		if !ours {
			continue
		}
		for _, one := range family.GetMetric() {
			values[name] += valueOf(one)
		}
	}
	return values
}

func valueOf(m *dto.Metric) float64 {
	switch {
	case m.Gauge != nil:
		return m.Gauge.GetValue()
	case m.Counter != nil:
		return m.Counter.GetValue()
	case m.Histogram != nil: // how many were measured
		return float64(m.Histogram.GetSampleCount())
	}
	return 0
}
