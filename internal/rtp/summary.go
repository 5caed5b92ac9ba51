package rtp

import (
	"log/slog"
	"time"

	"github.com/switchhook/switchhook/internal/sdp"
)

// Summary is what a call's record keeps of a stream. Shares are 0 to 1.
type Summary struct {
	Codec      string        // as SDP names it; "" if none was agreed on
	Sent       uint64        // packets
	Received   uint64        // packets of the peer's
	Loss       float64       // share of the peer's packets that were lost or came too late, and of which no copy came in time
	RemoteLoss float64       // share of ours, as the peer reports
	Jitter     time.Duration // of the peer's packets at the end
	MaxJitter  time.Duration // the largest that it was
	RoundTrip  time.Duration // the last one measured; 0 if none was
	Concealed  time.Duration // sound that we had to invent
	Protected  bool          // by SRTP
	MOS        float64       // estimate for the conversation as it is heard here, 1 to 4.5; 0 if nothing came
	RemoteMOS  float64       // the peer's of what it hears; 0 if it does not say
}

// Summary condenses what has happened so far; once the stream is closed, all.
func (s *Stream) Summary() Summary {
	stats := s.Stats()
	summary := Summary{
		Sent: stats.Sent, Received: stats.Received,
		Loss:   stats.lossRatio(),
		Jitter: stats.Jitter, MaxJitter: stats.MaxJitter,
		RoundTrip: stats.RoundTrip,
		Concealed: time.Duration(stats.Concealed) * 20 * time.Millisecond,
		MOS:       stats.MOS, RemoteMOS: stats.RemoteMOS,
	}
	if stats.Sent > 0 {
		summary.RemoteLoss = min(float64(stats.RemoteLost)/float64(stats.Sent), 1)
	}
	if agreed := s.agreed.Load(); agreed != nil {
		summary.Codec = agreed.sending.Name
		summary.Protected = agreed.media.Protection.Suite != sdp.Unprotected
	}
	return summary
}

// LogValue implements slog.LogValuer.
func (s Summary) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("codec", s.Codec), slog.Bool("protected", s.Protected),
		slog.Uint64("sent", s.Sent), slog.Uint64("received", s.Received),
		slog.Float64("loss", s.Loss), slog.Float64("remoteLoss", s.RemoteLoss),
		slog.Duration("jitter", s.Jitter), slog.Duration("maxJitter", s.MaxJitter),
		slog.Duration("roundTrip", s.RoundTrip), slog.Duration("concealed", s.Concealed),
		slog.Float64("mos", s.MOS), slog.Float64("remoteMos", s.RemoteMOS),
	)
}
