package webrtc

import (
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// setCaptions begins or ends the captions of the client.
func (l *leg) setCaptions(m *protocol.CaptionsSet, answer func(protocol.Message)) {
	l.wish(call.CaptionsWish{On: m.On, Language: m.Language}, answer)
}

// FollowCaption shows the client what was said.
func (l *leg) FollowCaption(c call.Caption) {
	l.send(&protocol.Caption{
		Call: l.id, Who: c.Who.Raw(), DisplayName: c.Name, Text: c.Text, Final: c.Final, Language: c.Language,
		Time: int(time.Now().UnixMilli()),
	})
}

// CaptionsEnded tells the client that there are no more.
func (l *leg) CaptionsEnded() { l.send(&protocol.CaptionsEnded{Call: l.id}) }
