package media

import (
	"errors"
	"strings"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// maxUnnamed is how many packets of padding alone are read of a source before one names its
// line. Browsers name it in each until the first report about it.
const maxUnnamed = 256

// pionDecides is a number of other packets of a source after which pion has found its line, or
// given up: it reads eleven.
const pionDecides = 16

var errUnnamed = errors.New("packets of a source name no line")

// unnamed bounds what is read of sources that no offer names. pion keeps all that comes
// of one until a packet names its line and encoding, and counts no packet that is padding
// alone.
type unnamed struct{ interceptor.NoOp }

// unnamedFactory makes those of a peer connection.
type unnamedFactory struct{}

// NewInterceptor implements interceptor.Factory.
func (unnamedFactory) NewInterceptor(string) (interceptor.Interceptor, error) { return &unnamed{}, nil }

// BindRemoteStream implements interceptor.Interceptor.
func (*unnamed) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	// pion says the payload type of no other sources. That of PCMU is 0 for all.
	if info.PayloadType == 0 && !strings.EqualFold(info.MimeType, webrtc.MimeTypePCMU) {
		return reader
	}
	var line, encoding, repeated uint8
	for _, extension := range info.RTPHeaderExtensions {
		switch extension.URI {
		case midExtension:
			line = uint8(extension.ID)
		case ridExtension:
			encoding = uint8(extension.ID)
		case repairedRIDExtension:
			repeated = uint8(extension.ID)
		}
	}
	var packet rtp.Packet // of the goroutine that reads the stream
	decided, padding, others := false, 0, 0
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := reader.Read(b, a)
		if err != nil || decided {
			return n, a, err
		}
		if packet.Unmarshal(b[:n]) != nil { // pion gives the source up
			return n, a, nil
		}
		named := len(packet.GetExtension(line)) > 0 && (len(packet.GetExtension(encoding)) > 0 || len(packet.GetExtension(repeated)) > 0)
		if packet.Padding && len(packet.Payload) == 0 {
			padding++
		} else {
			others++
		}
		if decided = named || others >= pionDecides; !decided && padding > maxUnnamed {
			return 0, nil, errUnnamed
		}
		return n, a, nil
	})
}
