package media

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// insideNetwork says that this process is the one of the test in a network of its own.
const insideNetwork = "SWITCHHOOK_TEST_NETWORK"

// inNetwork runs the test again in a network namespace that a script has set up, and reports
// whether this is that run.
func inNetwork(t *testing.T, script string) bool {
	t.Helper()
	if os.Getenv(insideNetwork) != "" {
		return true
	}
	run := func(script string) ([]byte, error) {
		command := exec.Command("sh", "-c", script, os.Args[0])
		command.Env = append(os.Environ(), insideNetwork+"=1")
		command.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		return command.CombinedOutput()
	}
	if out, err := run(script); err != nil {
		t.Skipf("this machine makes no such network namespaces: %v %s", err, out)
	}
	out, err := run(script + ` && exec "$0" -test.run '^` + t.Name() + `$' -test.v`)
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// Scripts of networks: loopback alone, and a link to a namespace that does not matter, with an
// address of each family.
const (
	alone  = `ip link set lo up`
	linked = alone + ` && ip link add here0 type veth peer name there0 &&
		ip addr add 10.9.0.1/24 dev here0 && ip addr add fd00::1/64 dev here0 nodad && ip link set here0 up && ip link set there0 up &&
		for i in $(seq 400); do ip -6 route get fd00::1 | grep -q '^local' && break; sleep 0.05; done` // the link comes up by and by
)
