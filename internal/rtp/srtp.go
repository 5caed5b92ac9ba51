package rtp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"hash"

	"github.com/switchhook/switchhook/internal/sdp"
)

// SRTP is our own: pion/srtp allocates twice for a packet out and three times for
// one in, and nothing on a shard may. What it does is small.

const (
	fullTag   = 10 // bytes; RTCP's of all suites with HMAC (RFC 4568 §6.2.2)
	shortTag  = 4
	aeadTag   = 16 // RFC 7714 §8.1
	indexSize = 4
	encrypted = 1 << 31 // the E flag beside the index of RTCP

	mostOverhead = indexSize + aeadTag
)

// The labels of RFC 3711 §4.3.2 for RTP; RTCP's are three more.
const (
	labelCipher = iota
	labelAuth
	labelSalt
	labelsOfRTCP
)

// transform is the session keys of one direction, for RTP or for RTCP. It has
// one user.
type transform struct {
	aead    cipher.AEAD // encrypts and authenticates (RFC 7714); nil: block and mac do
	block   cipher.Block
	salt    [sdp.MaxMasterSalt]byte
	mac     hash.Hash
	tagSize int

	// Kept here because what an interface's method gets would else be allocated.
	counter    [aes.BlockSize]byte
	stream     [aes.BlockSize]byte
	number     [4]byte
	associated []byte
	sum        [sha1.Size]byte
}

// newTransform derives session keys from a master key (RFC 3711 §4.3, with a key
// derivation rate of zero; RFC 6188 §3, RFC 7714 §11). first is the first label.
func newTransform(suite sdp.Suite, key *sdp.Key, first byte) *transform {
	t := &transform{tagSize: tagSizeOf(suite, first)}
	secret, salt := key.Parts(suite)
	master := mustAES(secret)
	var session [sdp.MaxMasterKey]byte
	var auth [sha1.Size]byte
	derive(master, salt, first+labelCipher, session[:len(secret)])
	derive(master, salt, first+labelAuth, auth[:])
	derive(master, salt, first+labelSalt, t.salt[:len(salt)])
	block := mustAES(session[:len(secret)])
	if suite.IsAEAD() {
		t.aead = mustGCM(block)
		return t
	}
	t.block, t.mac = block, hmac.New(sha1.New, auth[:])
	return t
}

func mustAES(key []byte) cipher.Block {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for another length than 16, 24 or 32
	}
	return block
}

func derive(master cipher.Block, salt []byte, label byte, dst []byte) {
	var counter [aes.BlockSize]byte
	copy(counter[:], salt)
	counter[7] ^= label
	clear(dst)
	cipher.NewCTR(master, counter[:]).XORKeyStream(dst, dst)
}

// crypt encrypts or decrypts in place (RFC 3711 §4.1.1): the two are the same.
// index has 48 bits of RTP's, or 31 of RTCP's.
func (t *transform) crypt(data []byte, ssrc uint32, index uint64) {
	c := &t.counter
	copy(c[:], t.salt[:])
	c[14], c[15] = 0, 0
	binary.BigEndian.PutUint32(c[4:], binary.BigEndian.Uint32(c[4:])^ssrc)
	binary.BigEndian.PutUint64(c[6:], binary.BigEndian.Uint64(c[6:])^index)
	for block := uint16(0); len(data) > 0; block++ {
		binary.BigEndian.PutUint16(c[14:], block)
		t.block.Encrypt(t.stream[:], c[:])
		n := subtle.XORBytes(data, data, t.stream[:min(len(data), aes.BlockSize)])
		data = data[n:]
	}
}

// tag authenticates a packet; with RTP a number that is not in it, the rollover
// counter, belongs to what is authenticated.
func (t *transform) tag(packet []byte, rollover bool, number uint32) []byte {
	t.mac.Reset()
	t.mac.Write(packet)
	if rollover {
		binary.BigEndian.PutUint32(t.number[:], number)
		t.mac.Write(t.number[:])
	}
	return t.mac.Sum(t.sum[:0])[:t.tagSize]
}

func (t *transform) authentic(packet, tag []byte, rollover bool, number uint32) bool {
	return subtle.ConstantTimeCompare(t.tag(packet, rollover, number), tag) == 1
}

// sealer protects what one stream sends.
type sealer struct {
	key       sdp.Key
	suite     sdp.Suite
	rtp, rtcp *transform
	rollover  uint32 // how often sequence numbers have wrapped
	sequence  uint16 // the last one
	begun     bool
	reports   uint32 // the index of the next RTCP packet
}

// tagSizeOf is how long the tags of a suite are; first is the first label of its keys.
func tagSizeOf(suite sdp.Suite, first byte) int {
	switch {
	case suite.IsAEAD():
		return aeadTag
	case first == labelCipher && suite.HasShortTag():
		return shortTag
	}
	return fullTag
}

func newSealer(suite sdp.Suite, key sdp.Key) *sealer {
	return &sealer{
		key: key, suite: suite,
		rtp:  newTransform(suite, &key, labelCipher),
		rtcp: newTransform(suite, &key, labelsOfRTCP),
	}
}

// seal writes the protected form of an RTP packet of ours, whose header is plain,
// into dst, which has room for the longest tag more, and returns its length.
func (s *sealer) seal(dst, packet []byte) int {
	sequence, ssrc := binary.BigEndian.Uint16(packet[2:]), binary.BigEndian.Uint32(packet[8:])
	if s.begun && sequence < s.sequence {
		s.rollover++
	}
	s.sequence, s.begun = sequence, true
	n := copy(dst, packet)
	if s.rtp.aead != nil {
		return s.rtp.sealWhole(dst, headerSize, n, ssrc, uint64(s.rollover)<<16|uint64(sequence))
	}
	s.rtp.crypt(dst[headerSize:n], ssrc, uint64(s.rollover)<<16|uint64(sequence))
	return n + copy(dst[n:], s.rtp.tag(dst[:n], true, s.rollover))
}

// sealRTCP protects an RTCP packet in place and returns its new length; there is
// room for mostOverhead more (RFC 3711 §3.4).
func (s *sealer) sealRTCP(packet []byte, size int) int {
	packet = packet[:size+mostOverhead]
	ssrc := binary.BigEndian.Uint32(packet[4:])
	if s.rtcp.aead != nil {
		number := encrypted | s.reports
		s.reports = (s.reports + 1) &^ encrypted
		return s.rtcp.sealReport(packet, size, ssrc, number)
	}
	s.rtcp.crypt(packet[8:size], ssrc, uint64(s.reports))
	binary.BigEndian.PutUint32(packet[size:], encrypted|s.reports)
	size += indexSize
	s.reports = (s.reports + 1) &^ encrypted
	return size + copy(packet[size:], s.rtcp.tag(packet[:size], false, 0))
}
