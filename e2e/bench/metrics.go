package main

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// metrics are the server's own, by name with labels, as Prometheus would read them.
func (s *server) metrics() (map[string]float64, error) {
	response, err := http.Get("http://" + s.addresses.HTTP + "/metrics")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	found := map[string]float64{}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if number, err := strconv.ParseFloat(value, 64); ok && err == nil && !strings.HasPrefix(name, "#") {
			found[name] = number
		}
	}
	return found, lines.Err()
}

// lateness is what the mixer's threads were late by, as far as a histogram's
// buckets can tell.
type lateness map[string]float64

// wakes are the bounds of the buckets of switchhook_mixer_lateness_seconds.
var wakes = []string{"0.0001", "0.0005", "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.5", "+Inf"}

// below is the share of the wakes between two readings that were late by no more
// than a bound.
func (before lateness) below(after lateness, bound string) float64 {
	name := func(bound string) string {
		return fmt.Sprintf("switchhook_mixer_lateness_seconds_bucket{le=%q}", bound)
	}
	all := after[name("+Inf")] - before[name("+Inf")]
	if all == 0 {
		return 0
	}
	return (after[name(bound)] - before[name(bound)]) / all
}

// percentile is the smallest bound that covers a share of the wakes, as text.
func (before lateness) percentile(after lateness, share float64) string {
	for _, bound := range wakes {
		if before.below(after, bound) >= share {
			seconds, _ := strconv.ParseFloat(bound, 64)
			return fmt.Sprintf("≤ %g ms", 1e3*seconds)
		}
	}
	return "unknown"
}

// describe says what the wakes between two readings were late by.
func (before lateness) describe(after lateness) string {
	return fmt.Sprintf("p99 %s, %.3f %% below 5 ms, all %s", before.percentile(after, 0.99), 100*before.below(after, "0.005"), before.percentile(after, 1))
}
