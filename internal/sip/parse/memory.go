package parse

import "github.com/emiago/sipgo/sip"

// request is the memory of a request.
type request struct {
	sip.Request
	usualFields
}

// response is the memory of a response.
type response struct {
	sip.Response
	usualFields
}

// usualFields are the fields that nearly every message has, once each, and some of their
// parameters. What is left of the parameters is in free.
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

	taken      fieldSet // the fields that the message has had
	parameters [usualParameters]sip.HeaderKV
	used       int // of parameters
}

// usualParameters is how many parameters have room beside the fields: branch, rport, two
// tags, transport, and some more.
const usualParameters = 8

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

// room is where the next parameters go; beyond the usual number they get memory of their own.
func (f *usualFields) room() sip.HeaderParams {
	return sip.HeaderParams(f.parameters[f.used:f.used:len(f.parameters)])
}

// keep notes how much of the room a list takes, and returns it without what is left: who
// appends to it copies it.
func (f *usualFields) keep(list sip.HeaderParams) sip.HeaderParams {
	f.used = min(f.used+len(list), len(f.parameters))
	return list[:len(list):len(list)]
}
