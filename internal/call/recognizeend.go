package call

// RecognizeEnd is what ended a recognition.
type RecognizeEnd uint8

// The ends of a recognition.
const (
	MaxTonesCollected RecognizeEnd = iota
	StopToneHeard
	InterToneTimeout
	InitialSilence
	PromptFailed
	Interrupted // the server went down in the middle of it

	ChoiceByTone     // the key of a choice was pressed
	ChoiceBySpeech   // a phrase of a choice was said
	SpeechRecognized // something was said
	WrongTone        // a key that is none of the choices was pressed
	NoSuchChoice     // what was said is none of the choices
	NotUnderstood    // somebody spoke, and no word was understood
	SpeechFailed     // the speech service could not be used
)

// Said is what a participant has said.
type Said struct {
	Text       string   // the words; of a choice its phrase as the application wrote it, "" by a key
	Label      string   // of a choice
	Confidence *float64 // 0 to 1; nil where the provider gives none
	Language   string   // that was identified among several, BCP 47; "": only one was expected, or it is unknown
}
