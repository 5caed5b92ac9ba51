// Package export copies the files of recordings to storage that is not ours: a
// container of Azure Blob Storage, a bucket of S3, a folder. It owns the jobs that
// wait, in a collection, so that each of them is done, or given up after a day and
// told to be.
//
// It obeys the page "Bring your own Azure storage overview" of Azure Communication
// Services: where files are in a container, and what they are called.
package export
