// Command bench drives the built binary as its users do and prints one table of
// what a call costs: calls from sipp, an application in Go that answers each of
// them through Event Grid and Call Automation over TLS, and phones with sound
// both ways. The server has one core for itself; everything else runs on the
// others. docs/performance.md says how to read the figures.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"text/tabwriter"
	"time"
)

// options are the sizes of the runs.
type options struct {
	binary   string
	only     *regexp.Regexp // names of the runs to make
	calls    int            // of the set-up run
	at       int            // of them at a time
	playing  int            // phones of the media runs
	streamed int            // phones of the streaming and listening runs
	thousand int            // phones of the long run
	recorded int            // phones of the run with many recordings
	groups   []int          // sizes of the groups of browsers of whom three talk
	talking  int            // size of the groups of browsers that all talk
	measured time.Duration  // of the media runs
	long     time.Duration  // of the long run
	each     time.Duration  // of each rate of the latency runs
	rates    []int          // calls a second of the latency runs
	costs    []int          // and of the cost runs
	markdown bool           // rows are those of a table of docs/performance.md
	profiles string         // directory for profiles and traces of the runs; "" for none
}

// bench is one run of all.
type bench struct {
	options
	table  *tabwriter.Writer
	played time.Duration // processor time of a playing call in a second; 0: it was not measured
}

// runs are made one after the other, each on a server of its own, so that none
// pays for another.
var runs = []struct {
	name string
	make func(*bench, context.Context) error
}{
	{"signalling", (*bench).signalling},
	{"setups", (*bench).setups},
	{"cost", (*bench).cost},
	{"latency", (*bench).latency},
	{"stall", (*bench).stall},
	{"playing", (*bench).playingCalls},
	{"minutes", (*bench).tenMinutes},
	{"first", (*bench).firstSound},
	{"rooms", (*bench).rooms},
	{"recordings", (*bench).recordings},
	{"streams", (*bench).streams},
	{"turn", (*bench).turn},
	{"listening", (*bench).listening},
	{"speech", (*bench).speechTimes},
	{"browsers", (*bench).browsers},
	{"g722", (*bench).browsersG722},
	{"pictures", (*bench).pictures},
	{"sound", (*bench).soundLatency},
	{"keys", (*bench).keyLatency},
	{"control", (*bench).control},
	{"thousand", (*bench).thousandCalls},
	{"twice", (*bench).twice},
	{"overload", (*bench).overload},
}

func main() {
	o := options{rates: []int{20, 50, 200, 300, 500}, costs: []int{100, 300, 600, 1000}, groups: []int{50, 300}}
	only := flag.String("only", "^[^o]", "runs to make, a regular expression of: signalling setups cost latency stall playing minutes first rooms recordings streams turn listening speech browsers g722 pictures sound keys control thousand twice; overload, which takes minutes, by its name alone")
	flag.StringVar(&o.binary, "binary", "bin/switchhook", "the server to measure")
	flag.IntVar(&o.calls, "calls", 3000, "calls of the set-up run; signalling alone makes five times as many")
	flag.IntVar(&o.at, "at-once", 50, "calls at a time in the set-up runs")
	flag.IntVar(&o.playing, "playing", 800, "phones of the playing run")
	flag.IntVar(&o.streamed, "streamed", 300, "phones of the streaming and listening runs")
	flag.IntVar(&o.recorded, "recorded", 500, "phones of the run with many recordings")
	flag.IntVar(&o.thousand, "thousand", 1000, "phones of the long run")
	flag.Func("groups", "sizes of the groups of browsers in which three talk (default 50,300)", func(list string) (err error) {
		o.groups, err = readNumbers(list)
		return err
	})
	flag.IntVar(&o.talking, "talking", 50, "size of the groups of browsers in which all talk; 0: none are measured")
	flag.DurationVar(&o.measured, "for", 15*time.Second, "length of the media runs; and of the peak and of more than it, six times each a part of it")
	flag.DurationVar(&o.long, "long", 30*time.Second, "length of the long run")
	flag.DurationVar(&o.each, "each", 6*time.Second, "length of each rate of the latency run")
	flag.Func("rates", "calls a second of the latency run (default 20,50,200,300,500)", func(list string) (err error) {
		o.rates, err = readNumbers(list)
		return err
	})
	flag.Func("costs", "calls a second of the cost run (default 100,300,600,1000)", func(list string) (err error) {
		o.costs, err = readNumbers(list)
		return err
	})
	flag.BoolVar(&o.markdown, "markdown", false, "print rows that can be pasted into docs/performance.md")
	flag.StringVar(&o.profiles, "profiles", "", "directory for what the runs look like inside: profiles of the CPU, the memory and the goroutines, and a trace of 3 s of the long run")
	flag.Parse()
	debug.SetGCPercent(1000) // little lives; what collections take, the application lacks
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		fmt.Fprintln(os.Stderr, "bench: -only:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := o.all(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// all makes the runs. What was measured is printed even when one fails.
func (o options) all(ctx context.Context) error {
	if err := leaveFirstCore(); err != nil {
		fmt.Println("note: the server shares its core:", err)
	}
	fmt.Printf("%s\nload before: %s\n\n", machine(), loadAverage())
	b := &bench{options: o, table: tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)}
	for _, run := range runs {
		if !o.only.MatchString(run.name) {
			continue
		}
		err := run.make(b, ctx)
		b.table.Flush() // each run's rows as soon as they are known
		if err != nil {
			return fmt.Errorf("%s: %w", run.name, err)
		}
	}
	return nil
}

// row prints one figure and how it came about.
func (b *bench) row(name, figure, how string, arguments ...any) {
	if b.markdown {
		fmt.Printf("| %s | %s | %s |\n", name, figure, fmt.Sprintf(how, arguments...))
		return
	}
	fmt.Fprintf(b.table, "%s\t%s\t%s\n", name, figure, fmt.Sprintf(how, arguments...))
}
