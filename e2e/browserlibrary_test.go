package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The package for browsers: its tests, its build, and what others rely on in it.

const callingDir = "../web/calling"

// callingPackage is what package.json says, as far as it is tested.
type callingPackage struct {
	Version      string
	Main         string
	Module       string
	Types        string
	Private      bool
	Exports      map[string]json.RawMessage
	Scripts      map[string]string
	Dependencies map[string]string
}

func TestBrowserLibrary(t *testing.T) {
	needCalling(t)
	var pkg callingPackage
	read, err := os.ReadFile(filepath.Join(callingDir, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(read, &pkg); err != nil {
		t.Fatal(err)
	}

	t.Run("passes its own tests", func(t *testing.T) { npm(t, "test") })
	t.Run("is built as package.json says", func(t *testing.T) {
		npm(t, "run", "build")
		var entry map[string]string
		if err := json.Unmarshal(pkg.Exports["."], &entry); err != nil {
			t.Fatal(err)
		}
		for _, condition := range []string{"types", "import", "require"} {
			if entry[condition] == "" {
				t.Errorf("exports has no condition %s", condition)
			}
		}
		for _, file := range []string{pkg.Main, pkg.Module, pkg.Types, entry["types"], entry["import"], entry["require"]} {
			if _, err := os.Stat(filepath.Join(callingDir, file)); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("needs communication-common and its logger alone, and runs nothing when it is installed", func(t *testing.T) {
		if len(pkg.Dependencies) != 2 || pkg.Dependencies["@azure/communication-common"] == "" || pkg.Dependencies["@azure/logger"] == "" {
			t.Errorf("dependencies: %v", pkg.Dependencies)
		}
		for _, script := range []string{"preinstall", "install", "postinstall", "prepare"} {
			if pkg.Scripts[script] != "" {
				t.Errorf("the script %s runs at installation", script)
			}
		}
		if pkg.Private {
			t.Error("a private package cannot be published")
		}
	})
	t.Run("has the version that Microsoft's UI library asks for", func(t *testing.T) {
		if !regexp.MustCompile(`^1\.4[0-9]\.\d+$`).MatchString(pkg.Version) {
			t.Errorf("version %s is not within ^1.40.1", pkg.Version)
		}
		source, err := os.ReadFile(filepath.Join(callingDir, "src/version.ts"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(source), `"`+pkg.Version+`"`) {
			t.Errorf("src/version.ts has another version than package.json, %s", pkg.Version)
		}
	})
	t.Run("is small, and names no host", func(t *testing.T) { checkBundle(t, filepath.Join(callingDir, pkg.Module)) })
	t.Run("is packed with its licence", func(t *testing.T) {
		listed := npm(t, "pack", "--dry-run", "--json")
		for _, file := range []string{`"LICENSE"`, `"README.md"`, `"dist/index.cjs"`} {
			if !strings.Contains(listed, file) {
				t.Errorf("the package has no %s", file)
			}
		}
	})
	for _, resolution := range []string{"bundler", "node16"} {
		t.Run("its types resolve under "+resolution, func(t *testing.T) { checkTypes(t, resolution) })
	}
}

// checkBundle reads the module as a browser would get it.
func checkBundle(t *testing.T, file string) {
	bundle, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(bundle); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if packed.Len() > 60<<10 {
		t.Errorf("it has %d bytes with gzip", packed.Len())
	}
	if found := regexp.MustCompile(`https?://[a-z][^"'\x60 ]*`).FindAll(bundle, -1); found != nil {
		t.Errorf("it names hosts: %q", found)
	}
	if found := regexp.MustCompile(`\beval\(|new Function\(`).Find(bundle); found != nil {
		t.Errorf("it has %s", found)
	}
}

// checkTypes compiles a use of the package as an application resolves it.
func checkTypes(t *testing.T, resolution string) {
	dir := t.TempDir()
	modules := filepath.Join(dir, "node_modules")
	must(t, os.MkdirAll(filepath.Join(modules, "@switchhook"), 0o700))
	absolute, err := filepath.Abs(callingDir)
	must(t, err)
	for link, target := range map[string]string{"@switchhook/calling": absolute, "@azure": filepath.Join(absolute, "node_modules/@azure")} {
		must(t, os.Symlink(target, filepath.Join(modules, link)))
	}
	compileUse(t, dir, "@switchhook/calling", resolution)
}

// compileUse compiles test/publictypes.ts in a directory where the package is installed
// under a name.
func compileUse(t *testing.T, dir, name, resolution string) {
	t.Helper()
	module := map[string]string{"bundler": "esnext", "node16": "node16"}[resolution]
	source, err := os.ReadFile(filepath.Join(callingDir, "test/publictypes.ts"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "use.ts"), bytes.ReplaceAll(source, []byte("@switchhook/calling"), []byte(name)), 0o600))
	compiler, err := filepath.Abs(filepath.Join(callingDir, "node_modules/.bin/tsc"))
	must(t, err)
	_, err = runIn(dir, compiler, "--noEmit", "--strict", "--target", "es2022", "--skipLibCheck", "--preserveSymlinks",
		"--module", module, "--moduleResolution", resolution, "--lib", "es2022,dom", "use.ts")
	must(t, err)
}

// npm runs a command in the package, and returns what it printed.
func npm(t *testing.T, args ...string) string {
	t.Helper()
	out, err := runIn(callingDir, "npm", args...)
	must(t, err)
	return out
}

// needCalling skips where the package's own tools are not installed; in CI that is a failure.
func needCalling(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(callingDir, "node_modules/.installed")); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("the tools of web/calling are not installed: make web/calling/node_modules/.installed")
	}
	t.Skip("the tools of web/calling are not installed: make web/calling/node_modules/.installed")
}
