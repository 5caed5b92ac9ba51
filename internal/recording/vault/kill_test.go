package vault

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// The kill test: a child writes numbers, says which of them are flushed, and is
// killed at a random moment.
const killRuns = 6

func TestMain(m *testing.M) {
	if dir := os.Getenv("VAULT_TEST_DIR"); dir != "" {
		fmt.Fprintln(os.Stderr, child(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// child writes until it is killed.
func child(dir string) error {
	key, err := ParseKey("2026", childKey)
	if err != nil {
		return err
	}
	ring, err := NewRing(key)
	if err != nil {
		return err
	}
	w, err := Create(filepath.Join(dir, "a"), ring)
	if err != nil {
		return err
	}
	for n := uint64(0); ; {
		for range 1 + rand.IntN(9000) {
			if err := w.Append(binary.BigEndian.AppendUint64(nil, n)); err != nil {
				return err
			}
			n++
		}
		if err := errors.Join(w.Flush(), w.Sync()); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

const childKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// kills is how often a test kills the process.
func kills() int {
	if testing.Short() {
		return 2
	}
	return killRuns
}

func TestKilledWriterLosesNothingThatWasFlushed(t *testing.T) {
	key, _ := ParseKey("2026", childKey)
	ring, err := NewRing(key)
	if err != nil {
		t.Fatal(err)
	}
	for range kills() {
		dir := t.TempDir()
		flushed := live(t, dir, 200*time.Millisecond+rand.N(200*time.Millisecond))
		file := filepath.Join(dir, "a")
		got, err := Recover(file, ring)
		if err != nil {
			if flushed == 0 {
				continue // it was killed before it had begun
			}
			t.Fatal(err)
		}
		data := read(t, file, ring)
		if int64(len(data)) != got.Size || uint64(len(data)/8) < flushed || len(data)%8 != 0 && len(data) < maxSegment {
			t.Errorf("%d numbers were flushed, %d bytes are there: %+v", flushed, len(data), got)
		}
		for n := range uint64(len(data) / 8) {
			if binary.BigEndian.Uint64(data[8*n:]) != n {
				t.Fatalf("number %d of %d is wrong", n, len(data)/8)
			}
		}
	}
}

// live runs a child for some time and returns how many numbers it has flushed.
func live(t *testing.T, dir string, killAfter time.Duration) (flushed uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "VAULT_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(killAfter, func() { _ = cmd.Process.Kill() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		_, _ = fmt.Sscan(lines.Text(), &flushed)
	}
	_ = cmd.Wait()
	return flushed
}
