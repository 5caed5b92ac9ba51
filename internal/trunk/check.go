package trunk

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// check fills what was left out and refuses what cannot work.
func (t *Trunk) check() error {
	if t.Name == "" {
		return fmt.Errorf("a trunk needs a name")
	}
	if (t.InboundUsername == "") != (t.InboundPassword == "") {
		return fmt.Errorf("trunk %s: of inbound user name and password, one is missing", t.Name)
	}
	if len(t.InboundUsername) > maxName || strings.ContainsAny(t.InboundUsername, "\"\\\r\n") {
		return fmt.Errorf("trunk %s: the inbound user name is too long or holds a quote", t.Name)
	}
	if t.Host == "" && t.InboundUsername == "" || strings.ContainsAny(t.Host, " \t\r\n<>;?@") {
		return fmt.Errorf("trunk %s: host %q is neither an address nor a name", t.Name, t.Host)
	}
	if _, err := netip.ParseAddr(t.Host); err != nil && strings.Contains(t.Host, ":") {
		return fmt.Errorf("trunk %s: host %q is neither an address nor a name; a port belongs in port, an IPv6 address has no brackets", t.Name, t.Host)
	}
	if t.Transport == "" {
		t.Transport = UDP
	}
	switch t.Transport {
	case UDP, TCP, TLS:
	default:
		return fmt.Errorf("trunk %s: transport %q is not one of udp, tcp, tls", t.Name, t.Transport)
	}
	if err := t.checkMedia(); err != nil {
		return err
	}
	if err := t.checkRefer(); err != nil {
		return err
	}
	if t.MaxCalls < 0 || t.CallsPerSecond < 0 {
		return fmt.Errorf("trunk %s: max-calls and calls-per-second are 1 or more, or absent for no limit", t.Name)
	}
	if t.Ping != 0 && t.Ping < minPing {
		return fmt.Errorf("trunk %s: ping of %s is too often: at least %s", t.Name, t.Ping, minPing)
	}
	if t.Port == 0 {
		_, err := netip.ParseAddr(t.Host)
		t.byService = err != nil
		t.Port = 5060
		if t.Transport == TLS {
			t.Port = 5061
		}
	}
	if t.Port < 1 || t.Port > 65535 {
		return fmt.Errorf("trunk %s: port %d is not a port number", t.Name, t.Port)
	}
	if err := t.checkDialect(); err != nil {
		return fmt.Errorf("trunk %s: %w", t.Name, err)
	}
	return nil
}

// checkMedia checks how sound and keys are sent.
func (t *Trunk) checkMedia() error {
	if t.SRTP == "" {
		t.SRTP = Off
	}
	if t.SRTP != Off && t.SRTP != Optional && t.SRTP != Required {
		return fmt.Errorf("trunk %s: srtp %q is not one of off, optional, required", t.Name, t.SRTP)
	}
	if t.Keys == "" {
		t.Keys = KeysInMedia
	}
	if t.Keys != KeysInMedia && t.Keys != KeysInINFO {
		return fmt.Errorf("trunk %s: dtmf %q is neither media nor info", t.Name, t.Keys)
	}
	if !slices.Contains(packetTimes, t.PTime/time.Millisecond) || t.PTime%time.Millisecond != 0 {
		return fmt.Errorf("trunk %s: ptime of %s is not one of 10, 20, 30, 40, 60 ms", t.Name, t.PTime)
	}
	if len(t.Codecs) == 0 {
		t.Codecs = DefaultCodecs
	}
	return nil
}

// checkRefer fills and checks what is said of transfers.
func (t *Trunk) checkRefer() error {
	if t.Refer == "" {
		t.Refer = ReferAuto
	}
	if t.AcceptRefer == "" {
		t.AcceptRefer = AcceptNone
	}
	if !slices.Contains([]Refer{ReferAuto, ReferNever, ReferAlways}, t.Refer) {
		return fmt.Errorf("trunk %s: refer %q is not one of auto, never, always", t.Name, t.Refer)
	}
	if !slices.Contains([]AcceptRefer{AcceptNone, AcceptOwned, AcceptAny}, t.AcceptRefer) {
		return fmt.Errorf("trunk %s: accept-refer %q is not one of none, owned, any", t.Name, t.AcceptRefer)
	}
	return nil
}

// minPing keeps a trunk from being flooded by our own questions.
const minPing = 10 * time.Millisecond

// packetTimes are what PTime may be, in ms.
var packetTimes = []time.Duration{0, 10, 20, 30, 40, 60}
