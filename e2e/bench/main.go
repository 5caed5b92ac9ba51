// Command bench drives the built binary as its users do and prints one table of
// what a call costs: call set-ups from sipp, an application in Go that answers
// each of them through Event Grid and Call Automation over TLS, and phones with
// sound both ways. The server has one core for itself; everything else runs on
// the others. docs/performance.md says how to read the figures.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"
)

// options are the sizes of the runs.
type options struct {
	binary   string
	calls    int           // of the set-up run
	at       int           // of them at a time
	steady   int           // calls per second of the latency run
	playing  int           // phones of the media run
	overload bool          // the overload run alone
	measured time.Duration // of the latency and media runs
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/switchhook", "the server to measure")
	flag.IntVar(&o.calls, "calls", 3000, "calls of the set-up run")
	flag.IntVar(&o.at, "at-once", 50, "calls at a time in the set-up run")
	flag.IntVar(&o.steady, "rate", 20, "calls per second of the latency run")
	flag.IntVar(&o.playing, "playing", 100, "phones of the media run")
	flag.DurationVar(&o.measured, "for", 15*time.Second, "length of the latency and media runs")
	flag.BoolVar(&o.overload, "overload", false, "offer more calls than the server can take, and nothing else")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench makes the runs one after the other, each on a server of its own, so
// that none pays for another.
func bench(ctx context.Context, o options) error {
	if err := leaveFirstCore(); err != nil {
		fmt.Println("note: the server shares its core:", err)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s\n\n", machine())
	runs := []func(context.Context, options, *tabwriter.Writer) error{setups, latency, playing}
	if o.overload {
		runs = runs[:0]
		for _, times := range []float64{1, 2, 4} {
			runs = append(runs, overload(times))
		}
	}
	for _, run := range runs {
		if err := run(ctx, o, table); err != nil {
			return err
		}
	}
	return table.Flush()
}

// row prints one figure and how it came about.
func row(table *tabwriter.Writer, name, figure, how string, arguments ...any) {
	fmt.Fprintf(table, "%s\t%s\t%s\n", name, figure, fmt.Sprintf(how, arguments...))
}
