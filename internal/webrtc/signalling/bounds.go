package signalling

import "time"

// Bounds of docs/browser-protocol.md.
const (
	helloTime      = 5 * time.Second
	grace          = 120 * time.Second // that a session outlives its socket
	revokedGrace   = 30 * time.Second  // that it does where its token was revoked
	pingEvery      = 10 * time.Second
	pongTime       = 25 * time.Second
	verifyEvery    = 30 * time.Second // that the token is still good
	tokenWarning   = 60 * time.Second
	writeTime      = 10 * time.Second
	handshakeTime  = 5 * time.Second
	maxFrame       = 64 << 10  // bytes, from a client
	maxOffer       = 128 << 10 // bytes, of a frame with a media.offer
	maxHello       = 16 << 10  // bytes, of the first frame
	maxGoodbye     = 256       // bytes, of a bye without a socket
	maxKept        = 1000      // events that were not acknowledged
	maxKeptBytes   = 1 << 20   // of them, and of answers
	maxKeptByAll   = 128 << 20 // beyond it, a session keeps its share
	leastKept      = 4 << 10   // bytes, which a share has at least
	maxQueued      = 1 << 20   // bytes that wait for a socket
	maxQueuedByAll = 128 << 20 // beyond it, for a socket wait at most:
	leastQueued    = 64 << 10
	maxAnswers     = 512
	answersKept    = 120 * time.Second
	maxOpen        = 32 // requests without an answer
	requestRate    = 30 // a second
	requestBurst   = 60
	frameRate      = 100 // a second, with pings and the fragments of messages
	frameBurst     = 300
	maxPerUser     = 16 // sessions
	maxPerAddress  = 64 // sessions and sockets, loopback excepted
	maxSessions    = 20_000
	maxStrangers   = 512 // sockets without hello
	maxDisplayName = 256 // characters
	maxUserAgent   = 256 // bytes
)

// MaxCalls is how many calls a session may have at once.
const MaxCalls = 4
