package sfu

import (
	"bytes"
	"testing"
)

// TestDescriptorsOfVP8 are the forms of RFC 7741 §4.2.
func TestDescriptorsOfVP8(t *testing.T) {
	key := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01} // 640×360
	for _, test := range []struct {
		name    string
		payload []byte
		want    picture
		ok      bool
	}{
		{"nothing", nil, picture{}, false},
		{"without extensions", append([]byte{0x10}, key...), picture{first: true, key: true, width: 640, height: 360}, true},
		{"long picture id", append([]byte{0x90, 0x80, 0x81, 0x02}, key...), picture{first: true, key: true, width: 640, height: 360, vp8: descriptor{idAt: 2, long: true, id: 0x102}}, true},
		{"short picture id and TL0PICIDX", append([]byte{0x90, 0xc0, 0x11, 0x22}, key...), picture{first: true, key: true, width: 640, height: 360, vp8: descriptor{idAt: 2, id: 0x11, tlAt: 3, tl: 0x22}}, true},
		{"all of them", append([]byte{0x90, 0xf0, 0x80, 0x05, 0x07, 0x20}, key...), picture{first: true, key: true, width: 640, height: 360, vp8: descriptor{idAt: 2, long: true, id: 5, tlAt: 4, tl: 7, temporal: true, sync: true}}, true},
		{"TID alone", append([]byte{0x90, 0x20, 0x40}, key...), picture{first: true, key: true, width: 640, height: 360, vp8: descriptor{temporal: true, tid: 1}}, true},
		{"not the first packet", append([]byte{0x80, 0x80, 0x01}, key...), picture{vp8: descriptor{idAt: 2, id: 1}}, true},
		{"another partition", append([]byte{0x11}, key...), picture{}, true},
		{"a picture between", []byte{0x10, 0x01, 0x02}, picture{first: true}, true},
		{"a key picture without a size", []byte{0x10, 0x00, 0x02}, picture{first: true, key: true}, true},
		{"cut in the picture id", []byte{0x90, 0x80, 0x81}, picture{}, false},
		{"nothing after the descriptor", []byte{0x90, 0x80, 0x01}, picture{}, false},
	} {
		got, ok := parseVP8(test.payload)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%s: %+v %v, want %+v %v", test.name, got, ok, test.want, test.ok)
		}
	}
}

// sps are parameters of a picture of 640×360 in constrained baseline, as x264 writes them.
var sps = []byte{0x67, 0x42, 0xc0, 0x1e, 0xda, 0x02, 0x80, 0xbf, 0xe5, 0x84, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xf0, 0x3c, 0x58, 0xba, 0x80}

// TestKeyPicturesOfH264 asks where a decoder can begin (RFC 6184 §5).
func TestKeyPicturesOfH264(t *testing.T) {
	idr := []byte{0x65, 0x88, 0x84}
	packed := append([]byte{24, 0, byte(len(sps))}, sps...)
	for _, test := range []struct {
		name    string
		payload []byte
		want    picture
		ok      bool
	}{
		{"nothing", nil, picture{}, false},
		{"parameters", sps, picture{key: true, width: 640, height: 360}, true},
		{"an IDR alone", idr, picture{}, true},
		{"packed, with an IDR", append(append([]byte{}, packed...), 0, 3, 0x65, 0x88, 0x84), picture{key: true, width: 640, height: 360}, true},
		{"packed, an IDR alone", []byte{24, 0, 3, 0x65, 0x88, 0x84}, picture{}, true},
		{"packed, and cut", []byte{24, 0, 9, 0x65, 0x88, 0x84}, picture{}, true},
		{"a piece of an IDR", []byte{0x7c, 0x85, 0x88}, picture{}, true},
		{"the first piece of parameters", []byte{0x7c, 0x87, 0x42}, picture{key: true}, true},
		{"another piece of parameters", []byte{0x7c, 0x07, 0x42}, picture{}, true},
		{"short parameters", []byte{0x67, 0x42}, picture{key: true}, true},
	} {
		got, ok := parseH264(test.payload)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%s: %+v %v, want %+v %v", test.name, got, ok, test.want, test.ok)
		}
	}
}

// FuzzVP8 asks that nothing is read or written outside of a payload, and that what is
// written is read again.
func FuzzVP8(f *testing.F) {
	f.Add([]byte{0x90, 0xf0, 0x80, 0x05, 0x07, 0x20, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01}, uint16(3), uint8(4))
	f.Add([]byte{0x90, 0xc0, 0x11, 0x22, 1}, uint16(0x7fff), uint8(255))
	f.Fuzz(func(t *testing.T, payload []byte, id uint16, tl uint8) {
		p, ok := parseVP8(payload)
		if !ok {
			return
		}
		written := bytes.Clone(payload)
		p.vp8.write(written, id&0x7fff, tl)
		again, ok := parseVP8(written)
		if !ok || again.key != p.key || again.vp8.idAt != p.vp8.idAt || again.vp8.long != p.vp8.long {
			t.Fatalf("%x became %x: %+v %v", payload, written, again, ok)
		}
		if p.vp8.long && again.vp8.id != id&0x7fff || p.vp8.idAt > 0 && !p.vp8.long && again.vp8.id != id&0x7f || p.vp8.tlAt > 0 && again.vp8.tl != tl {
			t.Fatalf("%d and %d were read as %+v", id, tl, again.vp8)
		}
	})
}

// FuzzH264 asks that nothing is read outside of a payload, and that sizes are sizes.
func FuzzH264(f *testing.F) {
	f.Add(sps)
	f.Add(append([]byte{24, 0, byte(len(sps))}, sps...))
	f.Add([]byte{0x7c, 0x87, 0x42})
	f.Fuzz(func(t *testing.T, payload []byte) {
		if p, ok := parseH264(payload); ok && (p.width < 0 || p.height < 0 || p.width > 16384 || p.height > 32768) {
			t.Fatalf("%x is %d×%d", payload, p.width, p.height)
		}
	})
}
