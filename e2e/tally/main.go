// Command tally reads what `go test -json` writes and prints what people want
// to read: a line for each package, the whole output of what failed, the
// measurements that end-to-end tests log, and at the end how many tests passed,
// failed and were skipped. It fails when a test or a package did, or when there
// was no test at all.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	t := tally{out: os.Stdout, output: map[key][]string{}}
	if err := t.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
}

// event is one line of `go test -json` (go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build's lines
	Test       string
	Output     string
	Elapsed    float64 // seconds
}

// key is a test, or a package where test is empty.
type key struct{ pkg, test string }

type tally struct {
	out                     io.Writer
	output                  map[key][]string // of what has not ended
	passed, failed, skipped int
	broken                  []string // packages that failed
}

// read takes all events and prints the sum.
func (t *tally) read(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Action == "" {
			fmt.Fprintln(t.out, lines.Text()) // go itself, such as a module that is missing
			continue
		}
		t.take(e)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	for _, name := range t.broken {
		fmt.Fprintln(t.out, "FAIL", name)
	}
	fmt.Fprintf(t.out, "%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	switch {
	case t.failed > 0 || len(t.broken) > 0:
		return errors.New("there are failures")
	case t.passed == 0:
		return errors.New("no test has passed")
	}
	return nil
}

func (t *tally) take(e event) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		io.WriteString(t.out, e.Output)
	case "output":
		t.output[k] = append(t.output[k], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			t.endPackage(k, e)
		} else {
			t.endTest(k, e)
		}
	}
}

// endTest counts a test and tells what it is worth telling.
func (t *tally) endTest(k key, e event) {
	switch e.Action {
	case "pass":
		t.passed++
	case "fail":
		t.failed++
	case "skip":
		t.skipped++
	}
	for _, line := range t.output[k] {
		if worthTelling(k, e.Action, line) {
			io.WriteString(t.out, line)
		}
	}
	delete(t.output, k)
}

// worthTelling keeps everything of a failure, why a test was skipped, and of
// end-to-end tests their results and what they measured.
func worthTelling(k key, action, line string) bool {
	if strings.HasPrefix(line, "=== ") {
		return false
	}
	endToEnd := strings.HasSuffix(k.pkg, "/e2e") && !strings.Contains(k.test, "/")
	return action != "pass" || endToEnd
}

func (t *tally) endPackage(k key, e event) {
	if e.Action == "fail" {
		t.broken = append(t.broken, e.Package)
		for _, line := range t.output[k] {
			io.WriteString(t.out, line) // a panic, or a timeout, belongs to no test
		}
	} else {
		for _, line := range t.output[k] {
			if strings.HasPrefix(line, "ok ") {
				io.WriteString(t.out, line)
			}
		}
	}
	delete(t.output, k)
	for left, lines := range t.output { // tests that never ended, such as in a panic
		if left.pkg == k.pkg {
			t.failed++
			for _, line := range lines {
				io.WriteString(t.out, line)
			}
			delete(t.output, left)
		}
	}
}
