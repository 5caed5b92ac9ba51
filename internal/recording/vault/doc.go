// Package vault keeps the bytes of recordings: files that are only appended to,
// that are readable at any offset while they are written, and that are whole
// again after a crash. It owns the format of those files and the keys that
// encrypt them.
//
// A file is a header and segments. A segment is what was flushed together, 64 KiB
// at most:
//
//	header   magic (8), kind (1), length of the key's id (1), zero (2),
//	         CRC-32C of the header with this field zero (4),
//	         id of the key (32), salt (32), check of the key (16)
//	segment  size of its payload, and in bit 31 whether it is the last one (4);
//	         the payload; its sum
//	end      offset of the last segment (8), its number (8), "VAULTEND" (8)
//
// Numbers are big-endian. Plain files have the payload as it is, and a CRC-32C of
// 4 bytes as sum. Encrypted files have AES-256-GCM with its tag of 16 bytes; the
// key of each file comes from the operator's key and the salt of the file by HKDF
// with SHA-256 (RFC 5869). The nonce is the segment's number, and whether it is
// the last; so nobody can reorder segments, take some away in between, or pass off
// a shortened file as complete, without it being noticed. A file is never
// continued after a crash, so no nonce is used for two contents.
//
// The last segment has the sizes of the others, so that a file of hours is opened
// with three reads. A file without one was cut off by a crash: Recover checks what
// is there, cuts off what is torn, and completes it.
package vault
