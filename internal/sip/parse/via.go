package parse

import "strings"

// readVia reads one hop (RFC 3261 §20.42): "SIP/2.0/UDP host:port;name=value".
func (f *usualFields) readVia(value string) (ok bool) {
	protocol, sentBy, _ := strings.Cut(value, " ")
	transport, isSIP := strings.CutPrefix(protocol, version+"/")
	if !isSIP || !isToken(transport) {
		return false
	}
	sentBy, parameters, more := strings.Cut(sentBy, ";")
	v := &f.via
	v.ProtocolName, v.ProtocolVersion, v.Transport = version[:3], version[4:], transport
	if v.Host, v.Port, ok = readHost(sentBy); !ok {
		return false
	}
	if more {
		v.Params, ok = f.readParameters(parameters)
	}
	return ok
}

// readHost reads "host" or "host:port"; an address of IPv6 is left to sipgo.
func readHost(text string) (host string, port int, ok bool) {
	host, digits, more := strings.Cut(text, ":")
	if !isToken(host) || host == "*" {
		return "", 0, false
	}
	if !more {
		return host, 0, true
	}
	n, ok := number(digits, 5)
	return host, int(n), ok
}
