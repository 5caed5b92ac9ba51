package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// sdk is a release of Microsoft's SDKs, with the program that is written with it.
// The zero sdk is the newest of JavaScript.
type sdk struct {
	version  string // api-version of its calls
	keys     bool   // it sends tones, is told each key, and mutes
	holds    bool
	installs string // file that its installation leaves, and the target of the Makefile
	command  func(*product) *exec.Cmd
}

// The files that installations leave, last of all.
const (
	pythonInstalled = "python/.venv/.installed"
	javaInstalled   = "java/target/.installed"
)

// sdks are the releases under test beside JavaScript's newest, by their name in
// the name of the test.
var sdks = map[string]sdk{
	"JavaScript 1.0":    {version: "2023-03-06", command: javascript("call-automation-1.0")},
	"JavaScript 1.2":    {version: "2024-04-15", keys: true, command: javascript("call-automation-1.2")},
	"JavaScript 1.4":    {version: "2024-11-15-preview", keys: true, holds: true, command: javascript("call-automation-1.4")},
	"JavaScript 1.5":    {version: "2025-06-15", keys: true, holds: true, command: javascript("call-automation-1.5")},
	"Python 1.0":        {version: "2023-03-06", installs: pythonInstalled, command: python("releases/1.0", "")},
	"Python 1.1":        {version: "2023-10-15", keys: true, installs: pythonInstalled, command: python("releases/1.1", "")},
	"Python 1.2":        {version: "2024-04-15", keys: true, installs: pythonInstalled, command: python("releases/1.2", "")},
	"Python":            {version: apiVersion, keys: true, installs: pythonInstalled, command: python("", "")},
	"Python with async": {version: apiVersion, keys: true, installs: pythonInstalled, command: python("", "async")},
	"Java 1.0":          {version: "2023-03-06", installs: javaInstalled, command: java},
}

// program is the application's process, which trusts the product's authority.
func (s sdk) program(p *product) *exec.Cmd {
	if s.command == nil {
		return javascript("")(p)
	}
	return s.command(p)
}

// javascript runs agent/agent.mjs with a release, by its alias in package.json.
func javascript(release string) func(*product) *exec.Cmd {
	return func(p *product) *exec.Cmd {
		return program([]string{"node", filepath.Join("agent", "agent.mjs")},
			"NODE_EXTRA_CA_CERTS="+p.authority(), "CALL_AUTOMATION="+release)
	}
}

// python runs python/agent.py with a release, by its directory beside the newest,
// which wins over the newest in PYTHONPATH.
func python(release, client string) func(*product) *exec.Cmd {
	return func(p *product) *exec.Cmd {
		p.t.Helper()
		path := ""
		if release != "" {
			var err error
			path, err = filepath.Abs(filepath.Join("python", ".venv", release))
			must(p.t, err)
		}
		return program([]string{filepath.Join("python", ".venv", "bin", "python"), filepath.Join("python", "agent.py")},
			"PYTHONPATH="+path, "PYTHONDONTWRITEBYTECODE=1", "CLIENT="+client, "REQUESTS_CA_BUNDLE="+p.authority(), "SSL_CERT_FILE="+p.authority())
	}
}

// java runs the classes of java/src. Java trusts what is in a key store.
func java(p *product) *exec.Cmd {
	p.t.Helper()
	store := filepath.Join(p.t.TempDir(), "trust.p12")
	out, err := exec.Command("keytool", "-importcert", "-noprompt", "-alias", "switchhook", "-file", p.authority(),
		"-keystore", store, "-storetype", "PKCS12", "-storepass", "changeit").CombinedOutput()
	if err != nil {
		p.t.Fatalf("keytool: %v\n%s", err, out)
	}
	target := filepath.Join("java", "target")
	return program([]string{"java", "-XX:TieredStopAtLevel=1", "-Djavax.net.ssl.trustStore=" + store, "-Djavax.net.ssl.trustStorePassword=changeit",
		"-cp", filepath.Join(target, "classes") + string(os.PathListSeparator) + filepath.Join(target, "lib", "*"), "agent.Agent"})
}

func program(command []string, environment ...string) *exec.Cmd {
	c := exec.Command(command[0], command[1:]...)
	c.Env = append(os.Environ(), environment...)
	return c
}

// authority is the file of the certificate authority that signs for the product.
func (p *product) authority() string { return filepath.Join(p.data, "ca.pem") }

// installed skips a test for want of an SDK, but never in CI.
func (s sdk) installed(t *testing.T) {
	t.Helper()
	if s.installs == "" {
		return // main_test.go has asked for Node's packages
	}
	if _, err := os.Stat(s.installs); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("the SDKs of this language are not installed: `make e2e/%s` says why", s.installs)
	}
	t.Skipf("the SDKs of this language are not installed: run `make e2e/%s`", s.installs)
}
