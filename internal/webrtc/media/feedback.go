package media

import (
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtp"
)

// reportEvery is how often a client is told which packets of its pictures have arrived:
// without that, browsers send little.
const reportEvery = 50 * time.Millisecond

// reports acknowledges packets by their transport-wide numbers. It has no ticker: what
// comes is what reports are made of. RTP and RTCP pass through it as they are.
type reports struct {
	interceptor.NoOp
	began time.Time

	mu       sync.Mutex
	recorder *twcc.Recorder
	writer   interceptor.RTCPWriter
	last     time.Time
}

// reportsFactory makes those of a peer connection.
type reportsFactory struct{}

// NewInterceptor implements interceptor.Factory.
func (reportsFactory) NewInterceptor(string) (interceptor.Interceptor, error) {
	return &reports{began: time.Now()}, nil
}

// BindRTCPWriter implements interceptor.Interceptor.
func (r *reports) BindRTCPWriter(writer interceptor.RTCPWriter) interceptor.RTCPWriter {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writer = writer
	return writer
}

// BindRemoteStream implements interceptor.Interceptor.
func (r *reports) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	id := 0
	for _, extension := range info.RTPHeaderExtensions {
		if extension.URI == transportExtension {
			id = extension.ID
		}
	}
	if id == 0 {
		return reader
	}
	var header rtp.Header // of the goroutine that reads the stream
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := reader.Read(b, a)
		if err != nil {
			return n, a, err
		}
		if _, err := header.Unmarshal(b[:n]); err == nil {
			if number := header.GetExtension(uint8(id)); len(number) >= 2 {
				r.note(info.SSRC, uint16(number[0])<<8|uint16(number[1]), time.Now())
			}
		}
		return n, a, nil
	})
}

func (r *reports) note(ssrc uint32, number uint16, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.recorder == nil {
		r.recorder = twcc.NewRecorder(newSSRC())
		r.last = now
	}
	r.recorder.Record(ssrc, number, now.Sub(r.began).Microseconds())
	if now.Sub(r.last) < reportEvery || r.writer == nil {
		return
	}
	r.last = now
	if packets := r.recorder.BuildFeedbackPacket(); len(packets) > 0 {
		_, _ = r.writer.Write(packets, nil) // the next report comes soon
	}
}
