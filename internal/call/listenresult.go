package call

import (
	"strings"

	"github.com/switchhook/switchhook/internal/speech"
)

// understood takes a result of the recogniser.
func (l *listening) understood(result speech.Result, open bool) Event {
	if !open {
		err := l.text.Err()
		l.text, l.textErr = nil, err
		if l.state == understanding || l.state == hearing && err != nil {
			return l.conclude(err)
		}
		return nil
	}
	if result.Final {
		l.best = ""
		if result.Text != "" {
			l.finals = append(l.finals, result)
		}
	} else {
		l.best = result.Text
	}
	if l.state == understanding && result.Last {
		return l.conclude(nil)
	}
	return nil
}

// outOfPatience is the end of the initial silence, or of the wait for a result.
func (l *listening) outOfPatience() Event {
	if l.state == awaiting {
		return l.failed(InitialSilence, nil)
	}
	if l.best == "" && len(l.finals) == 0 {
		return l.conclude(&speech.Error{Kind: speech.Unreachable, Detail: "the speech service has not answered in time"})
	}
	return l.conclude(nil)
}

// conclude is the end that follows from what was understood.
func (l *listening) conclude(err error) Event {
	said := l.said()
	switch {
	case said.Text == "" && err != nil:
		return l.failed(SpeechFailed, err)
	case said.Text == "":
		return l.failed(NotUnderstood, nil)
	case l.r.Input != ChoicesInput:
		return RecognizeCompleted{Head: l.op.head(), Input: SpeechInput, By: SpeechRecognized, Said: said}
	}
	label, phrase, ok := chosen(l.r.Choices, said.Text, l.r.Languages)
	if !ok {
		return l.failed(NoSuchChoice, nil)
	}
	said.Label, said.Text = label, phrase
	return RecognizeCompleted{Head: l.op.head(), Input: ChoicesInput, By: ChoiceBySpeech, Said: said}
}

// said joins the final results of an utterance; without any, it is the hypothesis.
func (l *listening) said() Said {
	if len(l.finals) == 0 {
		return Said{Text: l.best}
	}
	var parts []string
	for _, f := range l.finals {
		parts = append(parts, f.Text)
	}
	if l.best != "" { // what followed, if its final result did not come
		parts = append(parts, l.best)
	}
	one := l.finals[0]
	said := Said{Text: strings.Join(parts, " ")}
	if len(l.r.Languages) > 1 {
		said.Language = one.Language
	}
	if len(l.finals) == 1 {
		said.Confidence = one.Confidence
	}
	return said
}
