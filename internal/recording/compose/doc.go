// Package compose makes the mp4 of a recording with pictures, after the call: of the
// packets that were stored (package pictures) and of the sound. It owns the processes of
// ffmpeg that it needs, and what the picture looks like.
//
//	packets ──▶ pictures ──IVF──▶ ffmpeg (decodes, 16 a second) ──▶ tile ─┐
//	packets ──▶ pictures ──IVF──▶ ffmpeg                        ──▶ tile ─┴▶ canvas ──▶ ffmpeg (H.264, AAC) ──▶ mp4
//	                                                                         sound ──WAV──▶
//
// Everything goes through pipes, so nothing of a recording lies about in temporary files.
// Processes, and the thread that paints, have the lowest priority.
package compose
