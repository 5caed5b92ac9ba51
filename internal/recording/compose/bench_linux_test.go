package compose

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/switchhook/switchhook/internal/recording/convert"
	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// BenchmarkCompose composes ten seconds of some people. core% is what a recording takes of
// a processor, all processes together, if it is composed as fast as it lasts.
func BenchmarkCompose(b *testing.B) {
	needFFmpeg(b)
	for _, people := range []int{1, 2, 9} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			f := &storedFile{}
			list := encoded(b, "testsrc2=s=640x360:r=25:d=10", "VP8")
			var tiles []pictures.Tile
			for i := range people {
				tiles = append(tiles, pictures.Tile{Who: "8:acs:a_b", Name: "Ann Lee", Stream: i + 1})
			}
			f.scene(0, nil, tiles...)
			for i := range people {
				f.add(i+1, "VP8", list, 0)
			}
			composer := New(Config{Pool: convert.New(convert.Config{}, quiet)}, quiet)
			before := processorTime(b)
			for b.Loop() {
				out := &output{}
				if err := composer.Compose(b.Context(), jobOf(f, beeps(10*time.Second), out, 0, 10*time.Second)); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(out.Len())*8/10_000, "kbit/s")
			}
			b.ReportMetric(100*(processorTime(b)-before).Seconds()/10/float64(b.N), "core%")
		})
	}
}

// processorTime is what this process and its children have taken of processors.
func processorTime(b *testing.B) (total time.Duration) {
	b.Helper()
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var used unix.Rusage
		if err := unix.Getrusage(who, &used); err != nil {
			b.Fatal(err)
		}
		total += time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	return total
}
