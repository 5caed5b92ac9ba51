package delivery

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The kill test: a child process posts numbered events in several lanes and
// says on its output which of them are flushed; it is killed at random moments
// and started again.
const (
	killLanes = 5
	killRuns  = 12
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("DELIVERY_TEST_DIR"); dir != "" {
		if err := killedChild(dir, os.Getenv("DELIVERY_TEST_URL")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// killedChild posts until it is killed, or its input says to end well.
func killedChild(dir, url string) error {
	e := New(Config{Policies: policies()}, onDisk(dir), quiet())
	holds, err := e.Start(context.Background())
	if err != nil {
		return err
	}
	for _, h := range holds {
		fmt.Println("recovered", h.Key)
		e.Release(h.Key) // as a server does with the connections of its last life
	}
	fmt.Println("started 0")
	ended := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); close(ended) }()
	pace := time.NewTicker(2 * time.Millisecond) // what the other side can follow: this is not a load test
	defer pace.Stop()
	// Numbers grow from one life to the next.
	for n := time.Now().UnixNano(); ; n++ {
		select {
		case <-ended:
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			return e.Stop(ctx)
		default:
		}
		lane := fmt.Sprint("lane", n%killLanes)
		e.Hold(fmt.Sprint("h", n), nil)
		e.Post(Message{Policy: "callback", Lane: lane, URL: url, Body: fmt.Appendf(nil, "%s %d", lane, n), Release: []string{fmt.Sprint("h", n-1)}})
		if n%7 == 0 {
			if err := e.Flush(context.Background()); err != nil {
				return err
			}
			fmt.Println("flushed", n)
			<-pace.C
		}
	}
}

// received is what came to the webhook, in its order.
type received struct {
	mu    sync.Mutex
	posts int
	first map[int64]bool
	order map[string][]int64 // first deliveries of each lane
}

func (r *received) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	lane, number, _ := strings.Cut(string(body), " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posts++
	if !r.first[n] {
		r.first[n] = true
		r.order[lane] = append(r.order[lane], n)
	}
}

// childLife is one child process; what it said is complete once it has ended.
type childLife struct {
	from, to  int64 // flushed events of this life; from 0: none
	started   bool  // it lived long enough to have recovered everything
	recovered []int64
}

// live runs a child, which is killed after the given time, or ended well if it is 0.
func live(t *testing.T, dir, url string, killAfter time.Duration) childLife {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "DELIVERY_TEST_DIR="+dir, "DELIVERY_TEST_URL="+url)
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if killAfter > 0 {
		time.AfterFunc(killAfter, func() { _ = child.Process.Kill() })
	}
	var l childLife
	for lines := bufio.NewScanner(out); lines.Scan(); {
		what, number, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.ParseInt(strings.TrimPrefix(number, "h"), 10, 64)
		switch {
		case err != nil: // the line that the kill cut off
		case what == "started":
			l.started = true
		case what == "recovered":
			l.recovered = append(l.recovered, n)
		case what == "flushed":
			if l.from == 0 {
				l.from = n
			}
			l.to = n
			if killAfter == 0 {
				in.Close()
			}
		}
	}
	if err := child.Wait(); err != nil && killAfter == 0 {
		t.Fatal(err)
	}
	return l
}

// kills is how often a test kills the process.
func kills() int {
	if testing.Short() {
		return 3
	}
	return killRuns
}

// TestKilledProcessLosesNoFlushedEvent kills with SIGKILL at random moments.
func TestKilledProcessLosesNoFlushedEvent(t *testing.T) {
	got := &received{first: map[int64]bool{}, order: map[string][]int64{}}
	server := httptest.NewServer(got)
	defer server.Close()
	dir := t.TempDir()
	var lives []childLife
	for range kills() {
		lives = append(lives, live(t, dir, server.URL, 50*time.Millisecond+rand.N(700*time.Millisecond)))
	}
	lives = append(lives, live(t, dir, server.URL, 0))

	got.mu.Lock()
	defer got.mu.Unlock()
	flushed, lost := 0, 0
	for i, l := range lives {
		for n := l.from; l.from > 0 && n <= l.to; n++ {
			flushed++
			if !got.first[n] {
				lost++
			}
		}
		if i > 0 {
			checkHolds(t, lives[i-1], l)
		}
	}
	if lost > 0 || flushed == 0 {
		t.Errorf("of %d flushed events, %d were lost", flushed, lost)
	}
	for lane, order := range got.order {
		for i := 1; i < len(order); i++ {
			if order[i] < order[i-1] {
				t.Errorf("%s: %d came first after %d", lane, order[i], order[i-1])
			}
		}
	}
	again := got.posts - len(got.first)
	t.Logf("%d events, %d of them flushed before a kill, %d delivered twice over %d kills", len(got.first), flushed, again, len(lives)-1)
	// Those in flight, and those in a page with one in flight: how many that is
	// depends on how far the machine lets the deliveries fall behind (a percent when
	// it is idle; four fifths were seen on a busy one). What was delivered in the last
	// 200 ms before a kill comes again, since the log forgets delivered pages in
	// groups. More would be a log that is delivered anew at each start: with twelve
	// kills every event came six times then.
	if again > 2*len(got.first) {
		t.Errorf("%d of %d events came twice", again, len(got.first))
	}
}

// checkHolds asks that of the holds of a life, which each next event released,
// none comes back that is older than what the life had flushed.
func checkHolds(t *testing.T, before, after childLife) {
	t.Helper()
	newer := 0
	for _, n := range after.recovered {
		if before.from > 0 && n >= before.from && n < before.to {
			t.Errorf("hold %d came back, events up to %d were flushed", n, before.to)
		}
		if n >= before.to {
			newer++
		}
	}
	if before.to > 0 && after.started && newer == 0 {
		t.Errorf("the last hold, of event %d or later, did not survive", before.to)
	}
}
