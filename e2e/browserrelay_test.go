package e2e

import (
	"net"
	"strings"
	"testing"
)

// ownAddress is an address of this machine that is no loopback one, which Firefox takes no
// relay at; "127.0.0.1" on a machine without any other.
func ownAddress(t testing.TB) string {
	t.Helper()
	own, err := net.InterfaceAddrs()
	must(t, err)
	for _, one := range own {
		if network, is := one.(*net.IPNet); is && network.IP.To4() != nil && network.IP.IsGlobalUnicast() {
			return network.IP.String()
		}
	}
	return "127.0.0.1"
}

// relayed lets the page's media pass by those TURN servers alone whose address has what
// globalThis.way says, as behind a firewall; without it, the page is as before.
func (x *tab) relayed() {
	x.t.Helper()
	x.run(`
		globalThis.connections = [];
		globalThis.RTCPeerConnection = class extends RTCPeerConnection {
			constructor(configuration) {
				const iceServers = configuration.iceServers.map((server) => ({...server, urls: server.urls.filter((url) => url.includes(globalThis.way))}));
				super(globalThis.way ? {...configuration, iceServers, iceTransportPolicy: "relay"} : configuration);
				connections.push(this);
			}
		};
		globalThis.path = async () => {
			const stats = [...(await connections.at(-1).getStats()).values()];
			const pair = stats.find(({id}) => id === stats.find(({type}) => type === "transport").selectedCandidatePairId);
			const local = stats.find(({id}) => id === pair.localCandidateId);
			return local.candidateType + " " + local.relayProtocol;
		};`)
}

// talkByRelay lets a page join a room over TURN, by UDP and by TCP, with the address and
// credentials that the server hands out; the other one is there already. Each hears the
// other's pitch.
func talkByRelay(t *testing.T, behind, open *tab, said, heard float64, room string) {
	behind.relayed()
	for way, want := range map[string]string{"transport=udp": "relay udp", "transport=tcp": "relay tcp"} {
		behind.run(`globalThis.way = %s`, way)
		behind.joins(values{"roomId": room})
		behind.hears(heard)
		open.hears(said)
		if got := behind.text(`return await path()`); !strings.HasPrefix(got, want) {
			t.Errorf("the path is %s, want %s", got, want)
		}
		behind.run(`await call.hangUp()`)
		open.until(`call.remoteParticipants.length === 0`)
	}
	behind.run(`globalThis.way = ""`)
}
