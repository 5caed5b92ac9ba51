package player

import (
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// BenchmarkMemoryOfPlaying plays ten minutes of 22 kHz to 200 calls, each with a
// download of its own, and tells what a call takes of memory beside the clip that
// all share; what the web server of the same process takes is part of it.
func BenchmarkMemoryOfPlaying(b *testing.B) {
	const calls = 200
	file := wavFile(b, make([]int16, 22_050*600), 22_050)
	uri := serve(b, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(file)))
		w.Write(file)
	})
	for name, cacheID := range map[string]string{"own-download": "", "cached": "long"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				l := newLibrary(b, Config{})
				before := memory()
				started := make([]*Playback, calls)
				var all sync.WaitGroup
				for i := range started {
					started[i] = l.Open(b.Context(), []File{{URI: uri, CacheID: cacheID}}, false)
				}
				for _, p := range started {
					select {
					case <-p.Started():
					case <-p.Done():
						_, err := p.Err()
						b.Fatal(err)
					}
					all.Go(func() {
						f := make(audio.Frame, 160)
						for range 50 {
							p.ReadFrame(f)
							time.Sleep(audio.FrameDuration)
						}
					})
				}
				all.Wait()
				b.ReportMetric(float64(int64(memory())-int64(before)-l.shelf.total())/calls/1000, "kB/call")
				b.ReportMetric(float64(l.gaps.Load()), "gaps")
				runtime.KeepAlive(started)
				l.Close()
			}
		})
	}
}

// memory is what the process holds, but for garbage.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
