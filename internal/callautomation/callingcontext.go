package callautomation

import (
	"strings"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// callingContext is what an application hands to whom it calls.
type callingContext struct {
	VoIPHeaders map[string]string `json:"voipHeaders"`
	SIPHeaders  map[string]string `json:"sipHeaders"`
}

// Limits of custom context; lengths are in characters, keys with their prefix.
const (
	maxSIPHeaders  = 5 // besides User-To-User
	maxSIPKey      = 64
	maxSIPValue    = 256
	maxVoIPHeaders = 1000
	maxVoIPKey     = 64
	maxVoIPValue   = 1024
	maxContext     = 64_000 // bytes of all keys and values of a request

	userToUser   = "User-To-User"
	customPrefix = "X-MS-Custom-"
	plainPrefix  = "X-"
)

// headers checks the context against its limits; nil maps where none is given.
func (c *callingContext) headers() (sip, voip map[string]string, err error) {
	if c == nil {
		return nil, nil, nil
	}
	if n := size(c.SIPHeaders) + size(c.VoIPHeaders); n > maxContext {
		return nil, nil, errBody("customCallingContext: keys and values have %d bytes in all; at most %d are possible.", n, maxContext)
	}
	custom := 0
	for key, value := range c.SIPHeaders {
		if !strings.EqualFold(key, userToUser) {
			custom++
			if !hasPrefixFold(key, plainPrefix) {
				return nil, nil, errBody("customCallingContext.sipHeaders: %.80q must begin with %s, or be %s.", key, customPrefix, userToUser)
			}
		}
		if err := headerLimits("sipHeaders", key, value, maxSIPKey, maxSIPValue); err != nil {
			return nil, nil, err
		}
		if !header.IsCustom(key, value) { // what a phone would not get
			return nil, nil, errBody("customCallingContext.sipHeaders: %q or its value has a character that no header may have.", key)
		}
	}
	if custom > maxSIPHeaders {
		return nil, nil, errBody("customCallingContext.sipHeaders: more than %d headers besides %s.", maxSIPHeaders, userToUser)
	}
	if len(c.VoIPHeaders) > maxVoIPHeaders {
		return nil, nil, errBody("customCallingContext.voipHeaders: more than %d headers.", maxVoIPHeaders)
	}
	for key, value := range c.VoIPHeaders {
		if err := headerLimits("voipHeaders", key, value, maxVoIPKey, maxVoIPValue); err != nil {
			return nil, nil, err
		}
	}
	sip, err = oneUserToUser(c.SIPHeaders)
	return sip, c.VoIPHeaders, err
}

// oneUserToUser names the header User-To-User as it is called, however it was spelled. Who hands
// on what IncomingCall has told has two spellings of it.
func oneUserToUser(headers map[string]string) (map[string]string, error) {
	if headers == nil {
		return nil, nil // none was given, which is not the same as no header
	}
	one := make(map[string]string, len(headers))
	for key, value := range headers {
		if strings.EqualFold(key, userToUser) {
			key = userToUser
			if before, twice := one[key]; twice && before != value {
				return nil, errBody("customCallingContext.sipHeaders: %s is there twice, with two values.", userToUser)
			}
		}
		one[key] = value
	}
	return one, nil
}

// size is how many bytes headers hold.
func size(headers map[string]string) (n int) {
	for key, value := range headers {
		n += len(key) + len(value)
	}
	return n
}

func headerLimits(kind, key, value string, maxKey, maxValue int) error {
	if key == "" || length(key) > maxKey || length(value) > maxValue {
		return errBody("customCallingContext.%s: %.80q: a key has 1 to %d characters, a value at most %d.", kind, key, maxKey, maxValue)
	}
	return nil
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}
