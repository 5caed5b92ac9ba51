package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// moveLine is the line that moves a page over, as docs/browsers.md has it.
var moveLine = regexp.MustCompile("```json\n(\"@azure/communication-calling\": \"npm:@switchhook/calling@[0-9.]+\")\n```")

// applicationOfPages is a directory in which npm has installed the packages of a page that was
// moved over: ours, packed, under the other's name. It is made once, for all tests of pages.
var applicationOfPages = sync.OnceValues(func() (dir string, err error) {
	page, err := os.ReadFile("../docs/browsers.md")
	if err != nil {
		return "", err
	}
	line := moveLine.FindSubmatch(page)
	if line == nil {
		return "", errors.New("docs/browsers.md has no line that moves a page over")
	}
	modules, err := filepath.Abs(filepath.Join(callingDir, "node_modules"))
	if err != nil {
		return "", err
	}
	if dir, err = os.MkdirTemp("", "switchhook-pages-"); err != nil {
		return "", err
	}
	atEnd = append(atEnd, func() { os.RemoveAll(dir) })
	packed, err := packCalling(filepath.Join(dir, "calling"), modules)
	if err != nil {
		return "", err
	}
	wanted := `{"private": true, "dependencies": {` + string(line[1]) + `, "@azure/communication-common": "^2.4.0"}}`
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(wanted), 0o600); err != nil {
		return "", err
	}
	npm := newRegistry(modules, map[string]string{"@switchhook/calling": packed})
	defer npm.close()
	_, err = runIn(dir, "npm", "install", "--registry", npm.url, "--cache", filepath.Join(dir, ".cache"), "--no-audit", "--no-fund", "--ignore-scripts", "--no-update-notifier")
	return dir, err
})

// packCalling builds and packs web/calling in a directory of its own, and returns the file.
func packCalling(dir, modules string) (string, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	for _, name := range []string{"src", "package.json", "build.mjs", "tsconfig.json", "README.md", "LICENSE"} {
		if _, err := runIn(".", "cp", "-r", filepath.Join(callingDir, name), dir); err != nil {
			return "", err
		}
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		return "", err
	}
	if _, err := runIn(dir, "npm", "run", "build"); err != nil {
		return "", err
	}
	name, err := runIn(dir, "npm", "pack", "--silent")
	return filepath.Join(dir, strings.TrimSpace(name)), err
}

// runIn runs a program in a directory, and returns what it printed. It gives way to the
// tests of sound and pictures that run beside it.
func runIn(dir, program string, arguments ...string) (string, error) {
	run := exec.Command("nice", append([]string{"-n", "10", program}, arguments...)...)
	run.Dir = dir
	out, err := run.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments, " "), err, out)
	}
	return string(out), err
}

// TestAliasMovesAPage: the line of docs/browsers.md is all that a page needs. npm installs
// our packed package by it; the page is built by three bundlers, as modules that import and
// that require, checked by TypeScript, and joins a room in Chromium.
func TestAliasMovesAPage(t *testing.T) {
	t.Parallel()
	needChromium(t)
	installed, err := applicationOfPages()
	must(t, err)
	dir, err := os.MkdirTemp(installed, "moved-")
	must(t, err)
	for _, file := range []string{"moved.mjs", "moved.cjs", "move.mjs"} {
		text, err := os.ReadFile(filepath.Join("browser", file))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, file), text, 0o600))
	}
	p := start(t, setup{})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada := a.createUser()
	var made room
	a.do("createRoom", values{"participants": []values{{"id": ada, "role": "Presenter"}}}, &made)
	var page *tab
	for _, built := range [][2]string{{"esbuild", "moved.mjs"}, {"esbuild", "moved.cjs"}, {"vite", "moved.mjs"}, {"webpack", "moved.mjs"}, {"webpack", "moved.cjs"}} {
		out := t.TempDir()
		_, err := runIn(".", "node", "browser/bundle.mjs", built[0], filepath.Join(dir, built[1]), out)
		must(t, err)
		url := serveDirectory(t, out, "")
		if page == nil {
			page = b.openAt("ada", url, firstPitch)
		} else if _, err := b.do(values{"do": "goto", "tab": "ada", "url": url}); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s, %s", built[0], built[1])
		page.until(`globalThis.join`)
		page.asks("Connecting Connected Disconnecting Disconnected true DIV 0/0", `return join(%s, %s)`, a.token(ada), made.ID)
	}
	page.noErrors()
	for _, resolution := range []string{"bundler", "node16"} {
		compileUse(t, dir, "@azure/communication-calling", resolution)
	}
}
