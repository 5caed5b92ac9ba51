package media

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/pion/webrtc/v4"
)

// insideNetwork says that this process is the one of the test in a network of its own.
const insideNetwork = "SWITCHHOOK_TEST_NETWORK"

// TestClientsConnectByTCPOverIPv6: in a network namespace, since ICE has no candidates of
// TCP on [::1].
func TestClientsConnectByTCPOverIPv6(t *testing.T) {
	if os.Getenv(insideNetwork) != "" {
		connectByTCP(t, "[fd00::1]:0", webrtc.NetworkTypeTCP6)
		return
	}
	const network = `ip link set lo up && ip link add here0 type veth peer name there0 &&
		ip addr add fd00::1/64 dev here0 nodad && ip link set here0 up && ip link set there0 up &&
		for i in $(seq 400); do ip -6 route get fd00::1 | grep -q '^local' && break; sleep 0.05; done` // the link comes up by and by
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
	if out, err := run(network); err != nil {
		t.Skipf("this machine makes no network namespaces with IPv6: %v %s", err, out)
	}
	out, err := run(network + ` && exec "$0" -test.run '^` + t.Name() + `$' -test.v`)
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
}
