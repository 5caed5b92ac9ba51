// Package streaming carries the audio of a call to an application over a WebSocket,
// and the application's audio back into the call: ACS's media streaming. What is said goes
// there as text in the same way: ACS's real-time transcription, and captions for browsers.
// The package owns the connection to the application, the messages on it, and the queue of what
// the application says. It knows nothing of calls: package call gives it listeners of a
// mix to fill, and takes its audio.
//
// Sources: "Audio streaming" and "Real-time transcription" of Azure Communication Services;
// RFC 6455.
package streaming
