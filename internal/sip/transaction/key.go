package transaction

import (
	"errors"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Key names a server transaction (RFC 3261 §17.2.3). An ACK has the key of its INVITE. The
// transport is a part of it: what comes over another is no repetition, and does not make the
// reader of datagrams write to a connection.
type Key struct {
	branch    string
	host      string // the sent-by of the top Via
	port      int
	method    sip.RequestMethod
	transport string // in capitals
}

// clientKey names a client transaction (RFC 3261 §17.1.3).
type clientKey struct {
	branch    string
	method    sip.RequestMethod
	transport string // in capitals
}

var errNoKey = errors.New("the message lacks Via, CSeq, or what takes the place of a branch")

// KeyOf is the key of a request's transaction. It fails for a request that has no Via or
// CSeq, or neither a branch of RFC 3261 nor From's tag and Call-ID.
func KeyOf(request *sip.Request) (Key, error) {
	via, cseq := request.Via(), request.CSeq()
	if via == nil || cseq == nil {
		return Key{}, errNoKey
	}
	key := Key{host: via.Host, port: via.Port, method: cseq.MethodName, transport: sip.NetworkToUpper(request.Transport())}
	if key.method == sip.ACK {
		key.method = sip.INVITE
	}
	if key.port <= 0 {
		key.port = sip.DefaultPort(via.Transport)
	}
	if branch, _ := via.Params.Get("branch"); isUnique(branch) {
		key.branch = branch
		return key, nil
	}
	return key.asOfRFC2543(request, via, cseq)
}

// asOfRFC2543 is the key of a request whose branch is not unique: the fields that a
// repetition has in common with the first, and the ACK with its INVITE, take its place.
func (k Key) asOfRFC2543(request *sip.Request, via *sip.ViaHeader, cseq *sip.CSeqHeader) (Key, error) {
	from, callID := request.From(), request.CallID()
	if from == nil || callID == nil {
		return Key{}, errNoKey
	}
	tag, ok := from.Params.Get("tag")
	if !ok {
		return Key{}, errNoKey
	}
	k.branch = strings.Join([]string{"", tag, callID.Value(), strconv.FormatUint(uint64(cseq.SeqNo), 10), via.Value()}, "\n")
	return k, nil
}

// as is the key of another request to the same transaction: a CANCEL has that of its
// INVITE but for the method (RFC 3261 §9.2).
func (k Key) as(method sip.RequestMethod) Key {
	k.method = method
	return k
}

// clone is the key without the text of the request, which it may outlive by far: that text
// has up to 64 kB, and there are many transactions.
func (k Key) clone() Key {
	text := k.branch + k.host + string(k.method)
	host, method := len(k.branch), len(k.branch)+len(k.host)
	k.branch, k.host, k.method = text[:host], text[host:method], sip.RequestMethod(text[method:])
	return k
}

// clientKeyOf is the key of a request of ours, or of a response to one.
func clientKeyOf(message sip.Message) (clientKey, bool) {
	via, cseq := message.Via(), message.CSeq()
	if via == nil || cseq == nil {
		return clientKey{}, false
	}
	branch, _ := via.Params.Get("branch")
	return clientKey{branch, cseq.MethodName, sip.NetworkToUpper(message.Transport())}, isUnique(branch)
}

// as is the key of another request with the same branch: a CANCEL has that of its INVITE.
func (k clientKey) as(method sip.RequestMethod) clientKey {
	k.method = method
	return k
}

// isInDialog reports whether a request belongs to a dialog.
func isInDialog(request *sip.Request) bool {
	to := request.To()
	return to != nil && to.Params.Has("tag")
}

// isUnique reports whether a branch is one of RFC 3261, which no other request has.
func isUnique(branch string) bool {
	return len(branch) > len(sip.RFC3261BranchMagicCookie) && strings.HasPrefix(branch, sip.RFC3261BranchMagicCookie)
}
