package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkConsole measures the page with ten thousand calls, and what a page costs the
// server that is told of 200 calls a second (docs/performance.md):
//
//	go test -run - -bench Console -benchtime 1x ./e2e
func BenchmarkConsole(b *testing.B) {
	needConsole(b)
	if _, err := exec.LookPath("sipp"); err != nil {
		b.Skip("sipp is not installed (package sip-tester)")
	}
	p := start(b, setup{config: "echo-numbers: ['" + mirrorNumber + "']\n"})
	c := openConsole(p, startBrowsers(b))
	paint := func() (ms float64) {
		_, err := c.do(values{"do": "goto", "tab": c.name, "url": c.base + "calls"})
		must(b, err)
		c.until(`document.querySelector(".longtable, .empty") !== null && performance.getEntriesByName("first-contentful-paint").length > 0`)
		must(b, json.Unmarshal(c.run(`return performance.getEntriesByName("first-contentful-paint")[0].startTime`), &ms))
		return ms
	}
	paint() // fills the browser's cache
	b.ReportMetric(paint(), "ms-first-paint")
	calls(b, p, 10_000, 200)
	b.ReportMetric(paint(), "ms-first-paint-of-10000")
	var scrolled struct{ Rows, Frames, Slow, Longest float64 }
	must(b, json.Unmarshal(c.run(`
		const box = document.querySelector(".longtable"), rows = () => Number(box.getAttribute("aria-rowcount")) - 1;
		let frames = 0, slow = 0, longest = 0, still = 0, before = performance.now();
		while (still < 60) { // no more calls come
			const top = box.scrollTop;
			box.scrollTop += 800;
			still = box.scrollTop === top ? still + 1 : 0;
			await new Promise(requestAnimationFrame);
			const took = performance.now() - before;
			before += took;
			if (frames++ === 0) continue;
			if (took > 50) slow++;
			longest = Math.max(longest, took);
		}
		return {Rows: rows(), Frames: frames, Slow: slow, Longest: longest}`), &scrolled))
	b.ReportMetric(scrolled.Longest, "ms-longest-frame")
	b.ReportMetric(100*scrolled.Slow/scrolled.Frames, "%-frames-over-50ms")
	b.Logf("scrolled over %.0f calls in %.0f frames", scrolled.Rows, scrolled.Frames)
	var without, with time.Duration
	const rounds, rate, seconds = 3, 200, 4
	for range rounds {
		_, err := c.do(values{"do": "goto", "tab": c.name, "url": "about:blank"})
		must(b, err)
		without += calls(b, p, rate*seconds, rate)
		paint()
		with += calls(b, p, rate*seconds, rate)
	}
	each := func(d time.Duration) float64 { return 1e6 * d.Seconds() / (rounds * rate * seconds) }
	b.ReportMetric(each(without), "µs-CPU/call-without-page")
	b.ReportMetric(each(with), "µs-CPU/call-with-page")
}

// calls has sipp make calls at a rate, and returns the processor time that the product
// took for them.
func calls(b *testing.B, p *product, count, rate int) time.Duration {
	b.Helper()
	before := p.cpuTime()
	command := exec.CommandContext(b.Context(), "sipp", p.addresses.SIP, "-sn", "uac", "-s", mirrorNumber, "-i", "127.0.0.1", "-nostdin",
		"-m", fmt.Sprint(count), "-r", fmt.Sprint(rate), "-d", "0", "-timeout", "120", "-trace_err")
	command.Dir = b.TempDir()
	if out, err := command.CombinedOutput(); err != nil {
		_, failed, _ := strings.Cut(string(out[max(0, len(out)-600):]), "Failed call")
		b.Logf("%d calls at %d a second; of them failed %s", count, rate, strings.Join(strings.Fields(strings.SplitN(failed, "\n", 2)[0]), " "))
		errors, _ := filepath.Glob(filepath.Join(command.Dir, "*_errors.log"))
		if len(errors) > 0 {
			text, _ := os.ReadFile(errors[0])
			b.Logf("%s", text[:min(len(text), 600)])
		}
	}
	return p.cpuTime() - before
}

// cpuTime is the processor time that the product has taken.
func (p *product) cpuTime() time.Duration {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid()))
	must(p.t, err)
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	user, err := strconv.Atoi(fields[11]) // utime, in ticks of 10 ms (proc(5))
	must(p.t, err)
	system, err := strconv.Atoi(fields[12])
	must(p.t, err)
	return time.Duration(user+system) * 10 * time.Millisecond
}
