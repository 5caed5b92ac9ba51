package header

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// withBody is a request with a body, whose lines end in CRLF on the wire.
func withBody(contentType, body string, fields ...string) *sip.Request {
	request := sip.NewRequest(sip.INVITE, sip.Uri{})
	if contentType != "" {
		request.AppendHeader(sip.NewHeader("Content-Type", contentType))
	}
	for i := 0; i < len(fields); i += 2 {
		request.AppendHeader(sip.NewHeader(fields[i], fields[i+1]))
	}
	request.SetBody([]byte(strings.ReplaceAll(body, "\n", "\r\n")))
	return request
}

const (
	sdpPart = "--b\nContent-Type: application/sdp\n\nv=0\n"
	isup    = "Content-Type: application/ISUP;version=itu-t92+\n"
)

// TestBodiesOfSeveralPartsAreRead asks which part is used, and when a part that is not
// understood refuses the whole (RFC 5621 §3.1, RFC 3261 §20.11).
func TestBodiesOfSeveralPartsAreRead(t *testing.T) {
	t.Parallel()
	nested := func(inner string) string {
		return "--b\nContent-Type: multipart/alternative; boundary=\"in ner\"\n\n" + strings.ReplaceAll(inner, "--b", "--in ner") + "--in ner--\n"
	}
	deep := sdpPart
	for _, boundary := range []string{"b", "c", "d", "e", "f", "x"} { // from the inside
		deep = "--" + boundary + "\nContent-Type: multipart/mixed;boundary=" + string(boundary[0]-1) + "\n\n" + deep + "--" + boundary + "--\n"
	}
	deep = strings.ReplaceAll(deep, "boundary=w", "boundary=f")
	for _, test := range []struct {
		name, contentType, body string
		fields                  []string
		want                    string // the body that is used
		refused, wrong          bool
	}{
		{"alone", "application/sdp", "v=0\n", nil, "v=0\r\n", false, false},
		{"alone, with blanks and another case", "Application / SDP ; charset = x", "v=0\n", nil, "v=0\r\n", false, false},
		{"without a type", "", "v=0\n", nil, "v=0\r\n", false, false},
		{"something else", "text/plain", "hello", nil, "", true, false},
		{"something else that is optional", "text/plain", "hello", []string{"content-disposition", "render; Handling = Optional"}, "", false, false},
		{"compressed", "application/sdp", "v=0\n", []string{"e", "gzip"}, "", true, false},
		{"for another purpose", "application/sdp", "v=0\n", []string{"Content-Disposition", "early-session;handling=optional"}, "", false, false},
		{"one part", "multipart/mixed;boundary=b", sdpPart + "--b--", nil, "v=0", false, false},
		{"preamble, epilogue, blanks", `MULTIPART/Mixed ; Boundary = "b" ; x=y`, "to be ignored\n" + sdpPart + "--b-- \nfor nobody --b\n", nil, "v=0", false, false},
		{"an optional part before", "multipart/mixed;boundary=b", "--b\n" + isup + "Content-Disposition: signal;handling=optional\n\n\x01\x00\xff\n" + sdpPart + "--b--", nil, "v=0", false, false},
		{"an optional part after", "multipart/mixed;boundary=b", sdpPart + "--b\nCONTENT-TYPE: a/b\ncontent-disposition: x ;\n handling=\"optional\"\n\nx\n--b--", nil, "v=0", false, false},
		{"a required part", "multipart/mixed;boundary=b", sdpPart + "--b\n" + isup + "Content-Disposition: signal;handling=required\n\nx\n--b--", nil, "v=0", true, false},
		{"a part without a disposition is required", "multipart/mixed;boundary=b", sdpPart + "--b\n" + isup + "\nx\n--b--", nil, "v=0", true, false},
		{"unless a header field names it", "multipart/mixed;boundary=b", sdpPart + "--b\nContent-Type: application/pidf+xml\nContent-ID: <a@b>\n\n<x/>\n--b--", nil, "v=0", false, false},
		{"by reference", "multipart/mixed;boundary=b", sdpPart + "--b\nContent-Type: application/pidf+xml\nContent-Disposition: by-reference\n\n<x/>\n--b--", nil, "v=0", false, false},
		{"lengths of parts do not count", "multipart/mixed;boundary=b", strings.Replace(sdpPart, "\n\n", "\nContent-Length: 9999\n\n", 1) + "--b--", nil, "v=0", false, false},
		{"only optional parts", "multipart/mixed;boundary=b", "--b\n" + isup + "Content-Disposition: signal;handling=optional\n\nx\n--b--", nil, "", false, false},
		{"of alternatives the last that is understood", "multipart/alternative;boundary=b", "--b\nContent-Type: text/plain\n\nx\n" + sdpPart + strings.Replace(sdpPart, "v=0", "v=0 ", 1) + "--b\nContent-Type: a/b\n\nx\n--b--", nil, "v=0 ", false, false},
		{"no alternative is understood", "multipart/alternative;boundary=b", "--b\nContent-Type: text/plain\n\nx\n--b--", nil, "", true, false},
		{"alternatives within", "multipart/mixed;boundary=b", nested("--b\nContent-Type: text/plain\n\nx\n"+sdpPart) + "--b--", nil, "v=0", false, false},
		{"base64", "multipart/mixed;boundary=b", strings.Replace(sdpPart, "\n\n", "\nContent-Transfer-Encoding: base64\n\n", 1) + "--b--", nil, "", true, false},
		{"binary", "multipart/mixed;boundary=b", strings.Replace(sdpPart, "\n\n", "\nContent-Transfer-Encoding: Binary\n\n", 1) + "--b--", nil, "v=0", false, false},
		{"no boundary", "multipart/mixed", sdpPart + "--b--", nil, "", false, true},
		{"another boundary", "multipart/mixed;boundary=c", sdpPart + "--b--", nil, "", false, true},
		{"no end", "multipart/mixed;boundary=b", sdpPart, nil, "", false, true},
		{"too many parts", "multipart/mixed;boundary=b", strings.Repeat("--b\nContent-Disposition: x;handling=optional\n\n\n", 40) + "--b--", nil, "", false, true},
		{"nested too deep", "multipart/mixed;boundary=x", deep, nil, "", false, true},
	} {
		content, err := ReadContent(withBody(test.contentType, test.body, test.fields...), SDPType)
		if (err != nil) != test.wrong || err == nil && (string(content.Data) != test.want || content.Refused != test.refused) {
			t.Errorf("%s: got %q, refused %t, %v; want %q, %t", test.name, content.Data, content.Refused, err, test.want, test.refused)
		}
	}
}

// FuzzReadContent asks that no body breaks its reader, and that what it finds stands
// in the body.
func FuzzReadContent(f *testing.F) {
	f.Add("multipart/mixed;boundary=b", "session", sdpPart+"--b\n"+isup+"\nx\n--b--")
	f.Add(`multipart/alternative; boundary="b"`, "x;handling=optional", "--b\nContent-Type: multipart/mixed;boundary=c\n\n--c\n\n--c--\n--b--")
	f.Add("application/dtmf", "", "5")
	f.Fuzz(func(t *testing.T, contentType, disposition, body string) {
		request := withBody(contentType, body, "Content-Disposition", disposition)
		content, err := ReadContent(request, SDPType, "application/dtmf")
		if err != nil {
			return
		}
		if !strings.Contains(string(request.Body()), string(content.Data)) {
			t.Errorf("%q is not in the body", content.Data)
		}
	})
}

func BenchmarkReadContentOfOnePart(b *testing.B) {
	request := withBody("application/sdp", "v=0\n")
	b.ReportAllocs()
	for b.Loop() {
		ReadContent(request, SDPType)
	}
}
