package webrtc

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/media"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Progress lets the client hear the call before it is answered, once media is up.
func (l *leg) Progress() {
	l.mu.Lock()
	if l.sound == soundIdle {
		l.sound = soundWanted
	}
	l.mu.Unlock()
	l.advance()
}

// TakeEarly gives the sound to the call.
func (l *leg) TakeEarly() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sound != soundReported || l.phase == over {
		return false
	}
	l.sound = soundTaken
	return true
}

// Answer lets the client in, once media is up.
func (l *leg) Answer() {
	l.mu.Lock()
	l.accepted = true
	l.mu.Unlock()
	l.advance()
}

// advance reports what has come true.
func (l *leg) advance() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != waiting || !l.connected {
		return
	}
	switch {
	case l.accepted:
		l.phase, l.sound = up, soundTaken
		l.tell.say(call.Answered{})
	case l.sound == soundWanted:
		l.sound = soundReported
		l.show(protocol.CallStateEarlyMedia)
		l.tell.say(call.EarlySound{})
	}
}

// mediaChanged is news of the path.
func (l *leg) mediaChanged(state media.State) {
	l.tell.say(call.PathChanged{State: l.peer.Describe(state)})
	switch state {
	case media.Connected:
		l.mu.Lock()
		l.connected = true
		l.stopSetup()
		l.showConnected()
		if l.phase == up { // a client that was called has accepted before its codec was known
			l.tell.say(call.SoundChanged{})
		}
		l.mu.Unlock()
		l.advance()
	case media.Interrupted:
		l.log.Debug("the client's path is interrupted")
	case media.Gone:
		l.finish(call.Reason{Kind: call.MediaLost, Text: "the client's connection was lost"})
	}
}

// showConnected runs under l.mu.
func (l *leg) showConnected() {
	if l.phase != up || !l.connected || l.seat == nil {
		return
	}
	if l.held {
		l.show(protocol.CallStateLocalHold)
	} else {
		l.show(protocol.CallStateConnected)
	}
}
