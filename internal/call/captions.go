package call

import (
	"maps"
	"regexp"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/streaming"
)

// Caption is something that was said, as text.
type Caption struct {
	Who      identifier.ID
	Name     string
	Text     string
	Final    bool // else a hypothesis, which the next caption of the same speaker replaces
	Language string
}

// CaptionFollower is a leg whose far end may want captions.
type CaptionFollower interface {
	FollowCaption(Caption)
	// CaptionsEnded says that there are no more captions, although they were wanted.
	CaptionsEnded()
}

// captions are what is said in the call, as text for those of its people who want to read
// it. They begin with the first reader and end with the last one. What is said is
// understood once for all of them, in one language.
type captions struct {
	Transcript
	language string
	readers  map[*endpoint]CaptionFollower
	leave    map[*endpoint]func() // takes its listeners out of the mix
}

// CaptionsWish begins or ends the captions of the endpoint that asks. Language is that of
// the call; "" leaves it as it is.
type CaptionsWish struct {
	On       bool
	Language string
}

// usualLanguage is that of captions for which nobody has named one.
const usualLanguage = "en-US"

// languageTag is a language with a region, as speech services name it (BCP 47).
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){1,3}$`)

// canonical writes a language as speech services do: en-US, for en-us (RFC 5646 §2.1.1).
func canonical(tag string) string {
	language, region, found := strings.Cut(tag, "-")
	if !found || len(region) != 2 {
		return tag
	}
	return strings.ToLower(language) + "-" + strings.ToUpper(region)
}

func (w CaptionsWish) grant(e *endpoint) error {
	c := e.call
	w.Language = canonical(w.Language)
	follower, follows := e.leg.(CaptionFollower)
	switch {
	case !w.On:
		c.captions.withoutReader(c, e)
		return nil
	case !c.registry.cfg.Captions || !follows:
		return fault.Unsupported("there are no captions: no speech to text is configured (speech.speech-to-text)")
	case w.Language != "" && !languageTag.MatchString(w.Language):
		return fault.Invalid("the language is a BCP 47 tag with a region, such as en-US")
	case c.captions == nil:
		c.openCaptions(orElse(w.Language, usualLanguage))
	case w.Language != "" && w.Language != c.captions.language:
		c.captions.language = w.Language
		c.captions.Update(w.Language, "")
	}
	c.captions.readers[e] = follower
	return nil
}

func (c *Call) openCaptions(language string) {
	opened := &captions{language: language, readers: make(map[*endpoint]CaptionFollower), leave: make(map[*endpoint]func())}
	opened.Transcript = c.registry.cfg.Transcripts.Caption(streaming.CaptionConfig{
		CorrelationID: c.correlationID, Locale: language,
		Tell: func(who string, r speech.Result) {
			c.post(func() { c.captioned(opened, who, r) })
		},
		Failed: func(err error) {
			c.post(func() {
				if c.captions == opened {
					c.log.Warn("there are no more captions", "error", err)
					for _, reader := range opened.readers {
						reader.CaptionsEnded()
					}
					c.closeCaptions()
				}
			})
		},
	})
	c.captions = opened
	for _, e := range c.endpoints {
		if e.listed() {
			opened.hear(e)
		}
	}
}

// hear lets captions hear an endpoint that is in the call; nil: there are none.
func (t *captions) hear(e *endpoint) {
	if t == nil || e.leg == nil || e.member == nil {
		return
	}
	maps.DeleteFunc(t.leave, func(other *endpoint, _ func()) bool { return other.member == nil })
	t.leave[e] = e.member.Hear(t.Participant(e.who.id.Raw()))
}

// captioned shows the readers what was said.
func (c *Call) captioned(by *captions, who string, r speech.Result) {
	if c.captions != by {
		return
	}
	id, err := identifier.Parse(who)
	if err != nil { // it was one of ours
		return
	}
	caption := Caption{Who: id, Text: r.Text, Final: r.Final, Language: by.language}
	if p := c.find(id); p != nil {
		caption.Name = p.name
	}
	for _, reader := range by.readers {
		reader.FollowCaption(caption)
	}
}

// withoutReader ends the captions of an endpoint; nil: there are none.
func (t *captions) withoutReader(c *Call, e *endpoint) {
	if t == nil {
		return
	}
	delete(t.readers, e)
	if len(t.readers) == 0 {
		c.closeCaptions()
	}
}

// closeCaptions ends the captions of all. Closing waits for what is being understood, so
// the call does not.
func (c *Call) closeCaptions() {
	t := c.captions
	if t == nil {
		return
	}
	c.captions = nil
	for _, leave := range t.leave {
		leave()
	}
	c.closeBeside(t.Close)
}
