package report

import (
	"encoding/json"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// failures is the format of failures in an archive. Version 2 has a header,
// else the two are the same.
var failures = history.Format[Failure]{
	Kind: "failures", Version: 2,
	Encode: func(f *Failure) any { return f },
	Decode: func(_ int, line *json.Decoder) (f Failure, err error) {
		err = line.Decode(&f)
		return f, err
	},
	Time: func(f Failure) time.Time { return f.Time },
}
