// Package storage keeps files under names, in one of three places: a folder on
// disk, a container of Azure Blob Storage, a bucket of S3. It offers what all
// three can do, with the same behaviour: put, get (a range of) a file, list,
// remove. Contents are streamed, so that a file of gigabytes needs no more
// memory than a small one. Every call ends soon after its context.
//
// It owns the clients of those services and the names of files: no name leads
// out of its container. It obeys "Blob service REST API"
// (https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api)
// and "Amazon S3 API Reference", through their official or usual clients.
package storage
