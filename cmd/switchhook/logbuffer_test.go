package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// paused takes nothing until it is resumed.
type paused struct {
	resumed chan struct{}
	took    bytes.Buffer
}

func (p *paused) Write(b []byte) (int, error) {
	<-p.resumed
	return p.took.Write(b)
}

// TestServerWaitsForNobodyWhoTakesItsLog: what waits is bounded, and what was left out is told.
func TestServerWaitsForNobodyWhoTakesItsLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &paused{resumed: make(chan struct{})}
		log, end := newServerLog(to, slog.LevelInfo, "text")
		const lines = 30_000
		for i := range lines {
			log.Info("a line of a call", "number", i, "more", "............................................................")
		}
		synctest.Wait()
		close(to.resumed)
		synctest.Wait()
		log.Info("the next line")
		end()
		said := to.took.String()
		kept := strings.Count(said, "a line of a call")
		if kept < maxLogWaiting/200 || kept == lines || len(said) > 3*maxLogWaiting {
			t.Errorf("%d lines of %d came, of %d bytes", kept, lines, len(said))
		}
		told := fmt.Sprintf(`level=WARN msg="lines of the log were left out: nobody took them" lines=%d`, lines-kept)
		if at := strings.Index(said, told); at < 0 || strings.Index(said, "the next line") < at {
			t.Errorf("it does not end with %q and the next line: %s", told, said[len(said)-400:])
		}
	})
}

// TestLastLinesAreWritten before the program ends, which waits for a moment at most.
func TestLastLinesAreWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var took bytes.Buffer
		log, end := newServerLog(&took, slog.LevelInfo, "json")
		log.Info("the last line")
		end()
		log.Info("too late")
		if got := took.String(); !strings.Contains(got, `"msg":"the last line"`) || strings.Contains(got, "too late") {
			t.Errorf("the log is %s", got)
		}

		to := &paused{resumed: make(chan struct{})}
		log, end = newServerLog(to, slog.LevelInfo, "text")
		log.Info("a line")
		began := time.Now()
		end()
		if took := time.Since(began); took != lastLogTime {
			t.Errorf("the end took %v", took)
		}
		close(to.resumed)
	})
}
