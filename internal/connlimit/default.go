package connlimit

// Bounds on the default of a listener.
const (
	leastConnections = 32
	mostConnections  = 4096
	// otherDescriptors is what SIP over TCP, TLS and WebSocket has at most (4096 and 512
	// of strangers), and files, webhooks and the clock of audio.
	otherDescriptors = 4096 + 512 + 512
	// unlimited stands for a system without a limit.
	unlimited = 1 << 20
)

// Default is how many connections each of two listeners takes by default: together
// what the process may open less what its calls need, but at least a quarter of it. A
// process that may open few files has few calls too.
func Default(rtpPorts int) int {
	return share(Descriptors(), rtpPorts)
}

// Strangers is how many of a listener's connections may be WebSockets that have shown nothing
// yet, which make no room for others: an eighth, and a few where there are few.
func Strangers(connections int) int { return max(connections/8, leastConnections/4) }

// Wanted is how many files and sockets a process takes at most that uses all its RTP ports.
func Wanted(rtpPorts int) int { return rtpPorts + otherDescriptors + 2*leastConnections }

func share(descriptors, rtpPorts int) int {
	both := max(descriptors/4, descriptors-rtpPorts-otherDescriptors)
	return min(max(both/2, leastConnections), mostConnections)
}
