// Package voice tells speech from everything else that a telephone carries: noise,
// breath, coughs, clicks, thumps, hum, beeps and keys. It decides frame by frame,
// without the network, and so it owns every clock of a recognition: when somebody
// begins to speak, and when they have finished.
//
// A frame counts as voice if it is louder than the floor of noise, if it is
// periodic as a voice is, and if it is no tone. Music is not told apart.
package voice
