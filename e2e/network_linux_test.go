package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The test network has three hosts, each a network namespace: a phone, a router
// with NAT, and the product. Nothing of it is seen outside, and nothing leaves it.
const (
	phoneHost   = "10.77.1.2"
	phoneRouter = "10.77.1.1"
	productHost = "10.77.2.2"
	natRouter   = "10.77.2.1"
	natHost     = "10.77.3.1" // as the product sees the phone
	natDevice   = "nat0"
)

// network are the names of the namespaces.
type network struct{ phone, router, product string }

// newNetwork makes the namespaces, until the end of the test. Without the rights
// for it the test is skipped.
func newNetwork(t *testing.T) network {
	t.Helper()
	_, noTool := exec.LookPath("ip")
	_, noTunnel := os.Stat("/dev/net/tun")
	if os.Getuid() != 0 || noTool != nil || noTunnel != nil {
		t.Skip("network namespaces need root, ip (Debian: iproute2) and /dev/net/tun")
	}
	name := fmt.Sprintf("switchhook-%d-", os.Getpid())
	n := network{name + "phone", name + "router", name + "product"}
	for _, host := range []string{n.phone, n.router, n.product} {
		if out, err := exec.Command("ip", "netns", "add", host).CombinedOutput(); err != nil {
			t.Skipf("this machine makes no network namespaces: %v %s", err, out)
		}
		t.Cleanup(func() { exec.Command("ip", "netns", "del", host).Run() }) // its devices go with it
		ip(t, "-n", host, "link", "set", "lo", "up")
	}
	n.wire(t, n.phone, phoneHost, "phone0", phoneRouter)
	n.wire(t, n.product, productHost, "product0", natRouter)
	for _, key := range []string{"ip_forward=1", "conf/all/rp_filter=0", "conf/default/rp_filter=0"} {
		name, value, _ := strings.Cut(key, "=")
		n.in(t, n.router, func() error {
			return os.WriteFile(filepath.Join("/proc/sys/net/ipv4", name), []byte(value), 0)
		})
	}
	return n
}

// wire connects a host with the router.
func (n network) wire(t *testing.T, host, address, device, router string) {
	t.Helper()
	ip(t, "-n", host, "link", "add", "eth0", "type", "veth", "peer", "name", device, "netns", n.router)
	ip(t, "-n", host, "addr", "add", address+"/24", "dev", "eth0")
	ip(t, "-n", host, "link", "set", "eth0", "up")
	ip(t, "-n", n.router, "addr", "add", router+"/24", "dev", device)
	ip(t, "-n", n.router, "link", "set", device, "up")
	ip(t, "-n", host, "route", "add", "default", "via", router)
}

func ip(t *testing.T, arguments ...string) {
	t.Helper()
	if out, err := exec.Command("ip", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v %s", strings.Join(arguments, " "), err, out)
	}
}

// in does something on a host: sockets that are opened there stay there.
func (n network) in(t *testing.T, host string, do func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never free again: the thread ends with us
		done <- func() error {
			namespace, err := unix.Open("/run/netns/"+host, unix.O_RDONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				return err
			}
			defer unix.Close(namespace)
			if err := unix.Setns(namespace, unix.CLONE_NEWNET); err != nil {
				return err
			}
			return do()
		}()
	}()
	must(t, <-done)
}
