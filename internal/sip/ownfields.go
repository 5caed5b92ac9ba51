package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// Fields of ours that say the same in every message: all messages share them, and nobody
// changes them.
var (
	supportedField  = sip.NewHeader("Supported", extensions)
	allowField      = sip.NewHeader("Allow", methods)
	allowREFERField = sip.NewHeader("Allow", methods+", REFER")
	pathField       = sip.NewHeader("Supported", "path") // of a REGISTER: proxies may add Path (RFC 3327 §5.1)
	sdpField        = sip.NewHeader("Content-Type", header.SDPType)
)
