package media

import (
	"errors"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// maxUnnamed is how many packets of a source are read before one names its line. Browsers
// name it in each until the first report about it.
const maxUnnamed = 256

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
	if info.PayloadType == 0 { // pion says the payload type of no other sources
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
	var header rtp.Header // of the goroutine that reads the stream
	named, packets := false, 0
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := reader.Read(b, a)
		if err != nil || named {
			return n, a, err
		}
		if _, err := header.Unmarshal(b[:n]); err == nil && len(header.GetExtension(line)) > 0 {
			named = len(header.GetExtension(encoding)) > 0 || len(header.GetExtension(repeated)) > 0
		}
		if packets++; !named && packets > maxUnnamed {
			return 0, nil, errUnnamed
		}
		return n, a, nil
	})
}
