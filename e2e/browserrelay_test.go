package e2e

import (
	"strings"
	"testing"
)

// TestBrowserTalksByRelay: a browser whose firewall lets TURN through alone, over UDP and
// over TCP, with the address and credentials that the server hands out.
func TestBrowserTalksByRelay(t *testing.T) {
	t.Parallel()
	p := start(t, setup{config: "turn: {listen: '127.0.0.1:0'}\n"})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	var made room
	a.do("createRoom", values{"participants": []values{{"id": ada, "role": "Presenter"}, {"id": bob, "role": "Presenter"}}}, &made)
	behind, open := b.open("ada", firstPitch), b.open("bob", secondPitch)
	behind.run(`
		globalThis.connections = [];
		globalThis.RTCPeerConnection = class extends RTCPeerConnection {
			constructor(configuration) {
				const iceServers = configuration.iceServers.map((server) => ({...server, urls: server.urls.filter((url) => url.includes(globalThis.way))}));
				super({...configuration, iceServers, iceTransportPolicy: "relay"});
				connections.push(this);
			}
		};
		globalThis.paths = async () => {
			const stats = [...(await connections.at(-1).getStats()).values()];
			const pair = stats.find(({id}) => id === stats.find(({type}) => type === "transport").selectedCandidatePairId);
			const local = stats.find(({id}) => id === pair.localCandidateId);
			return local.candidateType + " " + local.relayProtocol;
		};`)
	behind.agent(a, ada, "Ada")
	open.agent(a, bob, "Bob")
	open.joins(values{"roomId": made.ID})
	for way, want := range map[string]string{"transport=udp": "relay udp", "transport=tcp": "relay tcp"} {
		behind.run(`globalThis.way = %s`, way)
		behind.joins(values{"roomId": made.ID})
		behind.hears(secondPitch)
		open.hears(firstPitch)
		if got := behind.text(`return await paths()`); !strings.HasPrefix(got, want) {
			t.Errorf("the path is %s, want %s", got, want)
		}
		behind.run(`await call.hangUp()`)
		open.until(`call.remoteParticipants.length === 0`)
	}
	behind.noErrors()
}
