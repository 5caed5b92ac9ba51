package webrtc

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// desert is the end of the client: it has not answered, has given up, or has hung up.
// abrupt: it was its own end, a page that was closed.
func (l *leg) desert(abrupt bool) {
	l.mu.Lock()
	why := call.Reason{Kind: call.EndedByPeer, Abrupt: abrupt, Text: "the client has left"}
	switch l.phase {
	case ringing:
		why.Kind = call.Unreachable
	case waiting:
		why.Kind = call.Canceled
	}
	l.mu.Unlock()
	l.finish(why)
}

// finish is the end of the leg, whoever wants it.
func (l *leg) finish(why call.Reason) { l.finishUnless(func() bool { return false }, why) }

// finishUnless is the end of the leg, unless something holds, which is looked at under l.mu.
func (l *leg) finishUnless(holds func() bool, why call.Reason) {
	l.mu.Lock()
	was := l.phase
	if was == over || holds() {
		l.mu.Unlock()
		return
	}
	l.phase = over
	l.stopSetup()
	pending, taken, never, parting := l.pending, l.sound == soundTaken, !l.connected, l.parting
	l.pending = nil
	sat := l.leaveMeeting()
	l.mu.Unlock()
	end := call.Ended{Reason: why}
	defer func() { l.tell.end(end) }() // also where what follows panics: the call would wait for it for ever
	code, subCode := parting.ends(why, never)
	switch {
	case pending != nil: // the client accepted, and somebody else was faster
		pending(refusal(protocol.ReasonState, code, subCode, why.Text))
		l.client.session.Send(&protocol.IncomingEnded{Call: l.id, Code: code, SubCode: subCode, Message: why.Text})
	case was == ringing:
		l.client.session.Send(&protocol.IncomingEnded{Call: l.id, Code: code, SubCode: subCode, Message: why.Text})
	default:
		l.client.session.Send(&protocol.CallEnded{Call: l.id, Code: code, SubCode: subCode, Message: why.Text})
	}
	l.client.drop(l, sat)
	l.peer.Close()
	if !taken {
		l.peer.Port().Close()
	}
	end.Wire = l.record()
}

// Sound measures the leg's sound while it lives.
func (l *leg) Sound() call.Sound { return l.record().Sound }

// record is what is kept of the leg.
func (l *leg) record() call.Wire {
	sound := l.peer.Port().Summary()
	return call.Wire{Device: l.UserAgent(), Sound: call.Sound{
		Codec: sound.Codec, Protected: true, Sent: sound.Sent, Received: sound.Received,
		Loss: sound.Loss, RemoteLoss: sound.RemoteLoss, Jitter: sound.Jitter, MaxJitter: sound.MaxJitter,
		RoundTrip: sound.RoundTrip, Concealed: sound.Concealed, MOS: sound.MOS, RemoteMOS: sound.RemoteMOS,
	}}
}
