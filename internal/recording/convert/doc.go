// Package convert makes the other formats of recordings from WAV, by ffmpeg. It
// owns the child processes: how many run at once, how long they may take, what
// they may take of the machine.
//
// Sound goes through pipes, so nothing of a recording lies about in temporary
// files. What a process that failed has left of its output is thrown away, and
// another one tries again.
package convert
