package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// snippets runs what Home shows an application's programmer, as it stands there: the
// exports that it names are the only environment.
func snippets(c *console) {
	c.visit("", "Home")
	c.press("Show the key")
	for _, language := range []struct {
		tab, file, needs string
		command          []string
	}{
		{"JavaScript", "call.mjs", "node_modules/.installed", []string{"node"}},
		{"Python", "call.py", pythonInstalled, []string{"python/.venv/bin/python"}},
	} {
		if _, err := os.Stat(language.needs); err != nil {
			c.t.Logf("%s is not run: its SDK is not installed", language.tab)
			continue
		}
		c.press(language.tab)
		c.until(`document.querySelector(".card.wide .code pre")?.innerText.includes("accesskey=")`)
		text := c.text(`return document.querySelector(".card.wide .code pre").innerText`)
		dir, err := os.MkdirTemp("", "snippet")
		must(c.t, err)
		defer func() { _ = os.RemoveAll(dir) }()
		modules, err := filepath.Abs("node_modules")
		must(c.t, err)
		must(c.t, os.Symlink(modules, filepath.Join(dir, "node_modules")))
		file := filepath.Join(dir, language.file)
		must(c.t, os.WriteFile(file, []byte(text), 0o600))
		program, err := exec.LookPath(language.command[0])
		must(c.t, err)
		program, err = filepath.Abs(program)
		must(c.t, err)
		run := exec.CommandContext(c.t.Context(), program, file)
		run.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
		for _, export := range regexp.MustCompile(`(?m)^\S+ export (\S+)$`).FindAllStringSubmatch(text, -1) {
			run.Env = append(run.Env, export[1])
		}
		out, err := run.CombinedOutput()
		if id := strings.TrimSpace(string(out)); err != nil || !regexp.MustCompile(`^[\da-f-]{36}$`).MatchString(id) {
			c.t.Errorf("the %s of Home ends with %v: %s", language.tab, err, out)
		}
	}
	c.press("Hide the key")
}
