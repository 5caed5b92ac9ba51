package switchhook

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// guides are the pages that lead through the code.
var guides = []string{"CONTRIBUTING.md", "docs/architecture.md"}

// topFolders are where a path in a guide may begin, besides a package below internal.
var topFolders = []string{"cmd", "docs", "e2e", "examples", "internal"}

var (
	codeSpan    = regexp.MustCompile("`([^`\n]+)`")
	goFile      = regexp.MustCompile(`[\w./-]*\w\.go\b`)
	somePath    = regexp.MustCompile(`^(?:[a-z_][\w.-]*/)+[\w.*-]*$`)
	packagePath = regexp.MustCompile(`(?:^|\s)\./((?:[\w-]+/)*[\w-]+)`)
	symbol      = regexp.MustCompile(`^([a-z]\w+)\.([A-Z]\w*)(?:\.(\w+))?\b`)
)

// TestPagesNameFilesThatExist asks that every Go file that a page names exists, and
// every path, and every name that a package declares, in the guides. NAME in a path
// is for the reader to fill in.
func TestPagesNameFilesThatExist(t *testing.T) {
	modules := func(page string) bool { return page == "docs/dependencies.md" } // one is called nats.go
	pages := append(slices.DeleteFunc(pagesOfDocs(t), modules), "CONTRIBUTING.md", "README.md")
	files, names := goFiles(t), declared(t)
	checked := 0
	for _, page := range pages {
		text := readPage(t, page)
		for _, named := range goFile.FindAllString(text, -1) {
			checked++
			if named = strings.TrimPrefix(named, "./"); !files[named] && !exists(named) && !strings.Contains(named, "NAME") {
				t.Errorf("%s names %s, which does not exist", page, named)
			}
		}
		if !slices.Contains(guides, page) {
			continue
		}
		for _, found := range packagePath.FindAllStringSubmatch(text, -1) {
			if !exists(found[1]) {
				t.Errorf("%s names ./%s, which does not exist", page, found[1])
			}
		}
		for _, found := range codeSpan.FindAllStringSubmatch(text, -1) {
			span := found[1]
			if somePath.MatchString(span) {
				if room, _, _ := strings.Cut(span, "/"); !exists("internal/"+room) && !slices.Contains(topFolders, room) {
					continue // a path of another kind
				}
				checked++
				if !exists(span) && !exists("internal/"+span) && !strings.Contains(span, "NAME") {
					t.Errorf("%s names %s, which does not exist", page, span)
				}
			} else if s := symbol.FindStringSubmatch(span); s != nil && names[s[1]] != nil {
				checked++
				if have := names[s[1]]; !have[s[2]] || s[3] != "" && !have[s[3]] {
					t.Errorf("%s names %s, which package %s does not declare", page, span, s[1])
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("the pages name %d paths: is this looking at the right files?", checked)
	}
}

// TestCommentsCitePagesThatExist asks for the page, and for the heading, that a
// comment or a message of the code cites, as in docs/architecture.md, "Inside sip".
func TestCommentsCitePagesThatExist(t *testing.T) {
	cited := regexp.MustCompile(`docs/([\w/-]+\.md)(?:, "([^"]+)")?`)
	found := 0
	walkGo(t, ".", func(file string) {
		for _, cite := range cited.FindAllStringSubmatch(readPage(t, file), -1) {
			found++
			page, heading := "docs/"+cite[1], cite[2]
			switch {
			case !exists(page):
				t.Errorf("%s cites %s, which does not exist", file, page)
			case heading != "" && !regexp.MustCompile(`(?m)^##+ `+regexp.QuoteMeta(heading)+`$`).MatchString(readPage(t, page)):
				t.Errorf("%s cites %q of %s, which has no such heading", file, heading, page)
			}
		}
	})
	if found < 10 {
		t.Errorf("the code cites pages %d times: is this looking at the right files?", found)
	}
}

// TestMapShowsEveryPackage compares the page's table with the plan of the floors.
func TestMapShowsEveryPackage(t *testing.T) {
	shown := map[string]string{}
	row := regexp.MustCompile("(?m)^\\| `internal/([\\w/]+)` \\| (\\w+) \\|")
	for _, found := range row.FindAllStringSubmatch(readPage(t, "docs/architecture.md"), -1) {
		if shown[found[1]] != "" {
			t.Errorf("docs/architecture.md has two rows for internal/%s", found[1])
		}
		shown[found[1]] = found[2]
	}
	want := map[string]string{}
	for name, floor := range plan.floors {
		want[name] = strconv.Itoa(floor)
	}
	for _, name := range plan.leaves {
		want[name] = "leaf"
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if shown[name] != want[name] {
			t.Errorf("floors_test.go has internal/%s on floor %s, docs/architecture.md on floor %q", name, want[name], shown[name])
		}
	}
	for name := range shown {
		if want[name] == "" {
			t.Errorf("docs/architecture.md has a row for internal/%s, floors_test.go has none", name)
		}
	}
}

// TestPictureShowsRealImports asks that each arrow of the page's picture is an
// import. An arrow from several packages in one box is one from any of them.
func TestPictureShowsRealImports(t *testing.T) {
	_, picture, _ := strings.Cut(readPage(t, "docs/architecture.md"), "```mermaid\n")
	picture, _, _ = strings.Cut(picture, "```")
	real := map[string]bool{}
	for _, arrow := range importsOf(t, "internal") {
		real[owner(arrow.from)+" "+owner(arrow.to)] = true
	}
	boxes := map[string][]string{}
	for _, box := range regexp.MustCompile(`(?m)^ +(\w+)\["([\w/, ]+)"\]$`).FindAllStringSubmatch(picture, -1) {
		boxes[box[1]] = strings.Split(box[2], ", ")
	}
	packages := func(node string) []string {
		if node = strings.TrimSpace(node); boxes[node] != nil {
			return boxes[node]
		}
		return []string{node}
	}
	drawn := regexp.MustCompile(`(?m)^ +(\w+) --> ([\w& ]+)$`).FindAllStringSubmatch(picture, -1)
	for _, line := range drawn {
		for _, to := range strings.Split(line[2], "&") {
			if !slices.ContainsFunc(packages(line[1]), func(from string) bool {
				return slices.ContainsFunc(packages(to), func(to string) bool { return real[from+" "+to] })
			}) {
				t.Errorf("docs/architecture.md draws an arrow from %s to %s, which is no import", line[1], strings.TrimSpace(to))
			}
		}
	}
	if len(drawn) < 10 {
		t.Errorf("the picture has %d lines of arrows: is this looking at the right place?", len(drawn))
	}
}

func readPage(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// exists reports whether a path, which may have stars in it, leads to something.
func exists(path string) bool {
	found, err := filepath.Glob(path)
	return err == nil && len(found) > 0
}

// goFiles are the Go files of the repository: by their path, by their path below
// internal, and by their name alone.
func goFiles(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	walkGo(t, ".", func(file string) {
		known[file], known[strings.TrimPrefix(file, "internal/")], known[filepath.Base(file)] = true, true, true
	})
	return known
}

// declared has the names that each package below internal declares: types,
// fields, methods, functions, constants and variables.
func declared(t *testing.T) map[string]map[string]bool {
	t.Helper()
	names := map[string]map[string]bool{}
	walkGo(t, "internal", func(file string) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		known := names[parsed.Name.Name]
		if known == nil {
			known = map[string]bool{}
			names[parsed.Name.Name] = known
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				known[n.Name.Name] = true
				return false
			case *ast.TypeSpec:
				known[n.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range n.Names {
					known[name.Name] = true
				}
			case *ast.Field:
				for _, name := range n.Names {
					known[name.Name] = true
				}
			}
			return true
		})
	})
	return names
}

// walkGo calls visit with each Go file below a directory.
func walkGo(t *testing.T, below string, visit func(file string)) {
	t.Helper()
	err := filepath.WalkDir(below, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git"):
			return filepath.SkipDir
		case !entry.IsDir() && strings.HasSuffix(file, ".go"):
			visit(file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
