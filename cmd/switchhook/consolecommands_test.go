package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/switchhook/switchhook/internal/config"
)

// TestCommandsThatTheConsoleShowsExist: each command that a page shows can be typed as it
// stands there.
func TestCommandsThatTheConsoleShowsExist(t *testing.T) {
	shown := regexp.MustCompile("(?m)(?:<Command>\\{?`?|<code>|^)(switchhook (?:[^`<\n\\\\]|\\\\\n)*)|: `(switchhook [^`]*)`")
	values := regexp.MustCompile(`\$?\{flags[^}]*\}|\$\{[^}]*\}`)
	found := 0
	err := filepath.WalkDir("../../web/console/src", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasPrefix(filepath.Ext(path), ".ts") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range shown.FindAllStringSubmatch(string(text), -1) {
			line := match[1] + match[2]
			line = values.ReplaceAllStringFunc(line, func(value string) string {
				if strings.Contains(value, "flags") {
					return "--endpoint http://127.0.0.1:3000"
				}
				return "x"
			})
			found++
			if err := parses(strings.Fields(strings.ReplaceAll(line, "\\\n", " "))[1:]); err != nil {
				t.Errorf("%s shows %q: %v", path, line, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 16 {
		t.Errorf("the console shows %d commands: does the test still find them?", found)
	}
}

func parses(args []string) error {
	parser, err := kong.New(&root{}, kong.Name("switchhook"), kong.Vars(config.Defaults()), kong.Exit(func(int) {}))
	if err != nil {
		return err
	}
	_, err = parser.Parse(args)
	return err
}
