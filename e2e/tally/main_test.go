package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestTallyCountsWhatHappened(t *testing.T) {
	for _, test := range []struct {
		name, in, want string
		fails          bool
	}{
		{"all passed", `{"Action":"pass","Package":"p","Test":"A"}
{"Action":"skip","Package":"p","Test":"B"}
{"Action":"output","Package":"p","Output":"ok  \tp\t1s\n"}
{"Action":"pass","Package":"p"}`, "1 passed, 0 failed, 1 skipped", false},
		{"a test failed", `{"Action":"output","Package":"p","Test":"A","Output":"why it failed\n"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}`, "why it failed\nFAIL p\n0 passed, 1 failed", true},
		{"a build failed", `{"Action":"pass","Package":"q","Test":"A"}
{"Action":"build-output","ImportPath":"p","Output":"syntax error\n"}
{"Action":"fail","Package":"p","FailedBuild":"p"}`, "syntax error\nFAIL p\n1 passed, 0 failed", true},
		{"a test never ended", `{"Action":"output","Package":"p","Test":"A","Output":"panic: oh\n"}
{"Action":"fail","Package":"p"}`, "panic: oh\nFAIL p\n0 passed, 1 failed", true},
		{"no test at all", ``, "0 passed", true},
		{"go itself fails", `go: no such module`, "go: no such module", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			count := tally{out: &out, output: map[key][]string{}}
			err := count.read(strings.NewReader(test.in))
			if (err != nil) != test.fails {
				t.Errorf("error is %v", err)
			}
			if !strings.Contains(out.String(), test.want) {
				t.Errorf("printed %q, want %q in it", out.String(), test.want)
			}
		})
	}
}
