package parse

import "github.com/emiago/sipgo/sip"

// request is the memory of a request, with room for branch, rport, two tags, and one more
// parameter.
type request struct {
	sip.Request
	usualFields
	parameters [5]sip.HeaderKV
}

// response is the memory of a response, with room for branch, rport, received, two tags, and
// two more parameters: it fills a size of Go's allocator, as a request does.
type response struct {
	sip.Response
	usualFields
	parameters [7]sip.HeaderKV
}

// usualFields are the fields that nearly every message has, once each.
type usualFields struct {
	via           sip.ViaHeader
	from          sip.FromHeader
	to            sip.ToHeader
	contact       sip.ContactHeader
	cseq          sip.CSeqHeader
	callID        sip.CallIDHeader
	contentType   sip.ContentTypeHeader
	maxForwards   sip.MaxForwardsHeader
	contentLength sip.ContentLengthHeader

	taken fieldSet         // the fields that the message has had
	free  sip.HeaderParams // the room for parameters that none has taken
}

// fieldSet is a set of fields.
type fieldSet uint16

const (
	hasVia fieldSet = 1 << iota
	hasFrom
	hasTo
	hasContact
	hasCSeq
	hasCallID
	hasContentType
	hasMaxForwards
	hasContentLength
)

// take reports whether a field is free, and takes it.
func (f *usualFields) take(field fieldSet) bool {
	free := f.taken&field == 0
	f.taken |= field
	return free
}

// room is where the next parameters go; those that do not fit get memory of their own.
func (f *usualFields) room() sip.HeaderParams { return f.free[:0] }

// keep takes what a list has of the room, and returns the list without what is left: who
// appends to it copies it.
func (f *usualFields) keep(list sip.HeaderParams) sip.HeaderParams {
	f.free = f.free[min(len(list), len(f.free)):]
	return list[:len(list):len(list)]
}
