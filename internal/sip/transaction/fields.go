package transaction

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// add appends strings.
func (t *text) add(parts ...string) {
	for _, part := range parts {
		*t = append(*t, part...)
	}
}

// number appends a number that is not negative.
func (t *text) number(n uint64) { *t = strconv.AppendUint(*t, n, 10) }

// field appends a header field as sipgo writes it, with its line end. Those that nearly every
// message has are written without allocations.
func (t *text) field(f sip.Header) {
	t.add(f.Name(), ": ")
	switch f := f.(type) {
	case *sip.ViaHeader:
		t.add(f.ProtocolName, "/", f.ProtocolVersion, "/", f.Transport, " ")
		t.hostPort(f.Host, f.Port)
		t.parameters(';', f.Params)
	case *sip.FromHeader:
		t.address(f.DisplayName, &f.Address, f.Params)
	case *sip.ToHeader:
		t.address(f.DisplayName, &f.Address, f.Params)
	case *sip.ContactHeader:
		if f.Address.Wildcard {
			t.add("*")
		} else {
			t.address(f.DisplayName, &f.Address, f.Params)
		}
	case *sip.RecordRouteHeader:
		t.address("", &f.Address, nil)
	case *sip.RouteHeader:
		t.address("", &f.Address, nil)
	case *sip.CSeqHeader:
		t.number(uint64(f.SeqNo))
		t.add(" ", string(f.MethodName))
	case *sip.ContentLengthHeader:
		t.number(uint64(*f))
	default:
		t.add(f.Value())
	}
	t.add("\r\n")
}

// address appends a name and an address with the parameters behind it.
func (t *text) address(display string, uri *sip.Uri, parameters sip.HeaderParams) {
	if display != "" {
		t.add(`"`, display, `" `)
	}
	t.add("<")
	t.uri(uri)
	t.add(">")
	t.parameters(';', parameters)
}

func (t *text) uri(u *sip.Uri) {
	scheme := u.Scheme
	if scheme == "" {
		scheme = "sip"
	}
	t.add(scheme, ":")
	if raw := u.Raw(); raw != "" { // of tel and others
		t.add(raw)
		return
	}
	if u.HierarhicalSlashes {
		t.add("//")
	}
	if u.User != "" {
		t.add(u.User)
		if u.Password != "" {
			t.add(":", u.Password)
		}
		t.add("@")
	}
	t.hostPort(u.Host, u.Port)
	t.parameters(';', u.UriParams)
	if len(u.Headers) > 0 {
		before := len(*t)
		t.parameters('&', u.Headers)
		(*t)[before] = '?'
	}
}

func (t *text) hostPort(host string, port int) {
	if isBareIPv6(host) {
		t.add("[", host, "]")
	} else {
		t.add(host)
	}
	if port > 0 {
		t.add(":")
		t.number(uint64(port))
	}
}

// isBareIPv6 reports whether a host is an address that needs brackets.
func isBareIPv6(host string) bool {
	if strings.IndexByte(host, ':') < 0 {
		return false
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Zone() == ""
}

// parameters appends parameters, each behind the separator. A value with blanks is quoted.
func (t *text) parameters(separator byte, list sip.HeaderParams) {
	for _, p := range list {
		*t = append(*t, separator)
		t.add(p.K)
		switch {
		case p.V == "":
		case strings.ContainsAny(p.V, " \t"):
			t.add(`="`, p.V, `"`)
		default:
			t.add("=", p.V)
		}
	}
}
