package backbone

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

func open(t testing.TB, dir string) *Backbone {
	t.Helper()
	b, err := Open(t.Context(), Config{Dir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// playFullDisk is the process of the test of a full disk, where there is that test.
var playFullDisk func(dir, listens string) error

// TestMain lets the test binary play the second process of some tests.
func TestMain(m *testing.M) {
	if dir := os.Getenv("BACKBONE_TEST_FULL"); dir != "" {
		if err := playFullDisk(dir, os.Getenv("BACKBONE_TEST_LISTEN")); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv("BACKBONE_TEST_OPEN"); dir != "" {
		_, err := Open(context.Background(), Config{Dir: dir}, slog.New(slog.DiscardHandler))
		fmt.Println(err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestWhatIsWrittenIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	bucket, err := first.Bucket(t.Context(), "things", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bucket.Put(t.Context(), "a", []byte("1")); err != nil {
		t.Fatal(err)
	}
	if _, err := first.History(t.Context(), "work", time.Hour, 1<<20, "w.>"); err != nil {
		t.Fatal(err)
	}
	if _, err := first.JetStream().Publish(t.Context(), "w.0", []byte("job")); err != nil {
		t.Fatal(err)
	}
	first.Close()

	second := open(t, dir)
	bucket, err = second.Bucket(t.Context(), "things", 0)
	if err != nil {
		t.Fatal(err)
	}
	if entry, err := bucket.Get(t.Context(), "a"); err != nil || string(entry.Value()) != "1" {
		t.Errorf("got %v, %v", entry, err)
	}
	stream, err := second.History(t.Context(), "work", time.Hour, 1<<20, "w.>")
	if err != nil {
		t.Fatal(err)
	}
	if msg, err := stream.GetMsg(t.Context(), 1); err != nil || string(msg.Data) != "job" {
		t.Errorf("got %v, %v", msg, err)
	}
}

func TestOnlyOneProcessOpensADirectory(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "BACKBONE_TEST_OPEN="+dir)
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out); !strings.Contains(got, "in use") || !strings.Contains(got, strconv.Itoa(os.Getpid())) || !strings.Contains(got, dir) {
		t.Errorf("the second process was told %q", got)
	}
}

func TestCloseGivesTheDirectoryFreeAndLeavesNothingRunning(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).Close()
	before := runtime.NumGoroutine()
	for range 3 {
		open(t, dir).Close()
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before+2 && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if after := runtime.NumGoroutine(); after > before+2 {
		buf := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after\n%s", before, after, buf[:runtime.Stack(buf, true)])
	}
}

func TestEmbeddedServerOpensNoPort(t *testing.T) {
	b := open(t, t.TempDir())
	if addr := b.server.Addr(); addr != nil {
		t.Errorf("listens on %s", addr)
	}
	if err := b.Healthy(); err != nil {
		t.Error(err)
	}
	b.Close()
	if b.Healthy() == nil {
		t.Error("a closed backbone calls itself healthy")
	}
}

func TestOpenNeedsAPlace(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	if _, err := Open(t.Context(), Config{}, log); err == nil {
		t.Error("opened nowhere")
	}
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Dir: file}, log); err == nil {
		t.Error("opened inside a file")
	}
}

// BenchmarkOpen is the backbone's share of a start, and with what one stream
// and one bucket add, its share of the memory.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	var heap uint64
	for b.Loop() {
		bb, err := Open(b.Context(), Config{Dir: b.TempDir()}, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := bb.History(b.Context(), "work", time.Hour, 1<<20, "w.>"); err != nil {
			b.Fatal(err)
		}
		if _, err := bb.Bucket(b.Context(), "things", 0); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		var mem runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&mem)
		heap = mem.HeapAlloc
		bb.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(heap), "heap-B")
}
