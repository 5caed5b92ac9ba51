package main

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// keyFormat is the payload type of RFC 4733 here.
const keyFormat = 101

// describe is a session description of a phone with G.711 µ-law and keys.
func describe(at netip.AddrPort) string {
	return fmt.Sprintf("v=0\r\no=bench 1 1 IN IP4 %[1]s\r\ns=bench\r\nc=IN IP4 %[1]s\r\nt=0 0\r\nm=audio %[2]d RTP/AVP 0 %[3]d\r\n"+
		"a=rtpmap:%[3]d telephone-event/8000\r\na=fmtp:%[3]d 0-15\r\na=sendrecv\r\n", at.Addr(), at.Port(), keyFormat)
}

// remoteOf reads where the other end listens.
func remoteOf(description []byte) (remote netip.AddrPort, err error) {
	var host, port string
	for line := range strings.Lines(string(description)) {
		switch fields := strings.Fields(line); {
		case strings.HasPrefix(line, "c=") && len(fields) == 3:
			host = fields[2]
		case strings.HasPrefix(line, "m=audio ") && len(fields) > 1:
			port = fields[1]
		}
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return remote, fmt.Errorf("session description: %w", err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return netip.AddrPortFrom(address, uint16(number)), err
}
