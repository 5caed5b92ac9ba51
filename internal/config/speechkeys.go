package config

type speechKeys struct {
	// Speech services and programs.
	Providers []speechProviderKeys `yaml:"providers" absent:"espeak-ng or flite, if it is installed"`
	// Providers that speak prompts of text and SSML. The next one is asked when one fails before its first sound.
	TextToSpeech []string `yaml:"text-to-speech" type:"list of providers" absent:"all that can speak, in the order of providers"`
	// Providers that understand speech. The next one is asked when one fails.
	SpeechToText []string `yaml:"speech-to-text" type:"list of providers" absent:"all that can understand, in the order of providers"`
	// Providers by the cognitiveServicesEndpoint that applications name, with or without a slash at its end. Other endpoints use the lists above; the server connects to none of them.
	Endpoints map[string]string `yaml:"endpoints" type:"map of URLs to providers"`
	// Prompts that are spoken at the start, one after the other, and kept as long as the server runs: the first call that plays one of them hears it at once. At most 100, of a minute each at most.
	Prepare []speechPreparedKeys `yaml:"prepare"`
}

type speechPreparedKeys struct {
	// Text, exactly as applications have it spoken.
	Text string `yaml:"text" type:"text" absent:"ssml"`
	// SSML document, exactly as applications have it spoken.
	SSML string `yaml:"ssml" type:"text" absent:"text"`
	// Language of the text, as the applications' sourceLocale.
	Locale string `yaml:"locale" type:"language" absent:"none is named"`
	// Kind of voice, as the applications' voiceKind.
	VoiceKind string `yaml:"voice-kind" of:"male female" absent:"none is named"`
	// Voice, as the applications' voiceName.
	Voice string `yaml:"voice" type:"text" absent:"none is named"`
	// Trained voice, as the applications' customVoiceEndpointId.
	CustomVoice string `yaml:"custom-voice" type:"text" absent:"none is named"`
	// The cognitiveServicesEndpoint that the applications name. It selects a provider by speech.endpoints, and is never connected to.
	Endpoint string `yaml:"endpoint" type:"URL" absent:"none is named"`
}

type speechProviderKeys struct {
	// Name of the provider, in the lists, in metrics and in logs.
	Name string `yaml:"name" type:"text" absent:"required"`
	// Kind of the service or program. espeak-ng, flite and piper speak; vosk and pocketsphinx understand, the latter choices only; openai, azure and deepgram do both. openai: any server with OpenAI's /audio/speech and /audio/transcriptions.
	Kind string `yaml:"kind" of:"espeak-ng flite piper vosk pocketsphinx openai azure deepgram" absent:"required"`
	// Address of the service: http or https for openai (with its /v1) and piper; ws or wss for vosk; for deepgram also ws or wss, which mean http and https.
	URL string `yaml:"url" type:"URL" absent:"required for openai, piper and vosk; https://api.deepgram.com for deepgram"`
	// Endpoint of an Azure Speech or Azure AI services resource, such as https://NAME.cognitiveservices.azure.com.
	Endpoint string `yaml:"endpoint" type:"URL" absent:"the region"`
	// Region of an Azure Speech resource, such as westeurope. kind azure needs endpoint or region.
	Region string `yaml:"region" type:"text"`
	// Key of the service. It is sent to the hosts of this entry only. Required for azure and deepgram.
	Key string `yaml:"key" type:"secret text"`
	// File with the key, in place of key.
	KeyFile string `yaml:"key-file" type:"file"`
	// Environment variable with the key, in place of key.
	KeyEnv string `yaml:"key-env" type:"text"`
	// Model that speaks.
	TTSModel string `yaml:"tts-model" type:"text" absent:"tts-1 for openai"`
	// Model that understands.
	STTModel string `yaml:"stt-model" type:"text" absent:"whisper-1 for openai, or gpt-4o-transcribe in realtime sessions; nova-3 for deepgram"`
	// How speech is understood: stream, over a WebSocket while it is spoken, with hypotheses; or file, utterance by utterance. stream of openai is a transcription session of its realtime API.
	STTMode string `yaml:"stt-mode" of:"stream file" absent:"file for openai, stream for azure and deepgram"`
	// How azure speaks: by its REST API, or by its WebSocket, whose first sound comes sooner.
	TTSMode string `yaml:"tts-mode" of:"rest websocket" default:"rest"`
	// Words of openai's realtime sessions. Compatible servers may know the beta only.
	Realtime string `yaml:"realtime" of:"ga beta" default:"ga"`
	// Python interpreter that has the package pocketsphinx.
	Python string `yaml:"python" type:"file" absent:"python3"`
	// Voice of prompts that name none that the provider knows, by the provider's own name.
	Voice string `yaml:"voice" type:"text" absent:"alloy for openai, aura-2-thalia-en for deepgram; otherwise by the language and the gender"`
	// Voices of the provider for the voices and languages that applications name, such as {en-US-AvaNeural: nova, fr-FR: shimmer}.
	Voices map[string]string `yaml:"voices" type:"map of names to voices"`
	// Format that openai is asked for. Servers that send pcm at another rate than 24 kHz need wav, or rate.
	Format string `yaml:"format" of:"pcm wav" default:"pcm"`
	// Rate of the samples: what the service sends as pcm (openai), or what it is asked for (azure, deepgram).
	Rate *int `yaml:"rate" min:"8000" max:"48000" unit:"Hz" absent:"24000 for openai, 16000 for azure and deepgram"`
}
