package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestWordsAreCompleted: commands, flags and listed values, by where the command line has come to.
func TestWordsAreCompleted(t *testing.T) {
	for _, test := range []struct {
		line string // words; the last is the one to complete
		want string // some of the candidates
		not  string
	}{
		{"tr", "trace trunks", "serve"},
		{"", "serve doctor keys completion", "complete --data"},
		{"keys ", "show rotate", "keys"},
		{"keys rotate ", "primary secondary", "show"},
		{"keys rotate s", "secondary", "primary"},
		{"keys rotate primary ", "", "primary show"},
		{"--htt", "--https --http", "--sip"},
		{"--data keys ke", "keys", "show"},
		{"--log-level ", "", "serve"},
		{"--log-level = debug ke", "keys", "serve"},
		{"--log-level=d", "", "doctor"},
		{"serve --log-f", "--log-format", "--log-level"},
		{"trunks --", "--connection-string --data --config --help", "--https"},
		{"trunks -- --con", "--connection-string --config", "--data"},
		{"completion ", "bash zsh fish", ""},
		{"subscriptions ", "list show update delete", "subscribe"},
		{"nonsense ", "", "nonsense"},
		{"--nonsense ", "serve", ""},
		{"--config ", "", "serve keys"},
	} {
		got := command(t, t.TempDir(), "", append([]string{"complete", "--"}, strings.Split(test.line, " ")...)...)
		if got.code != 0 {
			t.Errorf("%q: %+v", test.line, got)
		}
		var words []string
		for line := range strings.Lines(got.out) {
			word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			words = append(words, word)
		}
		for _, want := range strings.Fields(test.want) {
			if !slices.Contains(words, want) {
				t.Errorf("%q: %q is missing in %q", test.line, want, words)
			}
		}
		for _, not := range strings.Fields(test.not) {
			if slices.Contains(words, not) {
				t.Errorf("%q: %q is among %q", test.line, not, words)
			}
		}
	}
}

// TestShellsCompleteCommands has the shells that are installed read their script, and bash complete a word by it.
func TestShellsCompleteCommands(t *testing.T) {
	for shell := range completionScripts {
		script := command(t, t.TempDir(), "", "completion", shell)
		if script.code != 0 || !strings.Contains(script.out, "switchhook") {
			t.Errorf("%s: %+v", shell, script)
		}
		program, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		check := exec.CommandContext(t.Context(), program, "-n")
		check.Stdin = strings.NewReader(script.out)
		if said, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s does not read its script: %v: %s", shell, err, said)
		}
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		return
	}
	script := completionScripts["bash"] + `
switchhook() { printf '%s|' "$@" >&2; printf 'primary\tthe first\nsecondary\t\n'; }
COMP_WORDS=(switchhook keys rotate '' behind) COMP_CWORD=3
_switchhook switchhook '' rotate 2>&1
printf '%s;' "${COMPREPLY[@]}"`
	said, err := exec.CommandContext(t.Context(), bash, "--norc", "-c", script).CombinedOutput()
	if string(said) != "primary;secondary;" || err != nil {
		t.Errorf("bash completes %q, %v", said, err)
	}
}
