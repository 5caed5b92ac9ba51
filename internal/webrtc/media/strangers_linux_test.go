package media

import (
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
)

// The network of a stranger on a link of ours, who also has one of our addresses. Our kernel
// is told to believe that (accept_local), which it does not by itself.
const (
	ourNetwork = `ip link set lo up && ip link add here0 type veth peer name there0 &&
		ip addr add 10.9.0.1/24 dev here0 && ip addr add 10.9.1.1/24 dev here0 && ip link set here0 up &&
		for conf in all here0; do echo 0 >/proc/sys/net/ipv4/conf/$conf/rp_filter && echo 1 >/proc/sys/net/ipv4/conf/$conf/accept_local || exit 1; done`
	strangersNetwork = `for i in $(seq 1200); do ip link show there0 >/dev/null 2>&1 && break; sleep 0.05; done; ip link set lo up && ip link set there0 up &&
		ip addr add 10.9.0.2/24 dev there0 && ip addr add 10.9.0.1/32 dev there0 && ip route add 10.9.1.0/24 dev there0`
	strangersPort = 7777
	asStranger    = "SWITCHHOOK_TEST_STRANGER" // what the stranger attacks: our port, a port that hears everybody, a check
)

// TestStrangersReachNothingOfThisMachineAlone: a check of a client that comes from another
// machine, with the right password, from its own address and from one of ours. Nothing of it
// is read. Connections are not answered.
func TestStrangersReachNothingOfThisMachineAlone(t *testing.T) {
	if attacked := os.Getenv(asStranger); attacked != "" {
		attack(strings.Fields(attacked))
		return
	}
	if !inNetwork(t, ourNetwork) {
		return
	}
	e := openFor(t, "localhost:0")
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	pc := browser(t, settingsOf(webrtc.NetworkTypeUDP4), formats()...)
	defer pc.Close()
	connect(t, p, pc)
	await(t, states, Connected)
	check := newCheck(t, pc)
	everybody, err := net.ListenPacket("udp4", "10.9.1.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer everybody.Close()

	stranger := exec.Command("sh", "-c", strangersNetwork+` && exec "$0" -test.run '^`+t.Name()+`$' -test.v`, os.Args[0])
	stranger.Env = append(os.Environ(), fmt.Sprintf("%s=%d %d %x", asStranger, e.Addr().Port(), everybody.LocalAddr().(*net.UDPAddr).Port, check))
	stranger.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	stranger.Stderr = os.Stderr
	said, err := stranger.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	until, err := stranger.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer stranger.Wait()
	defer until.Close()
	if out, err := exec.Command("ip", "link", "set", "there0", "netns", strconv.Itoa(stranger.Process.Pid)).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	heard := map[netip.AddrPort]int{} // checks that came before, on the same way
	own, claimed := netip.MustParseAddrPort("10.9.0.2:7777"), netip.MustParseAddrPort("10.9.0.1:7777")
	_ = everybody.SetReadDeadline(time.Now().Add(2 * time.Minute))
	for heard[own] < 3 || heard[claimed] < 3 {
		_, from, err := everybody.ReadFrom(make([]byte, 1500))
		if err != nil {
			t.Fatalf("%v, after %v", err, heard)
		}
		heard[from.(*net.UDPAddr).AddrPort()]++
	}
	ours, err := net.Dial("udp4", netip.AddrPortFrom(netip.MustParseAddr("10.9.1.1"), e.Addr().Port()).String())
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	if _, err := ours.Write(check); err != nil {
		t.Fatal(err)
	}
	_ = ours.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := ours.Read(make([]byte, 1500)); err != nil { // which came later
		t.Fatalf("a check of this machine: %v", err)
	}
	c := p.now.Load().consent
	c.mu.Lock()
	for at := range c.paths {
		if at.Port() == strangersPort {
			t.Errorf("a check from %s was read", at)
		}
	}
	c.mu.Unlock()
	until.Close()
	lines, _ := io.ReadAll(said)
	if !strings.Contains(string(lines), "no answer, no connection") {
		t.Errorf("the stranger says %s", lines)
	}
}

// attack is what the stranger does until its standard input ends.
func attack(attacked []string) {
	check, _ := hex.DecodeString(attacked[2])
	var answers atomic.Int64
	over := make(chan struct{})
	var work sync.WaitGroup
	for _, from := range []string{"10.9.0.2", "10.9.0.1"} {
		socket, err := net.ListenPacket("udp4", net.JoinHostPort(from, strconv.Itoa(strangersPort)))
		if err != nil {
			fmt.Println(err)
			return
		}
		work.Go(func() {
			for {
				if _, _, err := socket.ReadFrom(make([]byte, 1500)); err != nil {
					return
				}
				answers.Add(1)
			}
		})
		work.Go(func() {
			defer socket.Close()
			for {
				for _, port := range attacked[:2] {
					number, _ := strconv.Atoi(port)
					_, _ = socket.WriteTo(check, &net.UDPAddr{IP: net.IPv4(10, 9, 1, 1), Port: number})
				}
				select {
				case <-time.After(50 * time.Millisecond):
				case <-over:
					return
				}
			}
		})
	}
	_, err := net.DialTimeout("tcp4", "10.9.1.1:"+attacked[0], time.Second)
	_, _ = io.ReadAll(os.Stdin)
	close(over)
	work.Wait()
	if e, is := err.(net.Error); is && e.Timeout() && answers.Load() == 0 {
		fmt.Println("no answer, no connection")
		return
	}
	fmt.Println(answers.Load(), "answers; a connection:", err)
}
