package delivery

import "sync"

// openMessages counts the messages that have not ended, of which there is a bound: in all, and
// of each group. Its lock is a leaf.
//
// A group may have as many as there is room left (a dynamic threshold: Choudhury and Hahne,
// "Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998). A subscription
// whose webhook is down for a day takes half of the room at most, two take a third each, and
// the events of others are still taken.
type openMessages struct {
	most int64

	mu    sync.Mutex
	all   int64
	of    map[string]int64 // by group; "" is none, and has no bound of its own
	bytes openBytes
}

const (
	whyFull      = "too many events are waiting"
	whyGroupFull = "too many events of its subscription or connection are waiting"
)

// refuse says why there is no room for another message of a group, "" if there is. The last
// one of a group has as much room again.
func (o *openMessages) refuse(group string, last bool) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch left := o.most - o.all; {
	case last && left > -o.most:
		return ""
	case left <= 0:
		return whyFull
	case group != "" && o.of[group] >= left:
		return whyGroupFull
	}
	return ""
}

// fits reports whether there is room for so many messages.
func (o *openMessages) fits(more int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all+int64(more) <= o.most
}

// add counts a message.
func (o *openMessages) add(j *job) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all++
	o.bytes.change(j, j.weight())
	group := j.msg.Group
	if group == "" {
		return
	}
	if o.of == nil {
		o.of = map[string]int64{}
	}
	o.of[group]++
}

// end counts it no longer.
func (o *openMessages) end(j *job) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all--
	o.bytes.change(j, -j.weight())
	group := j.msg.Group
	if group == "" {
		return
	}
	if o.of[group]--; o.of[group] <= 0 {
		delete(o.of, group)
	}
}

// Load is how many there are.
func (o *openMessages) Load() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all
}
