package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// snippet is a program on Home, in one language.
type snippet struct {
	tab, file, needs string
	command          []string
}

// snippets runs what Home shows an application's programmer, as it stands there: the
// exports and the options that it names are the only environment.
func snippets(c *console) {
	keyIsAwaited(c)
	c.visit("", "Home")
	c.press("Show the key")
	classes, err := filepath.Abs("java/target/lib")
	must(c.t, err)
	for _, language := range []snippet{
		{"JavaScript", "call.mjs", "node_modules/.installed", []string{"node"}},
		{"Python", "call.py", pythonInstalled, []string{"python/.venv/bin/python"}},
		{"Java", "Call.java", javaInstalled, []string{"java", "-cp", filepath.Join(classes, "*")}},
	} {
		if _, err := os.Stat(language.needs); err != nil {
			c.t.Logf("%s is not run: its SDK is not installed", language.tab)
			continue
		}
		c.press(language.tab)
		c.until(`/accesskey=[^•<]/.test(document.querySelector(".card.wide .code pre")?.innerText)`)
		out, err := language.run(c, c.text(`return document.querySelector(".card.wide .code pre").innerText`))
		if id := strings.TrimSpace(string(out)); err != nil || !regexp.MustCompile(`^[\da-f-]{36}$`).MatchString(id) {
			c.t.Errorf("the %s of Home ends with %v: %s", language.tab, err, out)
		}
	}
	c.press("Hide the key")
}

// keyIsAwaited looks at Home while the server has not answered with the key: nothing
// can be shown or copied that is not the key yet.
func keyIsAwaited(c *console) {
	c.visit("calls", "Calls")
	c.run(`globalThis.kept = fetch; globalThis.fetch = (at, how) => String(at).includes("/listKeys") ? new Promise(() => {}) : kept(at, how)`)
	c.visit("", "Home")
	c.until(`document.querySelectorAll(".card.wide button:disabled").length === 3`)
	c.visit("calls", "Calls")
	c.run(`globalThis.fetch = kept`)
}

// run runs the program in a folder of its own, after the command by which Java trusts the server.
func (s snippet) run(c *console, text string) (said []byte, err error) {
	dir, err := os.MkdirTemp("", "snippet")
	must(c.t, err)
	defer func() { _ = os.RemoveAll(dir) }()
	modules, err := filepath.Abs("node_modules")
	must(c.t, err)
	must(c.t, os.Symlink(modules, filepath.Join(dir, "node_modules")))
	must(c.t, os.WriteFile(filepath.Join(dir, s.file), []byte(text), 0o600))
	program, err := exec.LookPath(s.command[0])
	must(c.t, err)
	program, err = filepath.Abs(program)
	must(c.t, err)
	arguments := append(s.command[1:], s.file)
	if trust := regexp.MustCompile(`(?m)^// (keytool .+)\n// java (.+) …$`).FindStringSubmatch(text); trust != nil {
		keytool := exec.CommandContext(c.t.Context(), "bash", "-c", trust[1])
		keytool.Dir = dir
		must(c.t, keytool.Run())
		arguments = append(strings.Fields(trust[2]), arguments...)
	}
	run := exec.CommandContext(c.t.Context(), program, arguments...)
	run.Dir = dir
	run.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	for _, export := range regexp.MustCompile(`(?m)^\S+ export (\S+)$`).FindAllStringSubmatch(text, -1) {
		run.Env = append(run.Env, export[1])
	}
	return run.CombinedOutput()
}

// asCurl copies a request of an application as commands of a shell, and runs them with
// the access key that they leave to be filled in.
func asCurl(c *console, p *product) {
	c.visit("calls", "Calls")
	row := `[...document.querySelectorAll(".longtable .row")].find((row) => row.innerText.includes("premium"))`
	c.clicks(row)
	c.press("Requests and events")
	c.clicks(`document.querySelector("button.line[aria-expanded=false]")`)
	c.run(`navigator.clipboard.writeText = async (text) => void (globalThis.copied = text)`)
	c.press("Copy as curl")
	c.until(`globalThis.copied?.includes("curl")`)
	key := regexp.MustCompile(`accesskey=(\S+)`).FindStringSubmatch(p.mustRun("keys", "show"))[1]
	script := strings.Replace(c.text(`return globalThis.copied`), "key='…'", "key='"+key+"'", 1)
	out, err := exec.CommandContext(c.t.Context(), "bash", "-c", script).CombinedOutput()
	if err != nil || !strings.Contains(string(out), `Guard \"premium\" does not allow calls`) {
		c.t.Errorf("the request is not answered as before: %v, %s", err, out)
	}
}
