// Package speech is text to speech and speech to text as the rest of the server
// sees them: the interfaces that a provider implements, what is asked and what
// comes back, and why it failed. Providers are sub-packages; each speaks its
// vendor's protocol and nothing else. Only providers that an operator has
// configured are connected to, never one that a request names.
//
// Both directions stream: synthesised speech is heard while it is made, and a
// speaker is transcribed while they speak.
package speech
