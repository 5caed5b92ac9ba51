package server

import (
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestFiguresAddUpTheSeriesOfAMetric(t *testing.T) {
	p := &parts{log: slog.New(slog.DiscardHandler), metrics: prometheus.NewRegistry()}
	calls := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "switchhook_trunk_calls"}, []string{"trunk"})
	posts := prometheus.NewCounter(prometheus.CounterOpts{Name: "switchhook_posts_total"})
	ended := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "switchhook_duration_seconds"})
	others := prometheus.NewGauge(prometheus.GaugeOpts{Name: "go_threads"})
	p.metrics.MustRegister(calls, posts, ended, others)
	calls.WithLabelValues("a").Set(2)
	calls.WithLabelValues("b").Set(3)
	posts.Inc()
	ended.Observe(7)
	ended.Observe(8)
	got := p.figures().(map[string]float64)
	if len(got) != 3 || got["trunk_calls"] != 5 || got["posts_total"] != 1 || got["duration_seconds"] != 2 {
		t.Errorf("got %v", got)
	}
}
