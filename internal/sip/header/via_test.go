package header

import (
	"net/netip"
	"testing"
)

func TestRefusalGoesWhereTheViaSays(t *testing.T) {
	t.Parallel()
	from := netip.MustParseAddrPort("192.0.2.7:40000")
	for via, want := range map[string]string{
		"SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa;rport":                                       "192.0.2.7:40000 SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa;rport=40000;received=192.0.2.7",
		"SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa":                                             "192.0.2.7:5080 SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa;received=192.0.2.7",
		"SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKa":                                             "192.0.2.7:5060 SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKa;received=192.0.2.7",
		"SIP/2.0/UDP a;rport;branch=z9hG4bKa, SIP/2.0/TCP b.example:5061;branch=z9hG4bKb;rport": "192.0.2.7:40000 SIP/2.0/UDP a;rport=40000;branch=z9hG4bKa;received=192.0.2.7, SIP/2.0/TCP b.example:5061;branch=z9hG4bKb;rport",
		"SIP/2.0/UDP 10.0.0.1 : 5080 ; branch=z9hG4bKa ;rport":                                  "192.0.2.7:40000 SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa;rport=40000;received=192.0.2.7",
		"SIP/2.0/UDP 10.0.0.1: 5080;branch=z9hG4bKa":                                            "192.0.2.7:5080 SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa;received=192.0.2.7",
	} {
		if text, to := AppendVia(nil, []byte(via), from); to.String()+" "+string(text) != want {
			t.Errorf("%s\ngives %s %s\n want %s", via, to, text, want)
		}
	}
}
