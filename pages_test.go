package switchhook

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPagesNameTestsThatExist asks that a page which says what shows its claim
// says the truth: every Test, Fuzz target and Benchmark that a page of docs names is a
// function of some test file.
func TestPagesNameTestsThatExist(t *testing.T) {
	known := testFunctions(t, ".")
	name := regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w+`)
	named := 0
	for _, page := range append(pagesOfDocs(t), "CONTRIBUTING.md") {
		for _, found := range name.FindAllString(readPage(t, page), -1) {
			named++
			if !known[found] {
				t.Errorf("%s names %s, which is in no test file", page, found)
			}
		}
	}
	if named < 100 {
		t.Errorf("the pages name %d tests: is this looking at the right files?", named)
	}
}

// TestBenchmarksOfThePerformancePageExist asks for the benchmark that a row of the
// page names in its last cell.
func TestBenchmarksOfThePerformancePageExist(t *testing.T) {
	known, rows := testFunctions(t, "."), 0
	for _, row := range regexp.MustCompile(`(?m)^\|.*\| ([^|]*) \|$`).FindAllStringSubmatch(readPage(t, "docs/performance.md"), -1) {
		for _, named := range regexp.MustCompile("`([A-Z]\\w+)`").FindAllStringSubmatch(row[1], -1) {
			rows++
			if name := named[1]; !known[name] && !known["Benchmark"+name] {
				t.Errorf("docs/performance.md names the benchmark %s, which is in no test file", name)
			}
		}
	}
	if rows < 20 {
		t.Errorf("the page names %d benchmarks: is this looking at the right columns?", rows)
	}
}

// TestEveryOperationIsShownThroughTheSDK asks of each operation of Call Automation
// that works for a test that drives the binary with the official SDK.
func TestEveryOperationIsShownThroughTheSDK(t *testing.T) {
	throughSDK := testFunctions(t, "e2e")
	_, section, _ := strings.Cut(readPage(t, "docs/compatibility.md"), "## Call Automation")
	section, _, _ = strings.Cut(section, "### Rules")
	rows := regexp.MustCompile(`(?m)^\| (\w+) \| works[^|]*\| (.*) \|$`).FindAllStringSubmatch(section, -1)
	if len(rows) < 20 {
		t.Fatalf("the page has %d operations that work", len(rows))
	}
	for _, row := range rows {
		shown := regexp.MustCompile(`\be2e (Test\w+)`).FindStringSubmatch(row[2])
		if shown == nil || !throughSDK[shown[1]] {
			t.Errorf("%s names no test of package e2e: %s", row[1], row[2])
		}
	}
}

// TestReadmeLeadsToEveryPage asks README for a link to each page of docs.
func TestReadmeLeadsToEveryPage(t *testing.T) {
	readme := readPage(t, "README.md")
	for _, page := range pagesOfDocs(t) {
		if strings.HasPrefix(page, "docs/decisions/") {
			page = "docs/decisions"
		}
		if !strings.Contains(readme, "]("+page+")") {
			t.Errorf("README.md has no link to %s", page)
		}
	}
}

// TestLinksOfPagesLeadSomewhere asks that each link of a page to a file of the repository, and to a
// heading of a page, leads there.
func TestLinksOfPagesLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	links := 0
	for _, page := range append(pagesOfDocs(t), "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGES.md", "web/calling/README.md", "examples/ivr/README.md", "examples/voicebot/README.md") {
		for _, found := range link.FindAllStringSubmatch(readPage(t, page), -1) {
			file, heading, _ := strings.Cut(found[1], "#")
			if strings.Contains(file, "://") {
				continue
			}
			links++
			to := page
			if file != "" {
				to = filepath.Join(filepath.Dir(page), file)
			}
			if !exists(to) {
				t.Errorf("%s has a link to %s, which does not exist", page, found[1])
			} else if heading != "" && !headings(readPage(t, to))[heading] {
				t.Errorf("%s has a link to %s, and there is no such heading", page, found[1])
			}
		}
	}
	if links < 100 {
		t.Errorf("the pages have %d links: is this looking at the right files?", links)
	}
}

// TestChangesAreToldOnce asks that no line of CHANGES.md comes back in another section, with or
// without the subject before its colon, as after a merge that went wrong.
func TestChangesAreToldOnce(t *testing.T) {
	subject := regexp.MustCompile(`^- (?:[A-Z][\w ,]*: )?`)
	told := map[string]bool{}
	for line := range strings.Lines(readPage(t, "CHANGES.md")) {
		if !strings.HasPrefix(line, "- ") {
			continue
		}
		text := strings.ToLower(subject.ReplaceAllString(line, ""))
		if told[text] {
			t.Errorf("CHANGES.md has twice: %s", line)
		}
		told[text] = true
	}
	if len(told) < 100 {
		t.Errorf("CHANGES.md has %d lines: is this looking at the right file?", len(told))
	}
}

// headings are those of a page as links name them: in lower case, without punctuation, with hyphens for spaces.
func headings(page string) map[string]bool {
	found := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		text := regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(strings.ToLower(heading[1]), "$1")
		found[strings.ReplaceAll(regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(text, ""), " ", "-")] = true
	}
	return found
}

// pagesOfDocs are the pages below docs, decisions included.
func pagesOfDocs(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := filepath.Glob("docs/decisions/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(pages, decisions...)
}

// testFunctions are the functions of the test files below a directory, by name.
// gofmt writes each at the start of a line, so that the files need no parsing: they
// are read in a tenth of the time.
func testFunctions(t *testing.T, below string) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	walkGo(t, below, func(file string) {
		if !strings.HasSuffix(file, "_test.go") {
			return
		}
		for line := range strings.Lines(readPage(t, file)) {
			if function, is := strings.CutPrefix(line, "func "); is {
				name, _, _ := strings.Cut(function, "(")
				known[name] = true
			}
		}
	})
	return known
}
