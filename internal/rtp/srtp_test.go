package rtp

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/sdp"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// standardKey is the master key of RFC 3711 appendix B.3.
func standardKey(t testing.TB) (k sdp.Key) {
	copy(k[:], unhex(t, "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6"))
	return k
}

// RFC 3711 appendix B.3.
func TestSessionKeysAreTheStandards(t *testing.T) {
	key := standardKey(t)
	secret, salt := key.Parts(sdp.AES128SHA80)
	master := mustAES(secret)
	for label, want := range []string{
		"c61e7a93744f39ee10734afe3ff7a087",
		"cebe321f6ff7716b6fd4ab49af256a156d38baa4",
		"30cbbc08863d8c85d49db34a9ae1",
	} {
		got := make([]byte, len(want)/2)
		if derive(master, salt, byte(label), got); hex.EncodeToString(got) != want {
			t.Errorf("label %d: %x, want %s", label, got, want)
		}
	}
}

// RFC 3711 appendix B.2.
func TestKeystreamIsTheStandards(t *testing.T) {
	tr := &transform{block: mustAES(unhex(t, "2b7e151628aed2a6abf7158809cf4f3c"))}
	copy(tr.salt[:], unhex(t, "f0f1f2f3f4f5f6f7f8f9fafbfcfd"))
	stream := make([]byte, 0xff02*16)
	tr.crypt(stream, 0, 0)
	for at, want := range map[int]string{
		0: "e03ead0935c95e80e166b16dd92b4eb4", 1: "d23513162b02d0f72a43a2fe4a5f97ab", 0xfeff: "ec8cdf7398607cb0f2d21675ea9ea1e4",
		0xff00: "362b7c3c6773516318a077d7fc5073ae", 0xff01: "6a2cc3787889374fbeb4c81b17ba6c44",
	} {
		if got := hex.EncodeToString(stream[16*at : 16*at+16]); got != want {
			t.Errorf("block %#x: %s, want %s", at, got, want)
		}
	}
}

// protected is what another implementation, pion/srtp, makes of packets under
// standardKey: in the order in which they were sent, with all sequence numbers
// between the first and the second.
var protected = []struct{ plain, full string }{
	{"800f1234decafbadcafebabe abababababababababababababababab",
		"800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"},
	{"b10fffffdecafbadcafebabe 00000007bede000110ff0000 abababababababababababababababababababababababab0002",
		"b10fffffdecafbadcafebabe00000007bede000110ff0000f36e96fc87ac01758cea5f94ba171db8438433b6afd122d1f7e81bc77b4c1f767fc2cbcf"},
	{"800f0000decafbadcafebabe abababababababababababababababab",
		"800f0000decafbadcafebabe24ecf92d9c97bf2ac679b796fdfd365a267beecdc56456590e62"},
}

var protectedRTCP = []struct{ plain, full string }{
	{"80c90001cafebabe", "80c90001cafebabe80000001821f85a6072e0b0d0515"},
	{"81c90007cafebabe0000000501000003000000040000000500000006000000070000000880cb0001cafebabe",
		"81c90007cafebabec9b29f4435d32772793e180ab97317f194f096b1142e999cd6c67f8d020003c82073417280000002b105ddeaf59d9b669563"},
}

func TestProtectionIsWhatOthersUnderstand(t *testing.T) {
	for _, suite := range sdp.Suites {
		known, key := protectedUnder(t, suite)
		o, s := newOpener(suite, key, 0), newSealer(suite, key)
		for i, test := range protected {
			want, full := unhex(t, test.plain), unhex(t, known.rtp[i])
			h, _, _ := parse(want)
			switch h.sequence {
			case 65535:
				o.find(h.ssrc).rtp.note(65534)
			case 0:
				s.sequence = 65535
			}
			if got, what := o.open(bytes.Clone(full)); what != authentic || !bytes.Equal(got, want) {
				t.Errorf("%v: opened %d, %x, want %x", suite, what, got, want)
			}
			if want[0] == 0x80 { // ours have no extension
				sealed := make([]byte, len(want)+mostOverhead)
				if n := s.seal(sealed, want); !bytes.Equal(sealed[:n], full) {
					t.Errorf("%v: sealed %x, want %x", suite, sealed[:n], full)
				}
			}
		}
		s.reports = 1 // where that implementation begins
		for i, test := range protectedRTCP {
			want, full := unhex(t, test.plain), unhex(t, known.rtcp[i])
			if got, what := o.openRTCP(bytes.Clone(full)); what != authentic || !bytes.Equal(got, want) {
				t.Errorf("%v: opened RTCP %d, %x", suite, what, got)
			}
			packet := append(bytes.Clone(want), make([]byte, mostOverhead)...)
			if n := s.sealRTCP(packet, len(want)); !bytes.Equal(packet[:n], full) {
				t.Errorf("%v: sealed RTCP %x, want %x", suite, packet[:n], full)
			}
		}
	}
}

// TestIdentifierOfTheKeyIsCutOut has packets of each suite with an identifier of the key: before
// the tag of HMAC, at the end with AEAD.
func TestIdentifierOfTheKeyIsCutOut(t *testing.T) {
	identifier := []byte{0, 0, 0, 1}
	for _, suite := range sdp.Suites {
		known, key := protectedUnder(t, suite)
		o := newOpener(suite, key, len(identifier))
		named := func(full []byte, tag int) []byte {
			if suite.IsAEAD() {
				tag = 0
			}
			return slices.Insert(full, len(full)-tag, identifier...)
		}
		want := unhex(t, protected[0].plain)
		packet := named(unhex(t, known.rtp[0]), tagSizeOf(suite, labelCipher))
		if _, what := newOpener(suite, key, 0).open(bytes.Clone(packet)); what != forged {
			t.Errorf("%v: an identifier that nobody has told is %d", suite, what)
		}
		for size := range packet {
			if _, what := newOpener(suite, key, len(identifier)).open(bytes.Clone(packet[:size])); what == authentic {
				t.Errorf("%v: %d bytes of a packet are authentic", suite, size)
			}
		}
		if got, what := o.open(bytes.Clone(packet)); what != authentic || !bytes.Equal(got, want) {
			t.Errorf("%v: opened %d, %x, want %x", suite, what, got, want)
		}
		report := unhex(t, protectedRTCP[1].plain)
		if got, what := o.openRTCP(named(unhex(t, known.rtcp[1]), fullTag)); what != authentic || !bytes.Equal(got, report) {
			t.Errorf("%v: opened RTCP %d, %x, want %x", suite, what, got, report)
		}
	}
}

// sealed is a sequence of packets of one stream.
func sealed(s *sealer, ssrc uint32, first, count int) (packets [][]byte) {
	for i := range count {
		h := header{sequence: uint16(first + i), ssrc: ssrc}
		plain := make([]byte, headerSize+20)
		h.put(plain)
		packet := make([]byte, len(plain)+mostOverhead)
		packets = append(packets, packet[:s.seal(packet, plain)])
	}
	return packets
}

func TestReplayedAndForgedPacketsAreRefused(t *testing.T) {
	for _, suite := range sdp.Suites {
		t.Run(suite.String(), func(t *testing.T) { replaysAndForgeriesAreRefused(t, suite) })
	}
}

func replaysAndForgeriesAreRefused(t *testing.T, suite sdp.Suite) {
	key := sdp.NewKey()
	packets := sealed(newSealer(suite, key), 7, 65400, 1000) // over a wrap
	o := newOpener(suite, key, 0)
	want := func(name string, packet []byte, want opened) {
		t.Helper()
		if _, got := o.open(bytes.Clone(packet)); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	for i := range 500 {
		if i%10 != 3 {
			want("in order", packets[i], authentic)
		}
	}
	want("again", packets[499], replayed)
	want("older, again", packets[450], replayed)
	want("late", packets[493], authentic)
	want("late, again", packets[493], replayed)
	want("far too late", packets[403], replayed)
	for at := range packets[600] {
		damaged := bytes.Clone(packets[600])
		damaged[at] ^= 1
		if _, got := o.open(damaged); got == authentic {
			t.Errorf("a packet with byte %d changed is believed", at)
		}
	}
	want("a packet after its forgeries", packets[600], authentic)
	want("cut", packets[601][:headerSize+5], forged)
	want("empty", nil, forged)
	other := sealed(newSealer(suite, sdp.NewKey()), 7, 2000, 1)[0]
	want("another key", other, forged)
	want("another stream under the same key", sealed(newSealer(suite, key), 8, 30, 1)[0], authentic)
	want("the first stream goes on", packets[602], authentic)
	want("plain", packets[603][:headerSize+20], forged)
}

func TestManyStreamsOfAPeerAreBounded(t *testing.T) {
	key := sdp.NewKey()
	o := newOpener(sdp.AES128SHA80, key, 0)
	for ssrc := range uint32(100) {
		for _, packet := range sealed(newSealer(sdp.AES128SHA80, key), ssrc, 5, 3) {
			if _, what := o.open(packet); what != authentic {
				t.Fatalf("stream %d: %d", ssrc, what)
			}
		}
	}
	for i := range o.streams {
		if o.streams[i].ssrc < 100-maxStreams {
			t.Errorf("stream %d is still known", o.streams[i].ssrc)
		}
	}
}

func TestWrapsAreFollowedThroughLossAndDisorder(t *testing.T) {
	key := sdp.NewKey()
	packets := sealed(newSealer(sdp.AES128SHA32, key), 7, 30_000, 200_000) // three wraps
	o := newOpener(sdp.AES128SHA32, key, 0)
	for i := 0; i+1 < len(packets); i += 2 {
		if i%3000 < 1400 { // stretches are lost
			continue
		}
		for _, packet := range [][]byte{packets[i+1], packets[i]} {
			if _, what := o.open(packet); what != authentic {
				t.Fatalf("packet %d: %d", i, what)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, test := range protected {
		f.Add(unhex(f, test.full))
	}
	for _, test := range protectedRTCP {
		f.Add(unhex(f, test.full))
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		for _, suite := range sdp.Suites {
			o := newOpener(suite, sdp.Key{1}, 0)
			if _, what := o.open(bytes.Clone(packet)); what == authentic {
				t.Fatal("a packet of nobody is believed")
			}
			if _, what := o.openRTCP(bytes.Clone(packet)); what == authentic {
				t.Fatal("a report of nobody is believed")
			}
			if o.packets != 0 {
				t.Fatal("something was kept of it")
			}
		}
	})
}

func BenchmarkSRTP(b *testing.B) {
	key := sdp.NewKey()
	s, o := newSealer(sdp.AES128SHA80, key), newOpener(sdp.AES128SHA80, key, 0)
	h := header{ssrc: 7}
	plain, packet := make([]byte, headerSize+160), make([]byte, headerSize+160+mostOverhead)
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			h.sequence++
			h.put(plain)
			s.seal(packet, plain)
		}
	})
	b.Run("open", func(b *testing.B) {
		n := s.seal(packet, plain)
		work := make([]byte, n)
		b.ReportAllocs()
		for b.Loop() {
			copy(work, packet[:n])
			o.streams = [maxStreams]stream{} // else it would be a replay
			if s.rollover > 0 {
				o.streams[0] = stream{ssrc: 7, used: 1, rtp: window{highest: uint64(s.rollover)<<16 | uint64(h.sequence-1), begun: true}}
			}
			if _, what := o.open(work); what != authentic {
				b.Fatal(what)
			}
		}
	})
}

// TestProtectionDoesNotAllocate asks it of every suite, both ways.
func TestProtectionDoesNotAllocate(t *testing.T) {
	for _, suite := range sdp.Suites {
		key := sdp.NewKey()
		s, o := newSealer(suite, key), newOpener(suite, key, 0)
		h := header{ssrc: 7}
		plain, packet := make([]byte, headerSize+160), make([]byte, headerSize+160+mostOverhead)
		report := make([]byte, 28+mostOverhead)
		round := func() {
			h.sequence++
			h.put(plain)
			if _, what := o.open(packet[:s.seal(packet, plain)]); what != authentic {
				t.Fatalf("%v: %d", suite, what)
			}
			if _, what := o.openRTCP(report[:s.sealRTCP(report, 28)]); what != authentic {
				t.Fatalf("%v: a report: %d", suite, what)
			}
		}
		if n := testing.AllocsPerRun(100, round); n > 0 {
			t.Errorf("%v: %v allocations", suite, n)
		}
	}
}
