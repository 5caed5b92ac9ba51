package switchhook

import (
	"encoding/json"
	"encoding/xml"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryDependencyIsExplained asks docs/dependencies.md for every module, package and library
// that the code, its pages and its tests name as what they need.
func TestEveryDependencyIsExplained(t *testing.T) {
	page := readPage(t, "docs/dependencies.md")
	needed := append(append(modules(t), packages(t)...), append(pythons(t), javas(t)...)...)
	for _, name := range needed {
		if types, is := strings.CutPrefix(name, "@types/"); is && types != "" {
			name = "@types/…"
		}
		if !regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(name) + `($|[^\w-])`).MatchString(page) {
			t.Errorf("docs/dependencies.md does not say why we need %s", name)
		}
	}
	if len(needed) < 60 {
		t.Errorf("there are %d dependencies: is this looking at the right files?", len(needed))
	}
}

// modules are those that go.mod requires for our own imports, by the last two elements of
// their paths, without a major version.
func modules(t *testing.T) (names []string) {
	for _, line := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(readPage(t, "go.mod"), -1) {
		elements := strings.Split(regexp.MustCompile(`/v\d+$`).ReplaceAllString(line[1], ""), "/")
		names = append(names, strings.Join(elements[max(0, len(elements)-2):], "/"))
	}
	return names
}

// packages are those of all package.json files; another name for a package counts as the package.
func packages(t *testing.T) (names []string) {
	for _, pattern := range []string{"e2e/package.json", "e2e/*/package.json", "examples/*/package.json", "web/*/package.json"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			var needs struct{ Dependencies, DevDependencies map[string]string }
			if err := json.Unmarshal([]byte(readPage(t, file)), &needs); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for _, list := range []map[string]string{needs.Dependencies, needs.DevDependencies} {
				for name, version := range list {
					if real, is := strings.CutPrefix(version, "npm:"); is {
						name = real[:strings.LastIndex(real, "@")]
					}
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// pythons are those of requirements.in.
func pythons(t *testing.T) (names []string) {
	for _, line := range regexp.MustCompile(`(?m)^([\w-]+)(?:\[\w+\])?==`).FindAllStringSubmatch(readPage(t, "e2e/python/requirements.in"), -1) {
		names = append(names, line[1])
	}
	return names
}

// javas are those of pom.xml.
func javas(t *testing.T) (names []string) {
	var project struct {
		Dependencies []struct {
			ID string `xml:"artifactId"`
		} `xml:"dependencies>dependency"`
	}
	if err := xml.Unmarshal([]byte(readPage(t, "e2e/java/pom.xml")), &project); err != nil {
		t.Fatal(err)
	}
	for _, one := range project.Dependencies {
		names = append(names, one.ID)
	}
	return names
}
