package delivery

import "strings"

// openBytes counts the bytes that the messages of a policy take that have not ended: of all, and
// of those to one host and port.
type openBytes struct {
	all   map[string]int64
	there map[destinationKey]int64
}

// overhead is about what a message takes beside its body and its address, in bytes.
const overhead = 2 << 10

// weight is about what a message takes until it has ended, in bytes, in memory or in the
// journal: its address is also in the name of its lane, and in what its request begins with.
func (j *job) weight() int64 { return overhead + int64(j.size) + 4*int64(len(j.msg.URL)) }

// change counts more of a message, or less.
func (b *openBytes) change(j *job, by int64) {
	if b.all == nil {
		b.all, b.there = map[string]int64{}, map[destinationKey]int64{}
	}
	b.all[j.msg.Policy] += by
	to := destinationKey{j.msg.Policy, placeOf(j.msg.URL)}
	n := b.there[to] + by
	if n <= 0 {
		delete(b.there, to)
		return
	}
	if len(j.msg.URL) > longestTarget { // which is not kept for its host
		to.address = strings.Clone(to.address)
	}
	b.there[to] = n
}

// placeOf is the host and port of an address, as it is written there: what is told about an
// endpoint needs no more than that one text is always the same place.
func placeOf(address string) string {
	if _, behind, found := strings.Cut(address, "://"); found {
		address = behind
	}
	if end := strings.IndexAny(address, "/?#"); end >= 0 {
		address = address[:end]
	}
	return address[strings.LastIndexByte(address, '@')+1:]
}

// Waiting is about how many bytes the messages of a policy take that have not ended: all of them,
// and those to the host and port of an address.
func (e *Engine) Waiting(policy, address string) (all, there int64) {
	e.open.mu.Lock()
	defer e.open.mu.Unlock()
	return e.open.bytes.all[policy], e.open.bytes.there[destinationKey{policy, placeOf(address)}]
}
