package doctor

import (
	"crypto/x509"
	"testing"
)

func TestMissingPartsComeWithTheirCommand(t *testing.T) {
	part := Part{"ffmpeg", "mp3", "ffmpeg", library("libnone.so.99")}
	if got := part.Finding(); got.State != Note || got.Remedy != "sudo apt-get install ffmpeg" {
		t.Errorf("got %+v", got)
	}
	part.found = func() string { return "/usr/lib/there.so" }
	if got := part.Finding(); got.State != OK {
		t.Errorf("got %+v", got)
	}
	if library("libnone.so.99")() != "" {
		t.Error("a library was found that is not there")
	}
}

func TestQuotedTextIsOneWord(t *testing.T) {
	for text, want := range map[string]string{"/a/b.pem": "/a/b.pem", "/a b": "'/a b'", "it's": `'it'\''s'`, "": "''", "$x": "'$x'"} {
		if got := Quote(text); got != want {
			t.Errorf("%q became %s", text, got)
		}
	}
}

func TestSystemWithoutAuthoritiesIsNoticed(t *testing.T) {
	pool := x509.NewCertPool()
	if where := authoritiesIn(pool); where != "" {
		t.Errorf("none are %q", where)
	}
	pool.AddCert(&x509.Certificate{Raw: []byte{1}})
	if authoritiesIn(pool) == "" {
		t.Error("one is not noticed")
	}
}
