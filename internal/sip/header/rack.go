package header

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// RSeq returns the RSeq of a provisional response that wants a PRACK (RFC 3262 §3).
func RSeq(response *sip.Response) (rseq uint32, wanted bool) {
	if !HasToken(response, "Require", "100rel") || ToTag(response) == "" {
		return 0, false
	}
	for _, value := range Values(response, "RSeq") {
		n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 32)
		return uint32(n), err == nil && n > 0
	}
	return 0, false
}

// RAck writes what a PRACK acknowledges: the RSeq of a response to the INVITE of
// a CSeq.
func RAck(rseq, cseq uint32) sip.Header {
	return sip.NewHeader("RAck", fmt.Sprintf("%d %d INVITE", rseq, cseq))
}

// Acknowledges reports whether a PRACK is for the response with that RSeq.
func Acknowledges(prack *sip.Request, rseq, cseq uint32) bool {
	for _, value := range Values(prack, "RAck") {
		fields := strings.Fields(value)
		return len(fields) == 3 && fields[0] == fmt.Sprint(rseq) && fields[1] == fmt.Sprint(cseq) && strings.EqualFold(fields[2], "INVITE")
	}
	return false
}
