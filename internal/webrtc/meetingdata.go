package webrtc

import (
	"encoding/base64"
	"maps"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Bounds of what applications send between clients (Calling SDK, "Data channel").
const (
	maxChannel    = 65535
	maxDataBytes  = 32 << 10
	maxRecipients = 64
	maxSession    = 64
	dataRate      = 64 << 10  // bytes a second of one user in one call, whatever its clients are
	dataBurst     = 256 << 10 // bytes
	leastData     = 2 << 10   // that a message counts as: each of many clients is told of the shortest one too
)

// dataBudget bounds the bytes that a user sends: a token bucket of bytes.
type dataBudget struct{ full time.Time } // when all of the burst is there again

// spend takes bytes, if there are as many.
func (b *dataBudget) spend(now time.Time, bytes int) bool {
	if b.full.Before(now) {
		b.full = now
	}
	after := b.full.Add(time.Duration(bytes) * time.Second / dataRate)
	if after.Sub(now) > dataBurst*time.Second/dataRate {
		return false
	}
	b.full = after
	return true
}

// spend takes of the bytes that a user may send in the meeting, if there are as many. It runs
// under m.mu.
func (m *meeting) spend(user string, now time.Time, bytes int) bool {
	budget := m.sent[user]
	may := budget.spend(now, max(bytes, leastData))
	m.sent[user] = budget
	return may
}

// forgetSent forgets the budgets that are whole again, so that who leaves and comes back has
// no other one. It runs under m.mu.
func (m *meeting) forgetSent(now time.Time) {
	maps.DeleteFunc(m.sent, func(_ string, budget dataBudget) bool { return !budget.full.After(now) })
}

// sendData gives bytes of an application to other clients. It runs under the meeting's lock.
func (p place) sendData(m *meeting, asked *protocol.DataSend, now time.Time) protocol.Message {
	switch {
	case asked.Channel < 1 || asked.Channel > maxChannel:
		return refusal(protocol.ReasonMalformed, 400, 0, "channel is a number from 1 to 65535")
	case asked.Session == "" || len(asked.Session) > maxSession:
		return refusal(protocol.ReasonMalformed, 400, 0, "session has 1 to 64 bytes")
	case len(asked.To) > maxRecipients:
		return refusal(protocol.ReasonMalformed, 400, 0, "to has 64 recipients at most")
	}
	data, err := base64.StdEncoding.DecodeString(asked.Data)
	if err != nil || len(data) > maxDataBytes || strings.ContainsAny(asked.Data, "\r\n") { // which package base64 passes over, and which would count as nothing
		return refusal(protocol.ReasonMalformed, 400, 0, "data is base64 of at most 32 KiB, in one line")
	}
	if !m.spend(p.user, now, len(data)) {
		return tooMuchData()
	}
	m.others(p.leg, asked.To, func(l *leg) protocol.Message {
		return &protocol.Data{Call: l.id, Who: p.user, Channel: asked.Channel, Session: asked.Session, N: asked.N, Data: asked.Data, Closed: asked.Closed}
	})
	return nil
}

// tooMuchData refuses data, or a text, beyond the budget of a user.
func tooMuchData() protocol.Message {
	return refusal(protocol.ReasonBusy, 429, 0, "a user sends 64 KiB a second at most, with 2 KiB for each message")
}
