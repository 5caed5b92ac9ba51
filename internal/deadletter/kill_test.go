package deadletter

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// The kill test: a child posts events that nobody takes and says which of them
// are flushed; it is killed at random moments and started again.
const killRuns = 8

func TestMain(m *testing.M) {
	if dir := os.Getenv("DEADLETTER_TEST_DIR"); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child posts until it is killed; without a life it only lets what is left be
// written, and ends.
func child(dir string) error {
	b := New(Config{Folder: dir, Delay: 100 * time.Millisecond})
	e := delivery.New(delivery.Config{
		Policies: map[string]delivery.Policy{"eventgrid": gridPolicy(b), PolicyName: b.Policy()},
		Senders:  b.Senders(), Client: answering(400),
	}, journal.OnDisk(filepath.Join(dir, "journal"), nil, quiet()), quiet())
	if _, err := e.Start(context.Background()); err != nil {
		return err
	}
	if os.Getenv("DEADLETTER_TEST_LAST") == "" {
		pace := time.NewTicker(2 * time.Millisecond)
		for n := time.Now().UnixNano(); ; n++ {
			<-pace.C
			e.Post(event(fmt.Sprint(n), "http://app.test/", FolderURL("letters")))
			if err := e.Flush(context.Background()); err != nil {
				return err
			}
			fmt.Println("flushed", n)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, group := range []string{"INCOMING", Group("INCOMING")} {
		if err := e.Await(ctx, group); err != nil {
			return err
		}
	}
	return e.Stop(ctx)
}

// live runs a child for the given time, 0: until it ends, and returns what it flushed.
func live(t *testing.T, dir string, killAfter time.Duration) (flushed []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DEADLETTER_TEST_DIR="+dir)
	if killAfter == 0 {
		cmd.Env = append(cmd.Env, "DEADLETTER_TEST_LAST=1")
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if killAfter > 0 {
		time.AfterFunc(killAfter, func() { _ = cmd.Process.Kill() })
	}
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // what has no end of line was cut off by the kill
		}
		if n, found := strings.CutPrefix(strings.TrimSpace(line), "flushed "); found {
			flushed = append(flushed, n)
		}
	}
	if err := cmd.Wait(); err != nil && killAfter == 0 {
		t.Fatal(err)
	}
	return flushed
}

// kills is how often a test kills the process.
func kills() int {
	if testing.Short() {
		return 3
	}
	return killRuns
}

// TestKilledProcessLosesNoDeadLetter kills with SIGKILL at random moments.
func TestKilledProcessLosesNoDeadLetter(t *testing.T) {
	dir := t.TempDir()
	var flushed []string
	lives := 0
	for ; lives < kills() || len(flushed) == 0; lives++ { // on a busy machine a process may die before its first
		flushed = append(flushed, live(t, dir, 150*time.Millisecond+rand.N(500*time.Millisecond))...)
	}
	live(t, dir, 0)
	letters, files := lettersIn(t, dir)
	times := map[string]int{}
	for _, l := range letters {
		times[l["id"].(string)]++
	}
	lost, again := 0, 0
	for _, id := range flushed {
		if times[id] == 0 {
			lost++
		}
	}
	for _, n := range times {
		again += n - 1
	}
	t.Logf("%d events flushed, %d dead letters in %d files, %d twice over %d kills", len(flushed), len(letters), len(files), again, lives)
	if lost > 0 || len(flushed) == 0 {
		t.Errorf("of %d flushed events, %d have no dead letter", len(flushed), lost)
	}
}
